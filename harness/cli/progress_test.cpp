#include "harness/cli/progress.h"

#include <gtest/gtest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness/cli/colour.h"

namespace cli::progress_test {
namespace {

using namespace std::chrono_literals;

TEST(ProgressText, SaysCountsAndTheTimeLeft) {
  EXPECT_EQ(progress_text({3000, 1500, 1400, 3, 2, 94, 1, 30s}, false), "1,500 of 3,000 cases, about 30 s left: 3 fail, 1 error, 2 inconclusive, 1,400 pass, 94 skip");
  EXPECT_EQ(progress_text({3000, 1500, 1500, 0, 0, 0, 0, 100s}, false), "1,500 of 3,000 cases, about 1 min 40 s left: 1,500 pass");
}

TEST(ProgressText, SaysNoTimeBeforeOneIsKnownAndAfterTheEnd) {
  EXPECT_EQ(progress_text({100, 4, 4, 0, 0, 0, 0, 30s}, false), "4 of 100 cases: 4 pass");
  EXPECT_EQ(progress_text({100, 50, 50, 0, 0, 0, 0, 900ms}, false), "50 of 100 cases: 50 pass");
  EXPECT_EQ(progress_text({1, 1, 0, 1, 0, 0, 0, 9s}, false), "1 of 1 case: 1 fail");
  EXPECT_EQ(progress_text({10, 0, 0, 0, 0, 0, 0, 0s}, false), "0 of 10 cases");
}

TEST(ProgressText, HasColoursWhereTheyAreWanted) {
  EXPECT_EQ(progress_text({100, 4, 1, 1, 1, 1, 0, 0s}, true), "4 of 100 cases: \x1b[31m1 fail\x1b[0m, \x1b[33m1 inconclusive\x1b[0m, \x1b[32m1 pass\x1b[0m, 1 skip");
}

TEST(Colours, MarkTheWordsOfASummary) {
  EXPECT_EQ(coloured("mosquitto at FAIL\n\nFAIL 5.0:X (MUST)\n  FAILS here\n      FAIL\nERROR, 1 case: no\n  NEW       a: fail\nend"),
            "mosquitto at FAIL\n\n\x1b[31mFAIL\x1b[0m 5.0:X (MUST)\n  FAILS here\n      FAIL\n\x1b[31mERROR\x1b[0m, 1 case: no\n  \x1b[31mNEW\x1b[0m       a: fail\nend");
  EXPECT_EQ(coloured(""), "");
  EXPECT_EQ(coloured("\n"), "\n");
}

// A pseudo terminal, and a pipe, which is none.
TEST(Colours, AreForATerminalWhereNobodyForbidsThem) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  EXPECT_TRUE(wants_colour(terminal));
  EXPECT_FALSE(wants_colour(pipe_ends[1]));
  setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(wants_colour(terminal)) << "empty is as good as unset";
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(wants_colour(terminal));
  EXPECT_TRUE(rewrites_lines(terminal)) << "a line taken back has no colour";
  unsetenv("NO_COLOR");
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(wants_colour(terminal));
  EXPECT_FALSE(rewrites_lines(terminal));
  for (int each : {terminal, pipe_ends[0], pipe_ends[1]}) close(each);
}

}  // namespace
}  // namespace cli::progress_test
