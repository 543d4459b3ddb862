#include "harness/mqtt/utf8.h"

#include <gtest/gtest.h>

namespace mqtt::utf8_test {
namespace {

using namespace std::string_view_literals;

struct Case { std::string_view text; std::optional<std::size_t> bad_at; };

TEST(Utf8, FindsTheFirstByteThatBreaksIt) {
  const Case cases[] = {
      {"", {}},
      {"abc", {}},
      {"a\0b"sv, {}},
      {"\x7f"sv, {}},
      {"\xc2\x80", {}},
      {"\xdf\xbf", {}},
      {"\xe0\xa0\x80", {}},
      {"\xed\x9f\xbf", {}},              // U+D7FF, the last one below the surrogates
      {"\xee\x80\x80", {}},              // U+E000, the first one above
      {"\xef\xbb\xbf", {}},              // U+FEFF is an ordinary character
      {"\xef\xbf\xbf", {}},              // a noncharacter is well-formed
      {"\xf0\x90\x80\x80", {}},
      {"\xf4\x8f\xbf\xbf", {}},          // U+10FFFF
      {"A\xf0\xaa\x9b\x94", {}},         // 3.1.1, figure 1.2
      {"\xc3\x28", 0},
      {"ab\xc3(", 2},
      {"\x80", 0},
      {"\xbf", 0},
      {"\xc0\xaf", 0},                   // overlong
      {"\xc1\xbf", 0},
      {"\xe0\x80\x80", 0},
      {"\xe0\x9f\xbf", 0},
      {"\xf0\x80\x80\x80", 0},
      {"\xf0\x8f\xbf\xbf", 0},
      {"\xed\xa0\x80", 0},               // U+D800
      {"x\xed\xbf\xbf", 1},              // U+DFFF
      {"\xf4\x90\x80\x80", 0},           // U+110000
      {"\xf5\x80\x80\x80", 0},
      {"\xff", 0},
      {"\xfe", 0},
      {"abc\xe2\x82", 3},                // cut
      {"\xf0\x90\x80", 0},
      {"\xe2\x82\xac\xe2\x28\xa1", 3},
  };
  for (auto& each : cases) EXPECT_EQ(ill_formed_at(each.text), each.bad_at) << testing::PrintToString(each.text);
}

TEST(Utf8, SeesNullOnlyWhereItIs) {
  EXPECT_TRUE(has_null("a\0"sv));
  EXPECT_FALSE(has_null("a0"sv));
  EXPECT_TRUE(well_formed("\0"sv));
}

}  // namespace
}  // namespace mqtt::utf8_test
