#include <gmock/gmock.h>

#include <algorithm>

#include "harness/engine/scripted_broker_test.h"

namespace engine::streaming_test {
namespace {

using mqtt::Packet;
using Peer = ScriptedBroker::Peer;
using record::Verdict;
using record::What;
using testing::HasSubstr;

std::string stream(const std::string& more) {
  return R"({"title": "All come", "versions": ["3.1.1"], "steps": [
    {"connect": "B"}, {"subscribe": "B", "to": "${T}/a", "qos": 1}, {"connect": "A"},
    {"stream": "A", "to": "B", "topic": "${T}/a", "messages": 300, )" + more + R"("checks": ["3.1.1:MQTT-2.3.1-1"]}]})";
}

// Passes every PUBLISH on to whoever has subscribed, with an identifier of its own, unless `other` deals with it.
struct Router {
  std::function<bool(Peer& from, mqtt::Publish& publish)> other = [](Peer&, mqtt::Publish&) { return false; };
  Peer* subscriber = nullptr;
  std::uint16_t last_id = 0;
  void operator()(Peer& peer, const Packet& packet) {
    if (std::holds_alternative<mqtt::Subscribe>(packet)) subscriber = &peer;
    auto* publish = std::get_if<mqtt::Publish>(&packet);
    if (!publish) return ScriptedBroker::behave(peer, packet);
    auto routed = *publish;
    if (other(peer, routed)) return;
    ScriptedBroker::behave(peer, packet);
    routed.packet_id = publish->qos > 0 ? ++last_id : 0;
    subscriber->say(routed);
  }
};

class Streams : public testing::Test {
protected:
  record::Result play(const std::string& text) {
    ScriptedBroker broker(clock, [this](Peer& peer, const Packet& packet) { router(peer, packet); });
    return play_text(text, broker).at(0);
  }
  net::VirtualClock clock;
  Router router;
};

TEST_F(Streams, HoldWhenAllComeAndKeepOnlyTheEndsOfTheTrace) {
  auto result = play(stream(R"("qos": 1, )"));
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(router.last_id, 300);
  auto gap = std::find_if(result.trace.begin(), result.trace.end(), [](auto& event) { return event.what == What::left_out; });
  ASSERT_NE(gap, result.trace.end());
  EXPECT_EQ(gap->text, "588 packets more to the broker and 588 from it, like those before and behind");
  EXPECT_LT(result.trace.size(), 40u);
}

TEST_F(Streams, OfQoS0WaitForTheReceiverAlone) {
  auto result = play(stream(R"("size": 1000, )"));
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
}

TEST_F(Streams, FailAtTheFirstMessageThatIsLostAndShowWhatCameInstead) {
  router.other = [n = 0](Peer&, mqtt::Publish&) mutable { return ++n == 50; };
  auto result = play(stream(""));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("instead of message 50 of 300 for B, with QoS 0: PUBLISH with topic"));
  ASSERT_EQ(result.findings.size(), 1u);
  ASSERT_GE(result.findings[0].event, 0);
  auto& shown = result.trace.at(std::size_t(result.findings[0].event));
  EXPECT_THAT(mqtt::text_of(shown.bytes), HasSubstr("no 51")) << "the event that the finding names, after others have been left out";
}

TEST_F(Streams, FailWhenNothingMoreComes) {
  router.other = [n = 0](Peer&, mqtt::Publish&) mutable { return ++n > 20; };
  EXPECT_THAT(play(stream("")).reason, HasSubstr("20 of 300 messages came, and then no more: waited 5 s"));
}

TEST_F(Streams, FailWhenAnAcknowledgementIsMissing) {
  router.other = [this](Peer&, mqtt::Publish& publish) {
    publish.packet_id = ++router.last_id;
    router.subscriber->say(publish);
    return true;
  };
  EXPECT_THAT(play(stream(R"("qos": 1, )")).reason, HasSubstr("0 of 300 messages were acknowledged, and then no more: waited 5 s"));
}

TEST_F(Streams, FailWhenTheBrokerCloses) {
  router.other = [n = 0](Peer& from, mqtt::Publish&) mutable {
    if (++n == 9) from.close();
    return n >= 9;
  };
  EXPECT_THAT(play(stream(R"("qos": 1, )")).reason, HasSubstr("instead of a PUBACK for one of"));
}

TEST_F(Streams, EndSoonAfterTheIdentifiersHaveComeRound) {
  router.last_id = 65'400;
  auto text = stream(R"("qos": 1, "until": "identifiers come round", )");
  auto result = play(text);
  EXPECT_EQ(result.verdict, Verdict::fail) << "this router goes on with 0";
  EXPECT_THAT(result.reason, HasSubstr("instead of message 136 of 300 for B, with QoS 1 and an identifier that is not 0"));
}

TEST_F(Streams, AreEnoughAHundredMessagesAfterTheRound) {
  router.other = [this](Peer&, mqtt::Publish&) {
    if (router.last_id == 50) router.last_id = 0;
    return false;
  };
  EXPECT_EQ(play(stream(R"("qos": 1, "until": "identifiers come round", )")).verdict, Verdict::pass);
}

TEST_F(Streams, PassByAClientThatDoesNotRead) {
  auto text = R"({"title": "It reads later", "versions": ["3.1.1"], "steps": [
    {"connect": "B"}, {"subscribe": "B", "to": "${T}/a"}, {"connect": "A"},
    {"stop_reading": "B"},
    {"publish": "A", "topic": "${T}/a", "payload": {"$raw": "'x'*20000"}}, {"ping": "A"},
    {"read_on": "B"},
    {"receive": "B", "topic": "${T}/a", "checks": ["3.1.1:MQTT-2.3.1-1"]}]})";
  auto result = play(text);
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  auto message = std::find_if(result.trace.rbegin(), result.trace.rend(), [](auto& event) { return event.what == What::received && event.client == "B"; });
  auto pong = std::find_if(result.trace.rbegin(), result.trace.rend(), [](auto& event) { return event.what == What::received && event.client == "A"; });
  EXPECT_LT(message, pong) << "B's message was taken from the network after A's PINGRESP; only what one read takes may come before";
}

}  // namespace
}  // namespace engine::streaming_test
