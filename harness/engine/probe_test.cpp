#include "harness/engine/probe.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/scripted_broker_test.h"
#include "harness/scenario/abilities.h"

namespace engine::probe_test {
namespace {

using Peer = ScriptedBroker::Peer;
using Is = Seen::Is;
using mqtt::Version;
using testing::ElementsAre;

Look look(ScriptedBroker& broker) {
  Look seen;
  asio::io_context io;
  Pace pace;
  const spec::Catalogue catalogue;
  Stage stage{broker, broker.clock, pace, catalogue, "run00", false, {}, {}};
  asio::co_spawn(io, [&]() -> asio::awaitable<void> { seen = co_await probe_abilities(stage); }, [](std::exception_ptr trouble) {
    if (trouble) std::rethrow_exception(trouble);
  });
  broker.clock.run(io);
  return seen;
}

const Seen& named(const std::vector<Seen>& all, const std::string& name) {
  static const Seen missing{Is::unclear, "", "it was not looked at"};
  for (auto& each : all)
    if (each.name == name) return each;
  return missing;
}

// A broker of 3.1.1 and 5.0 that routes nothing, whose CONNACK in 5.0 says more.
void limited(Peer& peer, const mqtt::Packet& packet) {
  if (auto connect = std::get_if<mqtt::Connect>(&packet)) {
    if (connect->protocol_level == 3) return peer.say(mqtt::Bytes{0x20, 0x02, 0x00, 0x01});
    if (connect->protocol_level == 5) return peer.say(mqtt::Bytes{0x20, 0x0a, 0x00, 0x00, 0x07, 0x21, 0x00, 0x14, 0x24, 0x01, 0x2a, 0x00});
  }
  ScriptedBroker::behave(peer, packet);
}

TEST(Probe, SaysWhichVersionsAreAdmittedAndInWhatBytesOneIsRefused) {
  net::VirtualClock clock;
  ScriptedBroker broker(clock, limited);
  const auto seen = look(broker);
  EXPECT_THAT(broker.target.versions, ElementsAre(Version::v3_1_1, Version::v5_0));
  EXPECT_EQ(named(seen.versions, "3.1").is, Is::no);
  EXPECT_EQ(named(seen.versions, "3.1").how, "its answer to CONNECT is 20 02 00 01");
  EXPECT_EQ(broker.target.refuses.at(Version::v3_1), "it does not admit MQTT 3.1: its answer to CONNECT is 20 02 00 01");
  EXPECT_EQ(named(seen.versions, "5.0").how, "its CONNACK admits a client");
}

TEST(Probe, TakesTheBrokersWordForWhatItLacks) {
  net::VirtualClock clock;
  ScriptedBroker broker(clock, limited);
  const auto seen = look(broker);
  EXPECT_EQ(named(seen.limits, "receive_maximum").how, "its CONNACK says 20");
  EXPECT_EQ(named(seen.limits, "maximum_packet_size").how, "not announced: no limit");
  EXPECT_EQ(broker.target.lacks.at("qos2"), "its CONNACK says maximum_qos 1");
  EXPECT_EQ(broker.target.lacks.at("shared"), "its CONNACK says shared_subscription_available 0");
  EXPECT_EQ(broker.target.lacks.at("topic_alias"), "its CONNACK announces no topic_alias_maximum");
  EXPECT_EQ(named(seen.abilities, "qos2").is, Is::no);
  EXPECT_EQ(named(seen.abilities, "small_receive_maximum").is, Is::yes);
}

TEST(Probe, AnExchangeThatFailsWithoutTheBrokersWordIsNoLack) {
  net::VirtualClock clock;
  ScriptedBroker broker(clock, limited);   // it routes nothing and retains nothing, and does not say so
  const auto seen = look(broker);
  EXPECT_EQ(named(seen.abilities, "retained").is, Is::unclear);
  EXPECT_EQ(named(seen.abilities, "retained").how,
            "the broker does not say that it lacks this, but it failed when it was tried: expected A: PUBLISH with payload 'kept', retain true; "
            "nothing came: waited 5 s");
  EXPECT_FALSE(broker.target.lacks.contains("retained"));
}

TEST(Probe, AnExchangeShowsWhatABrokerIsAbleTo) {
  net::VirtualClock clock;
  ScriptedBroker broker(clock, [](Peer& peer, const mqtt::Packet& packet) {
    auto connect = std::get_if<mqtt::Connect>(&packet);
    if (connect && connect->client_id.empty()) return peer.say(mqtt::Bytes{0x20, 0x02, 0x00, 0x02});
    ScriptedBroker::behave(peer, packet);
    if (std::holds_alternative<mqtt::Subscribe>(packet)) {   // the same message again and again: retained, from $SYS, one of several
      mqtt::Publish message;
      message.topic = "$SYS/x";
      message.payload = mqtt::bytes_of("1");
      peer.say(message);
    }
  });
  broker.target.account = Account{"u", "p"};
  const auto seen = look(broker);
  EXPECT_EQ(named(seen.abilities, "qos2").how, "SUBACK grants it");
  EXPECT_EQ(named(seen.abilities, "sys").how, "a message came from $SYS/#");
  EXPECT_EQ(broker.target.lacks.at("auth"), "it admits a wrong password");
  EXPECT_EQ(broker.target.lacks.at("small_receive_maximum"), "its CONNACK lets a client open more than 20 messages, which no scenario does");
  EXPECT_EQ(broker.target.lacks.at("empty_client_id"), "it refuses an empty client identifier");
  EXPECT_EQ(broker.target.lacks.at("several_in_flight"), "it sends a message of QoS above 0 only when the one before is acknowledged");
}

TEST(Probe, WhatNoExchangeShowsIsTheProfilesWord) {
  net::VirtualClock clock;
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  broker.target.lacks["acl"] = "there are no access rules";
  const auto seen = look(broker);
  EXPECT_EQ(named(seen.abilities, "acl").is, Is::no);
  EXPECT_EQ(named(seen.abilities, "acl").how, "there are no access rules");
  const std::string by_profile = "its profile does not say otherwise";
  EXPECT_EQ(named(seen.abilities, "restart").how, by_profile);
  for (auto& ability : scenario::abilities())
    if (ability.name != "restart" && ability.name != "acl") EXPECT_EQ(named(seen.abilities, std::string(ability.name)).how == by_profile, ability.claimed) << ability.name;
}

}  // namespace
}  // namespace engine::probe_test
