#include "harness/engine/waiting.h"

#include <gtest/gtest.h>

namespace engine::waiting_test {
namespace {

using namespace std::chrono_literals;
using record::What;

record::Event event(What what, int step, record::Microseconds at) {
  record::Event made;
  made.what = what, made.step = step, made.at = at;
  return made;
}

TEST(CountedFrom, TheLastWriteOfTheStepBefore) {
  const record::Trace trace{event(What::sent, 0, 1ms), event(What::received, 1, 2ms), event(What::sent, 2, 10ms), event(What::sent, 2, 12ms), event(What::received, 2, 13ms), event(What::ended, 3, 900ms)};
  EXPECT_EQ(counted_from(trace, 3, 229ms), 12ms) << "the step before ended 217 ms after it had sent: held up by the machine";
  EXPECT_EQ(counted_from(trace, 3, 11ms), 11ms) << "never later than the expectation began";
}

TEST(CountedFrom, TheBeginWhereTheStepBeforeSentNothing) {
  const record::Trace trace{event(What::sent, 0, 1ms), event(What::received, 1, 2ms), event(What::sent, -1, 3ms)};
  EXPECT_EQ(counted_from(trace, 3, 500ms), 500ms) << "a wait stands between: what was sent before it does not count";
  EXPECT_EQ(counted_from(trace, 2, 500ms), 500ms);
  EXPECT_EQ(counted_from({}, 0, 5ms), 5ms);
}

}  // namespace
}  // namespace engine::waiting_test
