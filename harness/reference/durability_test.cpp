#include "harness/reference/bench_test.h"

namespace reference::durability_test {
namespace {

class Durability : public InEveryVersion {};
IN_EVERY_VERSION(Durability);

TEST_P(Durability, WhatWaitsIsThereInItsOrder) {
  for (auto broken : {Rule::count, Rule::sessions_survive_restart, Rule::queue_survives_restart, Rule::queue_order_survives_restart, Rule::queue_not_doubled}) {
    Bench bench(GetParam(), broken == Rule::count ? Rules{} : Rules{broken});
    auto a = bench.keep("a");
    bench.subscribe(a, "t", 1);
    bench.cut(a);
    auto p = bench.connect("p");
    bench.publish(p, "t", "1", 1);
    bench.publish(p, "t", "2", 1);
    bench.broker.restart(bench.now);
    a = bench.keep("a");
    std::vector<std::string> came;
    for (auto& packet : bench.after_connack) came.push_back(Bench::text(std::get<mqtt::Publish>(packet)));
    if (broken == Rule::count) EXPECT_THAT(came, ElementsAre("1 t 1", "1 t 2"));
    else if (broken == Rule::queue_order_survives_restart) EXPECT_THAT(came, ElementsAre("1 t 2", "1 t 1"));
    else if (broken == Rule::queue_not_doubled) EXPECT_THAT(came, ElementsAre("1 t 1", "1 t 2", "1 t 1", "1 t 2"));
    else EXPECT_THAT(came, IsEmpty());
  }
}

TEST_P(Durability, AKillLosesWhatAStopKeepsOnlyInABrokenBroker) {
  for (bool killed : {true, false})
    for (bool kept : {true, false}) {
      Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::queue_survives_kill});
      auto a = bench.keep("a");
      bench.subscribe(a, "t", 1);
      bench.cut(a);
      bench.publish(bench.connect("p"), "t", "1", 1);
      bench.broker.restart(bench.now, killed);
      bench.keep("a");
      EXPECT_EQ(bench.after_connack.size(), kept || !killed ? 1u : 0u);
    }
}

TEST_P(Durability, SubscriptionsComeBackAndEndedOnesDoNot) {
  for (auto broken : {Rule::count, Rule::subscriptions_survive_restart, Rule::unsubscribed_survives_restart}) {
    Bench bench(GetParam(), broken == Rule::count ? Rules{} : Rules{broken});
    auto a = bench.keep("a");
    bench.subscribe(a, "kept", 1);
    bench.subscribe(a, "ended", 1);
    bench.send(a, mqtt::Unsubscribe{7, {}, {"ended"}});
    bench.cut(a);
    bench.broker.restart(bench.now);
    a = bench.keep("a");
    auto p = bench.connect("p");
    bench.publish(p, "ended", "", 1);
    bench.publish(p, "kept", "", 1);
    auto came = bench.messages(a);
    if (broken == Rule::count) EXPECT_THAT(came, ElementsAre("1 kept "));
    else if (broken == Rule::subscriptions_survive_restart) EXPECT_THAT(came, IsEmpty());
    else EXPECT_THAT(came, ElementsAre("1 ended ", "1 kept "));
  }
}

TEST(Durability5, OptionsAndIdentifiersOfSubscriptionsComeBack) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::subscription_options_survive_restart});
    auto a = bench.keep("a");
    bench.subscribe(a, "t", 1 | 8, {{0x0b, 17u}});   // Retain As Published
    bench.broker.restart(bench.now);
    a = bench.keep("a");
    bench.publish(bench.connect("p"), "t", "x", 1, true);
    auto came = bench.take(a);
    ASSERT_EQ(came.size(), 1u);
    auto& publish = std::get<mqtt::Publish>(came[0]);
    EXPECT_EQ(publish.retain, kept);
    EXPECT_EQ(publish.properties.size(), kept ? 1u : 0u);
  }
}

TEST_P(Durability, AnEndedSessionStaysGone) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::ended_session_stays_gone});
    bench.cut(bench.connect("a"));
    EXPECT_EQ(bench.broker.sessions(), 0u);
    bench.broker.restart(bench.now);
    EXPECT_EQ(bench.broker.sessions(), kept ? 0u : 1u);
  }
}

TEST_P(Durability, ExchangesTowardsTheSubscriberGoOnWhereTheyStood) {
  for (auto broken : {Rule::count, Rule::open_survives_restart, Rule::released_survives_restart}) {
    Bench bench(GetParam(), broken == Rule::count ? Rules{} : Rules{broken});
    auto a = bench.keep("a");
    bench.subscribe(a, "t", 2);
    auto p = bench.connect("p");
    bench.publish(p, "t", "1", 2);
    bench.publish(p, "t", "2", 2);
    auto first = std::get<mqtt::Publish>(bench.take(a).at(0)).packet_id;
    bench.send(a, mqtt::Pubrec{first, 0, {}});
    bench.broker.restart(bench.now);
    a = bench.keep("a");
    std::vector<std::string> came;
    for (auto& packet : bench.after_connack) came.emplace_back(mqtt::name(mqtt::type_of(packet)));
    if (broken == Rule::count) EXPECT_THAT(came, ElementsAre("PUBREL", "PUBLISH"));
    else if (broken == Rule::open_survives_restart) EXPECT_THAT(came, IsEmpty());
    else EXPECT_THAT(came, ElementsAre("PUBLISH", "PUBLISH"));
  }
}

