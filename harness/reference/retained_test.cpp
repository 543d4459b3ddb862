#include "harness/reference/bench_test.h"

namespace reference::retained_test {
namespace {

using Retained = InEveryVersion;
IN_EVERY_VERSION(Retained);

using Texts = std::vector<std::string>;

TEST_P(Retained, LastMessageOfEachTopicGoesToNewSubscriptions) {
  struct { Rules rules; Texts got; } cases[] = {
      {{}, {"1R r/a new", "1R r/b other"}},
      {Rules{Rule::retained_stored}, {}},
      {Rules{Rule::retained_replaced}, {"1R r/a old", "1R r/b other"}},
      {Rules{Rule::retained_with_qos}, {"0R r/a new", "0R r/b other"}},
      {Rules{Rule::retained_of_every_topic}, {"1R r/a new"}},
      {Rules{Rule::retained_sent_with_retain}, {"1 r/a new", "1 r/b other"}},
      {Rules{Rule::retain_handling_zero_sends}, {}}};
  for (auto& [rules, got] : cases) {
    Bench bench(GetParam(), rules);
    auto p = bench.connect("p"), s = bench.connect("s");
    bench.publish(p, "r/a", "old", 1, true);
    bench.publish(p, "r/a", "new", 1, true);
    bench.publish(p, "r/b", "other", 1, true);
    bench.subscribe(s, "r/+", 2);
    EXPECT_EQ(bench.messages(s), got);
  }
}

TEST_P(Retained, LiveCopiesHaveRetain0) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::live_copy_without_retain});
    auto p = bench.connect("p"), s = bench.connect("s");
    bench.subscribe(s, "r");
    bench.publish(p, "r", "x", 0, true);
    EXPECT_THAT(bench.messages(s), ElementsAre(kept ? "0 r x" : "0R r x"));
  }
}

TEST(Retained31, NoOlderMessageComesBack) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v3_1, kept ? Rules{} : Rules{Rule::older_retained_stays_gone});
    auto p = bench.connect("p"), s = bench.connect("s");
    for (auto payload : {"old", "new", ""}) bench.publish(p, "r", payload, 0, true);
    bench.subscribe(s, "r");
    EXPECT_EQ(bench.messages(s), kept ? Texts{} : Texts{"0R r old"});
  }
}

TEST_P(Retained, EmptyMessagesRemove) {
  struct { Rules rules; Texts live, later; } cases[] = {
      {{}, {"0 r "}, {}},
      {Rules{Rule::empty_retained_deletes}, {"0 r "}, {"0R r x"}},
      {Rules{Rule::empty_retained_forwarded}, {}, {}},
      {Rules{Rule::empty_retained_not_stored}, {"0 r "}, {"0R r "}}};
  for (auto& [rules, live, later] : cases) {
    Bench bench(GetParam(), rules);
    auto p = bench.connect("p"), s = bench.connect("s");
    bench.publish(p, "r", "x", 0, true);
    bench.subscribe(s, "r");
    bench.messages(s);
    bench.publish(p, "r", "", 0, true);
    EXPECT_EQ(bench.messages(s), live);
    auto n = bench.connect("n");
    bench.subscribe(n, "r");
    EXPECT_EQ(bench.messages(n), later);
  }
}

TEST_P(Retained, OrdinaryMessagesTouchNothing) {
  struct { Rules rules; const char* payload; Texts later; } cases[] = {
      {{}, "y", {"0R r x"}}, {{}, "", {"0R r x"}}, {Rules{Rule::unretained_not_stored}, "y", {"0R r y"}}, {Rules{Rule::unretained_deletes_nothing}, "", {}}};
  for (auto& [rules, payload, later] : cases) {
    Bench bench(GetParam(), rules);
    auto p = bench.connect("p"), s = bench.connect("s");
    bench.publish(p, "r", "x", 0, true);
    bench.publish(p, "r", payload, 0, false);
    bench.subscribe(s, "r");
    EXPECT_EQ(bench.messages(s), later);
  }
}

TEST(RetainHandling, SaysWhenRetainedMessagesAreSent) {
  struct { Rules rules; std::uint8_t handling; std::size_t first, again; } cases[] = {
      {{}, 0, 1, 1}, {{}, 1, 1, 0}, {{}, 2, 0, 0},
      {Rules{Rule::retained_again_on_replacement}, 0, 1, 0},
      {Rules{Rule::retain_handling_new_gets}, 1, 0, 0},
      {Rules{Rule::retain_handling_old_gets_none}, 1, 1, 1},
      {Rules{Rule::retain_handling_never}, 2, 1, 1}};
  for (auto& [rules, handling, first, again] : cases) {
    Bench bench(Version::v5_0, rules);
    auto s = bench.connect("s");
    bench.publish(s, "r", "x", 0, true);
    bench.subscribe(s, "r", std::uint8_t(handling << 4));
    EXPECT_EQ(bench.messages(s).size(), first) << int(handling);
    bench.subscribe(s, "r", std::uint8_t(handling << 4));
    EXPECT_EQ(bench.messages(s).size(), again) << int(handling);
  }
}

TEST(RetainAsPublished, PassesTheFlagOn) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::retain_as_published});
    auto s = bench.connect("s");
    bench.subscribe(s, "r", 8);
    bench.publish(s, "r", "x", 0, true);
    bench.publish(s, "r", "y", 0, false);
    EXPECT_THAT(bench.messages(s), ElementsAre(kept ? "0R r x" : "0 r x", "0 r y"));
  }
}

TEST_P(Retained, BrokerTellsOfItself) {
  Bench bench(GetParam());
  auto s = bench.connect("s");
  bench.subscribe(s, "$SYS/broker/version");
  EXPECT_THAT(bench.messages(s), ElementsAre("0R $SYS/broker/version mqttspec reference broker"));
  bench.subscribe(s, "#");
  EXPECT_THAT(bench.messages(s), IsEmpty());
}

}  // namespace
}  // namespace reference::retained_test
