#include "harness/scenario/duration.h"

#include <gtest/gtest.h>

namespace scenario::duration_test {
namespace {

TEST(Durations, AreReadToTheMillisecond) {
  const std::pair<const char*, int> rows[] = {{"500ms", 500}, {"2s", 2000}, {"1.5s", 1500}, {"0.001s", 1}, {"0s", 0}, {"90s", 90000}};
  for (auto& [text, milliseconds] : rows) EXPECT_EQ(duration_of(text), Milliseconds(milliseconds)) << text;
}

TEST(Durations, OfAnotherFormAreNone) {
  for (auto text : {"", "5", "s", "ms", "2 s", "2m", "-1s", "1.5ms", "1.0005s", "1.s", ".5s", "1.2.3s", "2sx", "9999999999s"}) EXPECT_FALSE(duration_of(text)) << text;
}

TEST(Durations, InWords) {
  EXPECT_EQ(to_words(Milliseconds(0)), "0 ms");
  EXPECT_EQ(to_words(Milliseconds(999)), "999 ms");
  EXPECT_EQ(to_words(Milliseconds(2000)), "2 s");
  EXPECT_EQ(to_words(Milliseconds(1500)), "1.5 s");
}

}  // namespace
}  // namespace scenario::duration_test
