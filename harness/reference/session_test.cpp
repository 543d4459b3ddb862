#include "harness/reference/bench_test.h"

namespace reference::session_test {
namespace {

using Sessions = InEveryVersion;
IN_EVERY_VERSION(Sessions);

bool present(const Bench& bench) { return bench.last_connack.session_present; }

TEST_P(Sessions, IsKeptOverAConnectionAndItsMessagesWait) {
  Bench bench(GetParam());
  auto a = bench.keep("a");
  bench.subscribe(a, "t", 1);
  bench.cut(a);
  auto p = bench.connect("p");
  bench.publish(p, "t", "late", 1);
  bench.publish(p, "t", "gone", 0);
  a = bench.keep("a");
  EXPECT_EQ(present(bench), GetParam() != Version::v3_1);
  ASSERT_EQ(bench.after_connack.size(), 1u);
  EXPECT_EQ(Bench::text(std::get<mqtt::Publish>(bench.after_connack[0])), "1 t late");
}

TEST_P(Sessions, LoseTheirMessagesWhenThatRuleIsBroken) {
  Bench bench(GetParam(), Rule::queues_for_absent);
  auto a = bench.keep("a");
  bench.subscribe(a, "t", 1);
  bench.cut(a);
  auto p = bench.connect("p");
  bench.publish(p, "t", "late", 1);
  a = bench.keep("a");
  EXPECT_THAT(bench.after_connack, IsEmpty());
  bench.publish(p, "t", "now", 1);
  EXPECT_THAT(bench.messages(a), ElementsAre("1 t now"));
}

TEST_P(Sessions, KeepQos0ForAbsentClientsOnlyWhenThatRuleIsBroken) {
  Bench bench(GetParam(), Rule::qos0_not_kept);
  auto a = bench.keep("a");
  bench.subscribe(a, "t", 1);
  bench.cut(a);
  bench.publish(bench.connect("p"), "t", "late", 0);
  bench.keep("a");
  ASSERT_EQ(bench.after_connack.size(), 1u);
  EXPECT_EQ(Bench::text(std::get<mqtt::Publish>(bench.after_connack[0])), "0 t late");
}

TEST_P(Sessions, AreDiscardedByACleanStart) {
  Bench bench(GetParam());
  auto a = bench.keep("a");
  bench.subscribe(a, "t", 1);
  bench.cut(a);
  auto p = bench.connect("p");
  bench.publish(p, "t", "late", 1);
  a = bench.connect("a");
  EXPECT_FALSE(present(bench));
  EXPECT_THAT(bench.after_connack, IsEmpty());
  bench.publish(p, "t", "now", 1);
  EXPECT_THAT(bench.messages(a), IsEmpty());
}

TEST_P(Sessions, SurviveACleanStartWhereThatIsBroken) {
  Bench bench(GetParam(), Rules{Rule::clean_start_drops_subscriptions, Rule::clean_start_drops_messages});
  auto a = bench.keep("a");
  bench.subscribe(a, "t", 1);
  bench.cut(a);
  auto p = bench.connect("p");
  bench.publish(p, "t", "late", 1);
  a = bench.connect("a");
  EXPECT_FALSE(present(bench));
  EXPECT_EQ(bench.after_connack.size(), 1u);
  bench.publish(p, "t", "now", 1);
  EXPECT_THAT(bench.messages(a), ElementsAre("1 t now"));
}

TEST_P(Sessions, EndWithTheConnectionAfterACleanStart) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::clean_session_ends});
    auto a = bench.connect("a");
    bench.subscribe(a, "t", 1);
    bench.cut(a);
    a = bench.keep("a");
    bench.publish(bench.connect("p"), "t", "now", 1);
    EXPECT_EQ(bench.messages(a).empty(), kept);
  }
}

TEST_P(Sessions, AreTakenOver) {
  Bench bench(GetParam());
  auto a = bench.keep("a");
  bench.subscribe(a, "t", 1);
  auto b = bench.keep("a");
  EXPECT_TRUE(bench.closed(a));
  if (GetParam() == Version::v5_0) EXPECT_THAT(bench.names(a), ElementsAre("DISCONNECT 8e"));
  bench.publish(bench.connect("p"), "t", "to b", 1);
  EXPECT_THAT(bench.messages(b), ElementsAre("1 t to b"));
  EXPECT_EQ(bench.broker.connections(), 2u);
}

TEST_P(Sessions, AreNotTakenOverWhereThatIsBroken) {
  Bench bench(GetParam(), Rule::takeover_closes);
  auto a = bench.keep("a"), b = bench.keep("a");
  EXPECT_TRUE(bench.goes_on(a));
  EXPECT_TRUE(bench.goes_on(b));
}

TEST(Session, ExpiresIn50) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::session_expires});
    bench.cut(bench.keep("a", 2));
    bench.wait(std::chrono::milliseconds(1900));
    bench.cut(bench.keep("a", 2));
    EXPECT_TRUE(bench.last_connack.session_present);
    bench.wait(std::chrono::seconds(3));
    bench.keep("a", 2);
    EXPECT_EQ(bench.last_connack.session_present, !kept);
  }
}

TEST(Session, ExpiryChangesWithDisconnect) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::disconnect_changes_expiry});
    bench.send(bench.keep("a", 100), mqtt::Disconnect{0, {{0x11, 0u}}});
    bench.keep("a");
    EXPECT_EQ(bench.last_connack.session_present, !kept);
  }
}

TEST(Session, WithoutExpiryGetsNoneByDisconnect) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::expiry_stays_zero});
    auto a = bench.connect("a");
    bench.send(a, mqtt::Disconnect{0, {{0x11, 60u}}});
    EXPECT_TRUE(bench.closed(a));
    EXPECT_EQ(bench.names(a), kept ? std::vector<std::string>{"DISCONNECT 82"} : std::vector<std::string>{});
  }
}

TEST(Session, OutlivesARestartWithItsRetainedMessages) {
  for (bool persistent : {true, false}) {
    Options options;
    options.persistence = persistent;
    Bench bench(Version::v3_1_1, Rules{}, options);
    auto a = bench.keep("a");
    bench.subscribe(a, "t", 1);
    bench.publish(bench.connect("p"), "r", "kept", 1, true);
    bench.broker.restart(bench.now);
    EXPECT_EQ(bench.broker.connections(), 0u);
    a = bench.keep("a");
    EXPECT_EQ(present(bench), persistent);
    bench.subscribe(a, "r");
    EXPECT_EQ(bench.messages(a).size(), persistent ? 1u : 0u);
  }
}

TEST_P(Sessions, AreAskedToComeBackLaterAtShutdown) {
  Bench bench(GetParam());
  bench.connect("a");
  Actions out;
  bench.broker.shutdown(bench.now, out);
  ASSERT_EQ(out.size(), GetParam() == Version::v5_0 ? 2u : 1u);
  EXPECT_TRUE(out.back().closes());
}

}  // namespace
}  // namespace reference::session_test
