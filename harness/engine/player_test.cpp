// What a play makes of what comes, of closes and of what does not hold.
#include <fmt/printf.h>

#include "harness/engine/player_test.h"

namespace engine::player_test {
namespace {

using mqtt::Packet;
using Peer = ScriptedBroker::Peer;
using record::Kept;
using record::Verdict;
using testing::HasSubstr;

constexpr auto second_connect = R"({
  "title": "A second CONNECT closes the connection", "versions": ["3.1.1"],
  "steps": [
    {"connect": "A"},
    {"send": "A", "packet": "CONNECT"},
    {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]}]})";

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

TEST_F(PlayerTest, WhereAnAcknowledgementWouldDoTooOnlyThePatienceEndsTheWaiting) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"send": "A", "packet": {"PUBLISH": {"topic": "${T}", "qos": 1, "packet_id": 7}}},
    {"expect": "A", "any_of": [{"packet": {"PUBACK": {"packet_id": 7}}}, {"closed": true}], "checks": ["3.1.1:MQTT-4.3.2-2"]}]})";
  int probes = 0;
  auto result = play(text, except([&](Peer&, const Packet& packet) {
    probes += std::holds_alternative<mqtt::Pingreq>(packet);
    return std::holds_alternative<mqtt::Publish>(packet);   // a broker that stores first confirms when its storage says so, PINGRESP or not
  }));
  EXPECT_EQ(probes, 0);
  EXPECT_EQ(result.reason, "expected A: PUBACK with packet_id 7, or closed; the connection stays open and nothing came: waited 5 s");
}

TEST_F(PlayerTest, AResetThatAnswersOurFinIsAClose) {
  auto text = R"({"title": "It is reset", "versions": ["3.1.1"], "steps": [
    {"connect": "A"}, {"send": "A", "packet": {"PUBLISH": {"topic": "${T}"}}}, {"close": "A"}, {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]}]})";
  auto result = play(text, except(at<mqtt::Publish>(1, [](Peer& peer) { peer.reset(); })));
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
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

TEST_F(PlayerTest, ReservedBitsThatShouldBeZeroAreAWarning) {
  auto result = play(R"({"title": "t", "versions": ["3.1"], "steps": [{"connect": "A"}, {"ping": "A", "checks": ["3.1:V31-3.12-1"]}]})",
                     except(at<mqtt::Connect>(1, [](Peer& peer) { peer.say({0x21, 2, 0, 0}); })));
  EXPECT_EQ(result.verdict, Verdict::pass);
  ASSERT_EQ(result.findings.size(), 2u);
  EXPECT_EQ(result.findings[0].verdict, Kept::pass);
  EXPECT_EQ(result.findings[1].statement, "3.1:V31-2.5-2");
  EXPECT_EQ(result.findings[1].verdict, Kept::warning);
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
  EXPECT_EQ(result.steps[1].limit, record::Microseconds{0}) << "what is sent awaits nothing";
  EXPECT_EQ(result.steps[4].limit, record::Microseconds{1'000'000});
  EXPECT_GT(result.steps.back().limit, record::Microseconds{0}) << "the broker's patience";
}

TEST_F(PlayerTest, WhatOnlyAMissedShouldWouldHaveTaughtIsNotGuessed) {
  auto text = R"({"title": "A SHOULD whose answer is used later", "versions": ["3.1"], "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"},
    {"expect": "A", "packet": {"PUBLISH": {"packet_id": {"$save": "first"}}}, "checks": ["3.1:V31-3.14-2"]},
    {"send": "A", "packet": {"PUBACK": {"packet_id": "${first}"}}}%s]})";
  auto more = play(fmt::sprintf(text, R"(, {"ping": "A", "checks": ["3.1:V31-3.12-1"]})"), ScriptedBroker::behave);
  EXPECT_EQ(more.verdict, Verdict::inconclusive);
  EXPECT_EQ(more.reason, "the preparation did not hold: send A: PUBACK with packet_id '${first}' needs 'first', but the step that learns it did not hold");
  ASSERT_EQ(more.findings.size(), 2u);
  EXPECT_EQ(more.findings[0].verdict, Kept::warning);
  EXPECT_EQ(more.findings[1].verdict, Kept::inconclusive);
  auto last = play(fmt::sprintf(text, ""), ScriptedBroker::behave);
  EXPECT_EQ(last.verdict, Verdict::pass) << "nothing more was to be checked: " << last.reason;
}

TEST_F(PlayerTest, AMissThatIsGradedSoftlyIsAWarningThatSaysWhy) {
  auto refused = R"({"title": "DUP 1 with QoS 0 is refused", "versions": ["5.0"],
    "steps": [{"connect": "A"}, {"send": "A", "raw": "38 r s'${T}' 00"}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.3.1-2"]}]})";
  auto reaction = play(refused, ScriptedBroker::behave);
  EXPECT_EQ(reaction.verdict, Verdict::pass);
  EXPECT_EQ(reaction.findings.at(0).verdict, Kept::warning);
  EXPECT_EQ(reaction.findings.at(0).actual,
            "the broker went on: the connection is open and a PINGREQ was answered; only a warning: The text says that DUP is 0 with QoS 0, but does "
            "not say what a broker does with a packet that has it set, and many let it pass.");
  auto own_packet = R"({"title": "QoS 0 is delivered with DUP 0", "versions": ["5.0"],
    "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"}, {"expect": "A", "packet": {"PUBLISH": {"dup": false}}, "checks": ["5.0:MQTT-3.3.1-2"]}]})";
  EXPECT_EQ(play(own_packet, ScriptedBroker::behave).verdict, Verdict::fail) << "what the broker itself sends is graded firmly";
}

