// Silence, bounds of time, and phases.
#include <fmt/printf.h>

#include "harness/engine/player_test.h"

namespace engine::player_time_test {
namespace {

using mqtt::Packet;
using Peer = ScriptedBroker::Peer;
using record::Kept;
using record::Verdict;
using testing::HasSubstr;

TEST_F(PlayerTest, SilenceIsProvedByAFenceAndCostsMilliseconds) {
  auto result = play(silence, ScriptedBroker::behave);
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_LT(result.took, std::chrono::milliseconds(500));
  auto fences = std::count_if(result.trace.begin(), result.trace.end(), [](auto& event) { return event.fence; });
  EXPECT_EQ(fences, 2) << "a PINGREQ and its answer";
}

TEST_F(PlayerTest, SilenceOfAMuteBrokerProvesNothing) {
  auto result = play(silence, except([](Peer&, const Packet& packet) { return std::holds_alternative<mqtt::Pingreq>(packet); }));
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.reason, "expected A: nothing; nothing came, but neither did the answer to a PINGREQ: waited 5.04 s");
  EXPECT_EQ(result.findings.at(0).verdict, Kept::inconclusive);
}

TEST_F(PlayerTest, WhatComesBeforeTheFenceIsAnsweredBreaksSilence) {
  auto result = play(silence, except(at<mqtt::Pingreq>(1, [](Peer& peer) {
    mqtt::Publish late;
    late.topic = "late";
    peer.say(late);
    peer.say(mqtt::Pingresp{});
  })));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("PUBLISH"));
}

TEST_F(PlayerTest, ACloseIsNoSilence) {
  auto result = play(silence, except(at<mqtt::Pingreq>(1, [](Peer& peer) { peer.close(); })));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("the broker closed the connection"));
}

TEST_F(PlayerTest, TooEarlyAndTooLateAreSaidInTime) {
  auto text = R"({"title": "Closed in its time", "versions": ["3.1.1"],
    "steps": [{"connect": "A", "keep_alive": 2},
              {"expect": "A", "closed": true, "quietly": true, "not_before": "2s", "within": "4s", "checks": ["3.1.1:MQTT-3.1.2-24"]}]})";
  auto early = play(text, except(at<mqtt::Connect>(1, [](Peer& peer) {
    peer.say(mqtt::Connack{});
    peer.close();
  })));
  EXPECT_EQ(early.reason, "expected A: closed, within 4 s, not before 2 s; the broker closed the connection already after 0 ms; not before 2 s, at most 4 s");
  EXPECT_EQ(early.findings.at(0).took.count(), 0);
  auto late = play(text, ScriptedBroker::behave);
  EXPECT_EQ(late.verdict, Verdict::fail);
  EXPECT_THAT(late.reason, HasSubstr("the connection stays open and nothing came: waited 4 s"));
}

TEST_F(PlayerTest, AConnectionThatTakesTooLongLeavesOpenWhatComesThen) {
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  broker.opens_after = std::chrono::milliseconds(700);
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A", "within": "%s"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  EXPECT_EQ(play_text(fmt::sprintf(text, "800ms"), broker).at(0).verdict, Verdict::pass);
  auto late = play_text(fmt::sprintf(text, "600ms"), broker).at(0);
  EXPECT_EQ(late.verdict, Verdict::inconclusive);
  EXPECT_EQ(late.reason, "the preparation did not hold: expected open A; the connection stood only after 700 ms; at most 600 ms");
}

TEST_F(PlayerTest, APassTellsItsTimeToo) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"},
    {"expect": "A", "packet": "PINGRESP", "within": "1s", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  auto result = play(text, ScriptedBroker::behave);
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.findings.at(0).actual, "PINGRESP after 0 ms; at most 1 s");
  EXPECT_EQ(play(silence, ScriptedBroker::behave).findings.at(0).actual, "") << "time is not the point there";
}

TEST_F(PlayerTest, PhasesTellTheirSpread) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "phases": {"times": 3, "over": "3s"},
    "steps": [{"connect": "A"}, {"ping": "A", "within": "1s", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  EXPECT_EQ(play(text, ScriptedBroker::behave).findings.at(0).actual, "PINGRESP after 0 ms; at most 1 s (0 ms in 3 phases)");
  auto one_fails = play(text, except(at<mqtt::Pingreq>(2, [](Peer&) {})));
  EXPECT_EQ(one_fails.findings.at(0).actual, "in 1 of 3 phases; one of them: nothing came: waited 1 s (0 ms in 2 of 3 phases)");
}

TEST_F(PlayerTest, PhasesThatFailAreCounted) {
  auto text = R"({"title": "Ping in phases", "versions": ["3.1.1"], "phases": {"times": 3, "over": "3s"},
    "steps": [{"connect": "A"}, {"ping": "A", "within": "1s", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  auto result = play(text, except(at<mqtt::Pingreq>(2, [](Peer&) {})));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("in 1 of 3 phases"));
  EXPECT_THAT(result.findings.at(0).actual, HasSubstr("in 1 of 3 phases; one of them: nothing came"));
}

}  // namespace
}  // namespace engine::player_time_test
