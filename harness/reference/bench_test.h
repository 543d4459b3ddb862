#pragma once
// A broker with clients around it, for the tests of this room: packets instead of bytes, and the time in hand.
#include <gmock/gmock.h>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/raw.h"
#include "harness/reference/broker.h"

namespace reference {

using mqtt::Version;
using testing::ElementsAre;
using testing::IsEmpty;

class Bench {
public:
  explicit Bench(Version version = Version::v5_0, Rules rules = {}, Options options = {}) : version(version), broker(options, rules, now) {}
  explicit Bench(Version version, Rule broken, Options options = {}) : Bench(version, Rules{broken}, options) {}

  Version version;
  Time now{};
  Broker broker;

  Handle open() { return broker.connect(now); }
  void raw(Handle to, mqtt::Bytes bytes) { act([&](Actions& out) { broker.receive(to, bytes, now, out); }); }
  void raw(Handle to, const std::string& notation) {
    auto parsed = mqtt::parse_raw(notation);
    ASSERT_FALSE(parsed.error) << parsed.error->text;
    raw(to, parsed.bytes);
  }
  void send(Handle to, const mqtt::Packet& packet, const mqtt::Instead& instead = {}) { raw(to, mqtt::encode(packet, version, instead).bytes); }
  void cut(Handle which) { act([&](Actions& out) { broker.disconnected(which, now, out); }); }
  // Time passes, with every deadline on the way.
  void wait(std::chrono::milliseconds time) {
    auto end = now + time;
    for (auto next = broker.next_deadline(); next && *next <= end; next = broker.next_deadline()) {
      now = std::max(now, *next);
      act([&](Actions& out) { broker.tick(now, out); });
    }
    now = end;
  }

  // CONNECT as given, with the id; what came in answer is taken away.
  Handle connect(const std::string& id, mqtt::Connect packet = {}) {
    auto handle = open();
    send(handle, connect_packet(id, packet));
    last_connack = {};
    auto answer = take(handle);
    if (!answer.empty() && std::holds_alternative<mqtt::Connack>(answer.front())) last_connack = std::get<mqtt::Connack>(answer.front());
    after_connack = answer.empty() ? answer : std::vector<mqtt::Packet>(answer.begin() + 1, answer.end());
    return handle;
  }
  // A client whose session stays: Clean Session 0, in 5.0 a Session Expiry Interval.
  Handle keep(const std::string& id, std::uint32_t expiry = 3600) {
    mqtt::Connect packet;
    packet.clean_start = false;
    packet.properties = {{0x11, expiry}};
    return connect(id, packet);
  }
  mqtt::Connect connect_packet(const std::string& id, mqtt::Connect packet = {}) const {
    packet.protocol_name = mqtt::protocol_name_of(version);
    packet.protocol_level = std::uint8_t(version);
    packet.client_id = id;
    return packet;
  }
  std::vector<std::uint8_t> subscribe(Handle who, const std::string& filter, std::uint8_t options = 0, mqtt::Properties properties = {}) {
    send(who, mqtt::Subscribe{9, properties, {{filter, options}}});
    std::vector<std::uint8_t> codes;
    for (auto& packet : take(who))
      if (auto suback = std::get_if<mqtt::Suback>(&packet)) codes = suback->reason_codes;
      else kept_[who].push_back(packet);
    return codes;
  }
  void publish(Handle who, const std::string& topic, const std::string& payload, std::uint8_t qos = 0, bool retain = false, mqtt::Properties properties = {}) {
    send(who, message(topic, payload, qos, retain, properties));
    if (qos == 2) send(who, mqtt::Pubrel{id_, 0, {}});
    for (auto& packet : take(who))   // the handshake is over; messages to the publisher itself stay
      if (std::holds_alternative<mqtt::Publish>(packet)) kept_[who].push_back(packet);
  }
  mqtt::Publish message(const std::string& topic, const std::string& payload, std::uint8_t qos = 0, bool retain = false, mqtt::Properties properties = {}) {
    return {false, qos, retain, topic, std::uint16_t(qos ? ++id_ : 0), properties, mqtt::bytes_of(payload)};
  }

  // What came since the last time, as packets.
  std::vector<mqtt::Packet> take(Handle who) {
    auto all = std::exchange(kept_[who], {});
    for (auto& frame : std::exchange(received_[who], {})) {
      auto decoded = mqtt::decode(frame, version, mqtt::Sender::broker);
      if (decoded.packet) all.push_back(*decoded.packet);
    }
    return all;
  }
  std::vector<mqtt::Bytes> frames(Handle who) { return std::exchange(received_[who], {}); }
  // "0 a hello": QoS, topic, payload of every PUBLISH; R: retained, D: DUP.
  std::vector<std::string> messages(Handle who) {
    std::vector<std::string> all;
    for (auto& packet : take(who))
      if (auto publish = std::get_if<mqtt::Publish>(&packet)) all.push_back(text(*publish));
    return all;
  }
  static std::string text(const mqtt::Publish& publish) {
    return std::to_string(publish.qos) + (publish.retain ? "R" : "") + (publish.dup ? "D" : "") + " " + publish.topic + " " + mqtt::text_of(publish.payload);
  }
  // Names of what came; with codes where there are: "PUBACK", "DISCONNECT 82".
  std::vector<std::string> names(Handle who) {
    std::vector<std::string> all;
    for (auto& packet : take(who)) {
      all.emplace_back(mqtt::name(mqtt::type_of(packet)));
      std::visit([&](auto& each) {
        if constexpr (requires { each.reason_code; })
          if (each.reason_code) all.back() += " " + mqtt::hex(mqtt::Bytes{each.reason_code});
      }, packet);
    }
    return all;
  }
  bool closed(Handle who) const { return closed_.contains(who); }
  bool goes_on(Handle who) {
    frames(who);
    send(who, mqtt::Pingreq{});
    auto answer = names(who);
    return !closed(who) && answer == std::vector<std::string>{"PINGRESP"};
  }

  mqtt::Connack last_connack;
  std::vector<mqtt::Packet> after_connack;

private:
  std::map<Handle, std::vector<mqtt::Bytes>> received_;
  std::map<Handle, std::vector<mqtt::Packet>> kept_;
  std::set<Handle> closed_;
  std::uint16_t id_ = 100;

  template <class Act> void act(Act what) {
    Actions out;
    what(out);
    for (auto& action : out) {
      EXPECT_FALSE(closed_.contains(action.to)) << "something follows the end of a connection";
      if (action.closes()) closed_.insert(action.to);
      else received_[action.to].push_back(action.bytes);
    }
  }
};

inline std::string name_of(Version version) { return version == Version::v3_1 ? "v3_1" : version == Version::v3_1_1 ? "v3_1_1" : "v5_0"; }
class InEveryVersion : public testing::TestWithParam<Version> {};
#define IN_EVERY_VERSION(suite) \
  INSTANTIATE_TEST_SUITE_P(All, suite, testing::ValuesIn(mqtt::all_versions), [](auto& info) { return reference::name_of(info.param); })

}  // namespace reference
