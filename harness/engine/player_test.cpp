#include <gmock/gmock.h>

#include "harness/engine/scripted_broker_test.h"

namespace engine::player_test {
namespace {

using mqtt::Packet;
using Peer = ScriptedBroker::Peer;
using record::Kept;
using record::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto second_connect = R"({
  "title": "A second CONNECT closes the connection", "versions": ["3.1.1"],
  "steps": [
    {"connect": "A"},
    {"send": "A", "packet": "CONNECT"},
    {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]}]})";

class PlayerTest : public testing::Test {
protected:
  record::Result play(const std::string& text, ScriptedBroker::Script script) {
    ScriptedBroker broker(clock, std::move(script));
    auto results = play_text(text, broker);
    EXPECT_EQ(results.size(), 1u);
    return results.at(0);
  }
  // The script of a broker that behaves, but for what `other` does; `other` returns true for packets it has dealt with.
  static ScriptedBroker::Script except(std::function<bool(Peer&, const Packet&)> other) {
    return [other](Peer& peer, const Packet& packet) {
      if (!other(peer, packet)) ScriptedBroker::behave(peer, packet);
    };
  }
  net::VirtualClock clock;
};

// Deals with the n-th packet of a type.
template <class P> std::function<bool(Peer&, const Packet&)> at(int n, std::function<void(Peer&)> act) {
  auto seen = std::make_shared<int>(0);
  return [=](Peer& peer, const Packet& packet) {
    if (!std::holds_alternative<P>(packet) || ++*seen != n) return false;
    act(peer);
    return true;
  };
}

TEST_F(PlayerTest, ACloseThatIsDemandedPasses) {
  auto result = play(second_connect, except(at<mqtt::Connect>(2, [](Peer& peer) { peer.close(); })));
  EXPECT_EQ(result.verdict, Verdict::pass);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].verdict, Kept::pass);
  EXPECT_EQ(result.findings[0].statement, "3.1.1:MQTT-3.1.0-2");
}

TEST_F(PlayerTest, AResetIsAClose) {
  auto result = play(second_connect, except(at<mqtt::Connect>(2, [](Peer& peer) { peer.reset(); })));
  EXPECT_EQ(result.verdict, Verdict::pass);
}

TEST_F(PlayerTest, ABrokerThatGoesOnIsFoundByItsPingrespLongBeforeTheTimeOut) {
  auto result = play(second_connect, except(at<mqtt::Connect>(2, [](Peer&) {})));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.reason, "expected A: closed; the broker went on: the connection is open and a PINGREQ was answered");
  EXPECT_LT(result.took, std::chrono::seconds(1));
}

TEST_F(PlayerTest, AnAnswerInPlaceOfTheCloseFailsAtOnceAndNamesThePacket) {
  auto result = play(second_connect, ScriptedBroker::behave);
  EXPECT_EQ(result.verdict, Verdict::fail);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_THAT(result.findings[0].actual, HasSubstr("CONNACK"));
  ASSERT_GE(result.findings[0].event, 0);
  EXPECT_EQ(result.trace[std::size_t(result.findings[0].event)].bytes, (mqtt::Bytes{0x20, 2, 0, 0}));
}

TEST_F(PlayerTest, AMuteBrokerIsToldFromOneThatGoesOn) {
  bool mute = false;
  auto result = play(second_connect, [&](Peer& peer, const Packet& packet) {
    static int connects = 0;
    if (std::holds_alternative<mqtt::Connect>(packet)) mute = connects++ > 0;
    if (!mute) ScriptedBroker::behave(peer, packet);
  });
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("a PINGREQ is not answered: waited 5 s"));
}

TEST_F(PlayerTest, APreparationThatDoesNotHoldIsInconclusiveAndLeavesTheCheckOpen) {
  auto result = play(second_connect, except(at<mqtt::Connect>(1, [](Peer& peer) {
    peer.say(mqtt::Connack{false, 5, {}});
    peer.close();
  })));
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.reason, HasSubstr("the preparation did not hold"));
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].verdict, Kept::inconclusive);
}

TEST_F(PlayerTest, ABrokerThatClosesAtOnceGivesAVerdict) {
  auto result = play(second_connect, [](Peer& peer, const Packet&) { peer.close(); });
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
}

TEST_F(PlayerTest, ABrokerThatAnswersNothingGivesAVerdictAfterItsPatience) {
  auto result = play(second_connect, [](Peer&, const Packet&) {});
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.reason, HasSubstr("nothing came: waited 5 s"));
}

TEST_F(PlayerTest, ABrokerThatDoesNotReadGivesAVerdict) {
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  broker.reads = false;
  auto results = play_text(second_connect, broker);
  EXPECT_EQ(results.at(0).verdict, Verdict::inconclusive);
}

TEST_F(PlayerTest, RubbishBreaksAStatementOfItsOwn) {
  auto result = play(second_connect, [](Peer& peer, const Packet&) { peer.say(mqtt::Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}); });
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.findings, testing::Contains(testing::Field(&record::Finding::verdict, Kept::fail)));
}