TEST_F(PlayerTest, ATakeOverLeavesTheOldConnectionToTheBroker) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"cut": "A", "by": "takeover"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  auto result = play(text, ScriptedBroker::behave);
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(std::count_if(result.trace.begin(), result.trace.end(), [](auto& event) { return event.what == record::What::opened; }), 2);
}

TEST_F(PlayerTest, ACutByKeepAliveWaitsInSilenceAndPassesOverWhatComes) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"cut": "A", "by": "keep_alive"}, {"connect": "B", "checks": ["3.1.1:MQTT-3.1.4-4"]}]})";
  auto closes = play(text, except(at<mqtt::Connect>(1, [](Peer& peer) {
    peer.say(mqtt::Connack{});
    peer.say(mqtt::Pingresp{});
    peer.close();
  })));
  EXPECT_EQ(closes.verdict, Verdict::pass) << closes.reason;
  auto stays = play(text, ScriptedBroker::behave);
  EXPECT_EQ(stays.verdict, Verdict::inconclusive);
  EXPECT_THAT(stays.reason, HasSubstr("expected A: closed, within 20 s; the connection stays open and nothing came: waited 20 s"));
}

TEST_F(PlayerTest, APartialOrderKeepsTheOrderOfEachList) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"}, {"expect": "A", "checks": ["3.1.1:MQTT-3.12.4-1"],
    "any_order": ["PINGRESP", [{"PUBACK": {"packet_id": 1}}, {"PUBACK": {"packet_id": 2}}]]}]})";
  auto answering = [&](std::vector<int> pubacks) {
    return play(text, except(at<mqtt::Pingreq>(1, [=](Peer& peer) {
      for (auto id : pubacks) {
        mqtt::Puback puback;
        puback.packet_id = std::uint16_t(id);
        peer.say(puback);
        if (id == 1) peer.say(mqtt::Pingresp{});
      }
    })));
  };
  EXPECT_EQ(answering({1, 2}).verdict, Verdict::pass);
  auto swapped = answering({2, 1});
  EXPECT_EQ(swapped.verdict, Verdict::fail);
  EXPECT_THAT(swapped.reason, HasSubstr("PUBACK with packet_id 2"));
}

TEST_F(PlayerTest, OneOfTwoClientsGetsThePacketAndAName) {
  auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"connect": "B"}, {"send": "${who}", "packet": "PINGREQ"},
    {"expect": ["A", "B"], "packet": "PINGRESP", "got": "W", "other": "L", "checks": ["3.1.1:MQTT-3.12.4-1"]},
    {"expect": "L", "nothing": true, "checks": ["3.1.1:MQTT-3.12.4-1"]}, {"drop": "L"}, {"ping": "W", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  for (auto who : {"A", "B"}) {
    auto asked = std::string(text).replace(std::string(text).find("${who}"), 6, who);
    auto result = play(asked, ScriptedBroker::behave);
    EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
    auto dropped = std::find_if(result.trace.begin(), result.trace.end(), [](auto& event) { return event.what == record::What::dropped; });
    ASSERT_NE(dropped, result.trace.end());
    EXPECT_NE(dropped->client, who);
    auto goodbyes = std::count_if(result.trace.begin(), result.trace.end(), [](auto& event) { return !event.bytes.empty() && event.bytes[0] == 0xe0; });
    EXPECT_EQ(goodbyes, 1) << "a client with two names leaves once";
    auto mute = play(asked, except([](Peer&, const Packet& packet) { return std::holds_alternative<mqtt::Pingreq>(packet); }));
    EXPECT_EQ(mute.reason, "expected A or B: PINGRESP; nothing came to any of them: waited 5 s");
  }
}

TEST_F(PlayerTest, TheFrameOfAPacketIsLookedAt) {
  auto text = [](const std::string& frame) {
    return R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"},
      {"expect": "A", "packet": {"PINGRESP": {"frame": )" + frame + R"(}}, "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
  };
  auto whole = play(text(R"({"length": 2, "header": 208, "remaining_length": 0, "remaining_length_size": 1})"), ScriptedBroker::behave);
  EXPECT_EQ(whole.verdict, Verdict::pass) << whole.reason;
  auto longer = play(text(R"({"remaining_length_size": 1})"), except(at<mqtt::Pingreq>(1, [](Peer& peer) { peer.say(mqtt::Bytes{0xd0, 0x80, 0x00}); })));
  EXPECT_EQ(longer.verdict, Verdict::fail);
  EXPECT_THAT(longer.reason, HasSubstr("expected A: PINGRESP with frame (remaining_length_size 1)"));
  ASSERT_FALSE(longer.findings.empty());
  EXPECT_THAT(longer.findings[0].actual, HasSubstr("frame.remaining_length_size 2"));
  EXPECT_EQ(longer.findings[0].offset, 1u);
  EXPECT_EQ(longer.findings[0].size, 2u);
}

TEST_F(PlayerTest, ABrokerThatIsDownAtTheEndIsStartedAgain) {
  for (bool starts : {true, false}) {
    ScriptedBroker broker(clock, ScriptedBroker::behave);
    auto up = starts ? R"({"broker": "start"}, )" : "";
    auto text = std::string(R"({"title": "t", "versions": ["3.1.1"], "needs": ["restart"], "steps": [{"connect": "A"}, {"broker": "kill"}, )") + up +
                R"({"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
    play_text(text, broker);
    EXPECT_EQ(broker.starts, 1);
  }
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
