#include "reports/text.h"

#include <gtest/gtest.h>

namespace reports::text_test {
namespace {

using namespace std::chrono_literals;

TEST(Text, CleanKeepsWhatPeopleCanRead) {
  EXPECT_EQ(clean("a/b \xc3\xa4 \xe4\xbd\xa0 \xf0\x9f\x98\x80\n\t"), "a/b \xc3\xa4 \xe4\xbd\xa0 \xf0\x9f\x98\x80\n\t");
}

TEST(Text, CleanReplacesIllFormedBytes) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(clean("\xc3("), bad + "(");
  EXPECT_EQ(clean("\xc0\xaf"), bad + bad);              // overlong
  EXPECT_EQ(clean("\xed\xa0\x80"), bad + bad + bad);    // a surrogate
  EXPECT_EQ(clean("\xf4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(clean("\xe4\xbd"), bad);                    // cut
  EXPECT_EQ(clean("\xff"), bad);
}

TEST(Text, CleanShowsWhatHidesOrTurns) {
  EXPECT_EQ(clean(std::string_view{"\0\x01\x7f\r", 4}), "\\u0000\\u0001\\u007f\\u000d");
  EXPECT_EQ(clean("\xc2\x85"), "\\u0085");
  EXPECT_EQ(clean("\xe2\x80\xae\xe2\x80\x8b\xef\xbb\xbf"), "\\u202e\\u200b\\ufeff");
  EXPECT_EQ(clean("\xef\xbf\xbe\xf0\x9f\xbf\xbf"), "\\ufffe\\u{1ffff}");
}

TEST(Text, OneLine) { EXPECT_EQ(one_line("a\nb\tc"), "a\\nb\\tc"); }
TEST(Text, Xml) { EXPECT_EQ(xml("<a b=\"'\">&\n\x02"), "&lt;a b=&quot;&#39;&quot;&gt;&amp;&#10;\\u0002"); }

TEST(Text, ShortenedCutsAtACharacter) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc... (1 byte more)");
  EXPECT_EQ(shortened("ab\xc3\xa4" + std::string(2000, 'x'), 3), "ab... (2,002 bytes more)");
}

TEST(Text, Numbers) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(999), "999");
  EXPECT_EQ(number(268435455), "268,435,455");
  EXPECT_EQ(count(1, "case"), "1 case");
  EXPECT_EQ(count(1500, "case"), "1,500 cases");
}

TEST(Text, Durations) {
  EXPECT_EQ(duration(830us), "0.8 ms");
  EXPECT_EQ(duration(12600us), "13 ms");
  EXPECT_EQ(duration(3210ms), "3.2 s");
  EXPECT_EQ(duration(125s), "2 min 5 s");
  EXPECT_EQ(milliseconds(12345us), "12.345");
}

TEST(Text, Slugs) {
  EXPECT_EQ(slug("connect/second-connect [3.1.1]"), "connect-second-connect-3.1.1");
  EXPECT_EQ(slug("<a \"b\">"), "a-b");
}

TEST(Text, Wrapped) {
  EXPECT_EQ(wrapped("one two three", 9, "  "), "  one two\n  three\n");
  EXPECT_EQ(wrapped("a-word-that-is-too-long b", 5, ""), "a-word-that-is-too-long\nb\n");
  EXPECT_EQ(wrapped("a\nb", 80, "-"), "-a\n-b\n");
  EXPECT_EQ(wrapped("", 80, "-"), "");
}

TEST(Text, Places) {
  const auto check = [](std::string_view where, std::string_view file, int line) {
    const auto place = place_of(where);
    EXPECT_EQ(place.file, file);
    EXPECT_EQ(place.line, line);
  };
  check("scenarios/a.json:6:5", "scenarios/a.json", 6);
  check("a.json:6", "a.json", 6);
  check("a.json", "a.json", 0);
  check("a:b:6:5", "a:b", 6);
  check("", "", 0);
}

}  // namespace
}  // namespace reports::text_test