TEST_F(PlayerTest, AMalformedPacketOfTheBrokersFailsWithItsBytesMarked) {
  auto text = R"({"title": "PINGREQ is answered", "versions": ["3.1.1"],
                  "steps": [{"connect": "A"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  auto result = play(text, except(at<mqtt::Pingreq>(1, [](Peer& peer) { peer.say(mqtt::Bytes{0xd1, 0}); })));
  EXPECT_EQ(result.verdict, Verdict::fail);
  auto& finding = result.findings.back();
  EXPECT_EQ(finding.statement, "3.1.1:MQTT-2.2.2-1");
  EXPECT_EQ(finding.offset, 0u);
  EXPECT_EQ(finding.size, 1u);
  EXPECT_EQ(result.trace[std::size_t(finding.event)].bytes, (mqtt::Bytes{0xd1, 0}));
}

TEST_F(PlayerTest, ADisconnectWithAReasonIsPartOfAClose) {
  auto text = R"({"title": "A second CONNECT closes the connection", "versions": ["5.0"],
    "steps": [{"connect": "A"}, {"send": "A", "packet": "CONNECT"},
              {"expect": "A", "closed": true, "reason_code": "Protocol Error", "checks": ["5.0:MQTT-3.1.0-2"]}]})";
  auto saying = [](std::uint8_t code, bool closes) {
    return at<mqtt::Connect>(2, [=](Peer& peer) {
      peer.say(mqtt::Disconnect{code, {}});
      if (closes) peer.close();
    });
  };
  EXPECT_EQ(play(text, except(saying(0x82, true))).verdict, Verdict::pass);
  auto wrong_code = play(text, except(saying(0x81, true)));
  EXPECT_EQ(wrong_code.verdict, Verdict::fail);
  EXPECT_THAT(wrong_code.reason, HasSubstr("DISCONNECT"));
  auto stays = play(text, except(saying(0x82, false)));
  EXPECT_EQ(stays.verdict, Verdict::fail);
  EXPECT_THAT(stays.reason, HasSubstr("but the connection stays open: waited 5 s"));
}

constexpr auto silence = R"({"title": "Nothing comes", "versions": ["3.1.1"],
  "steps": [{"connect": "A"}, {"expect": "A", "nothing": true, "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";

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

TEST_F(PlayerTest, AShouldThatIsMissedIsAWarningAndThePlayGoesOn) {
  auto text = R"({"title": "A SHOULD, then a MUST", "versions": ["3.1"],
    "steps": [{"connect": "A"},
              {"send": "A", "packet": "DISCONNECT"},
              {"expect": "A", "closed": true, "within": "1s", "checks": ["3.1:V31-3.14-2"]},
              {"connect": "B"},
              {"ping": "B", "checks": ["3.1:V31-3.12-1"]}]})";
  auto result = play(text, except([](Peer&, const Packet& packet) { return std::holds_alternative<mqtt::Disconnect>(packet); }));
  EXPECT_EQ(result.verdict, Verdict::pass);
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].verdict, Kept::warning);
  EXPECT_EQ(result.findings[1].verdict, Kept::pass);
}

TEST_F(PlayerTest, TooEarlyAndTooLateAreSaidInTime) {
  auto text = R"({"title": "Closed in its time", "versions": ["3.1.1"],
    "steps": [{"connect": "A", "keep_alive": 2},
              {"expect": "A", "closed": true, "quietly": true, "not_before": "2s", "within": "4s", "checks": ["3.1.1:MQTT-3.1.2-24"]}]})";
  auto early = play(text, except(at<mqtt::Connect>(1, [](Peer& peer) {
    peer.say(mqtt::Connack{});
    peer.close();
  })));
  EXPECT_THAT(early.reason, HasSubstr("the broker closed the connection already after"));
  auto late = play(text, ScriptedBroker::behave);
  EXPECT_EQ(late.verdict, Verdict::fail);
  EXPECT_THAT(late.reason, HasSubstr("the connection stays open and nothing came: waited 4 s"));
}

TEST_F(PlayerTest, PhasesThatFailAreCounted) {
  auto text = R"({"title": "Ping in phases", "versions": ["3.1.1"], "phases": {"times": 3, "over": "3s"},
    "steps": [{"connect": "A"}, {"ping": "A", "within": "1s", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  auto result = play(text, except(at<mqtt::Pingreq>(2, [](Peer&) {})));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("in 1 of 3 phases"));
  EXPECT_THAT(result.findings.at(0).actual, HasSubstr("in 1 of 3 phases; one of them: nothing came"));
}

TEST_F(PlayerTest, ThePasswordIsSentAsTheAccountSays) {
  ScriptedBroker broker(clock, [](Peer& peer, const Packet& packet) {
    if (auto connect = std::get_if<mqtt::Connect>(&packet)) EXPECT_EQ(mqtt::text_of(connect->password.value()), "sesame");
    ScriptedBroker::behave(peer, packet);
  });
  broker.target.account = Account{"ali", "sesame"};
  auto results = play_text(silence, broker);
  EXPECT_EQ(results.at(0).verdict, Verdict::pass);
}

}  // namespace
}  // namespace engine::player_test
