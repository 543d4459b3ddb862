// Steps that ask what a broker does where the standards leave it open.
#include "harness/engine/player_test.h"

namespace engine::player_records_test {
namespace {

using mqtt::Packet;
using Peer = ScriptedBroker::Peer;
using record::Kept;
using record::Verdict;

// Asks a behaviour about a second CONNECT, then pings with another client.
std::string asking(const std::string& behind) {
  return R"({"title": "What of a second CONNECT?", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"send": "A", "packet": "CONNECT"},
    {"expect": "A", "records": ["X-23"], "any_of": [{"closed": true, "as": "it closes"}, {"nothing": true, "as": "it goes on"}]})" + behind + "]}";
}

TEST_F(PlayerTest, WhatIsRecordedIsAnAnswerAndNoVerdict) {
  auto asked_of = [&](std::function<void(Peer&)> act) { return play(asking(""), except(at<mqtt::Connect>(2, std::move(act)))); };
  auto closes = asked_of([](Peer& peer) { peer.close(); });
  EXPECT_EQ(closes.verdict, Verdict::pass);
  ASSERT_EQ(closes.findings.size(), 1u);
  EXPECT_EQ(closes.findings[0].verdict, Kept::recorded);
  EXPECT_EQ(closes.findings[0].statement, "X-23");
  EXPECT_EQ(closes.findings[0].expected, "What does the broker do with an acknowledgement for an identifier that it does not know?");
  EXPECT_EQ(closes.findings[0].actual, "it closes");
  EXPECT_EQ(asked_of([](Peer&) {}).findings[0].actual, "it goes on");
  auto unforeseen = asked_of([](Peer& peer) { peer.say(mqtt::Pingresp{}); });
  EXPECT_EQ(unforeseen.verdict, Verdict::pass);
  EXPECT_EQ(unforeseen.findings[0].actual, "PINGRESP") << "what has no name is told in words";
}

TEST_F(PlayerTest, AMuteBrokerIsAnAnswerToo) {
  auto result = play(asking(""), except([](Peer&, const Packet& packet) { return std::holds_alternative<mqtt::Pingreq>(packet); }));
  EXPECT_EQ(result.verdict, Verdict::pass);
}

TEST_F(PlayerTest, WhatComesBehindARecordDoesNotDisturbTheVerdict) {
  auto closes = except(at<mqtt::Connect>(2, [](Peer& peer) { peer.close(); }));
  auto checked_before = play(R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]},
    {"send": "A", "packet": "CONNECT"}, {"expect": "A", "records": ["X-23"], "closed": true, "as": "it closes"}, {"ping": "A"},
    {"expect": "A", "nothing": true, "records": ["X-24"]}]})", closes);
  EXPECT_EQ(checked_before.verdict, Verdict::pass) << checked_before.reason;
  EXPECT_EQ(checked_before.findings.back().statement, "X-24");
  EXPECT_EQ(checked_before.findings.back().verdict, Kept::inconclusive);

  auto no_answer = except([second = at<mqtt::Connect>(2, [](Peer& peer) { peer.close(); }), ping = at<mqtt::Pingreq>(1, [](Peer& peer) { peer.close(); })](
                            Peer& peer, const Packet& packet) { return second(peer, packet) || ping(peer, packet); });
  auto check_ahead = asking(R"(, {"connect": "B"}, {"ping": "B"}, {"connect": "C"}, {"ping": "C", "checks": ["3.1.1:MQTT-3.12.4-1"]})");
  EXPECT_EQ(play(check_ahead, closes).verdict, Verdict::pass);
  EXPECT_EQ(play(check_ahead, no_answer).verdict, Verdict::inconclusive) << "a check that is not reached is no pass";
}

TEST_F(PlayerTest, PhasesThatAnswerDifferentlyAreCounted) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "phases": {"times": 3, "over": "3s"}, "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"},
    {"expect": "A", "records": ["X-23"], "any_of": [{"closed": true, "as": "it closes"}, {"packet": "PINGRESP", "as": "it answers"}]}]})";
  auto result = play(text, except(at<mqtt::Pingreq>(2, [](Peer& peer) { peer.close(); })));
  EXPECT_EQ(result.findings.at(0).actual, "it answers (2 of 3 phases); it closes (1 of 3 phases)");
}

}  // namespace
}  // namespace engine::player_records_test