TEST_P(Durability, WhatWasAcknowledgedDoesNotComeAgain) {
  for (auto broken : {Rule::count, Rule::acknowledged_stays_gone, Rule::completed_stays_gone}) {
    Bench bench(GetParam(), broken == Rule::count ? Rules{} : Rules{broken});
    auto a = bench.keep("a");
    bench.subscribe(a, "t", 2);
    auto p = bench.connect("p");
    bench.publish(p, "t", "1", 1);
    bench.publish(p, "t", "2", 2);
    auto came = bench.take(a);
    ASSERT_EQ(came.size(), 2u);
    bench.send(a, mqtt::Puback{std::get<mqtt::Publish>(came[0]).packet_id, 0, {}});
    bench.send(a, mqtt::Pubrec{std::get<mqtt::Publish>(came[1]).packet_id, 0, {}});
    bench.send(a, mqtt::Pubcomp{std::get<mqtt::Publish>(came[1]).packet_id, 0, {}});
    bench.broker.restart(bench.now);
    bench.keep("a");
    if (broken == Rule::count) EXPECT_TRUE(bench.after_connack.empty());
    else ASSERT_EQ(bench.after_connack.size(), 1u);
    if (broken != Rule::count) EXPECT_EQ(Bench::text(std::get<mqtt::Publish>(bench.after_connack[0])), broken == Rule::acknowledged_stays_gone ? "1 t 1" : "2 t 2");
  }
}

TEST_P(Durability, AQos2MessageSentAgainIsNoNewOne) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::received_survives_restart});
    auto s = bench.keep("s");
    bench.subscribe(s, "t", 1);
    auto p = bench.keep("p");
    mqtt::Publish message{false, 2, false, "t", 100, {}, mqtt::bytes_of("once")};
    bench.send(p, message);
    bench.broker.restart(bench.now);
    p = bench.keep("p");
    message.dup = true;
    bench.send(p, message);
    bench.keep("s");
    EXPECT_EQ(bench.after_connack.size(), kept ? 1u : 2u);
  }
}

TEST_P(Durability, RetainedMessagesAreThoseOfBefore) {
  for (auto broken : {Rule::count, Rule::retained_survives_restart, Rule::deleted_retained_stays_gone, Rule::newest_retained_survives_restart}) {
    Bench bench(GetParam(), broken == Rule::count ? Rules{} : Rules{broken});
    auto p = bench.connect("p");
    bench.publish(p, "deleted", "x", 1, true);
    bench.publish(p, "deleted", "", 1, true);
    bench.publish(p, "kept", "old", 1, true);
    bench.publish(p, "kept", "new", 1, true);
    bench.broker.restart(bench.now);
    auto a = bench.connect("a");
    bench.subscribe(a, "deleted", 1);
    bench.subscribe(a, "kept", 1);
    auto came = bench.messages(a);
    if (broken == Rule::count) EXPECT_THAT(came, ElementsAre("1R kept new"));
    else if (broken == Rule::retained_survives_restart) EXPECT_THAT(came, IsEmpty());
    else if (broken == Rule::deleted_retained_stays_gone) EXPECT_THAT(came, ElementsAre("1R deleted x", "1R kept new"));
    else EXPECT_THAT(came, ElementsAre("1R kept old"));
  }
}

TEST(Durability5, SessionsAndMessagesExpireAsWithoutARestart) {
  for (auto broken : {Rule::count, Rule::session_expires_after_restart, Rule::message_expires_after_restart}) {
    Bench bench(Version::v5_0, broken == Rule::count ? Rules{} : Rules{broken});
    auto a = bench.keep("a", 5);
    bench.subscribe(a, "t", 1);
    bench.cut(a);
    bench.publish(bench.connect("p"), "r", "kept", 1, true, {{0x02, 1u}});
    bench.broker.restart(bench.now);
    bench.wait(std::chrono::seconds(6));
    bench.keep("a");
    EXPECT_EQ(bench.last_connack.session_present, broken == Rule::session_expires_after_restart);
    auto b = bench.connect("b");
    bench.subscribe(b, "r", 1);
    EXPECT_EQ(bench.messages(b).size(), broken == Rule::message_expires_after_restart ? 1u : 0u);
  }
}

TEST(Durability5, PropertiesComeBackAndTheExpiryIntervalCountsOn) {
  for (auto broken : {Rule::count, Rule::properties_survive_restart, Rule::expiry_counted_through_restart}) {
    Bench bench(Version::v5_0, broken == Rule::count ? Rules{} : Rules{broken});
    bench.publish(bench.connect("p"), "r", "kept", 1, true, {{0x02, 60u}, {0x03, std::string("text/plain")}});
    bench.wait(std::chrono::seconds(10));
    bench.broker.restart(bench.now);
    auto a = bench.connect("a");
    bench.subscribe(a, "r", 1);
    auto came = bench.take(a);
    ASSERT_EQ(came.size(), 1u);
    auto& properties = std::get<mqtt::Publish>(came[0]).properties;
    ASSERT_EQ(properties.size(), broken == Rule::properties_survive_restart ? 1u : 2u);
    EXPECT_EQ(std::get<std::uint32_t>(properties[0].value), broken == Rule::expiry_counted_through_restart ? 60u : 50u);
  }
}

}  // namespace
}  // namespace reference::durability_test
