// Bytes of ill will against the broker, intact and with each rule broken in turn: it neither falls over nor waits for a moment that has passed.
#include <gtest/gtest.h>

#include <random>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/generated_packets.h"
#include "harness/reference/broker.h"

namespace reference::hostile_test {
namespace {

using namespace std::chrono_literals;

struct Play {
  explicit Play(std::uint32_t seed, Rules rules) : random(seed), broker(Options{}, rules, now) {}
  std::mt19937 random;
  Time now{};
  Broker broker;
  Actions actions;
  std::vector<std::pair<Handle, mqtt::Version>> open;

  std::uint32_t below(std::uint32_t limit) { return std::uint32_t(random() % limit); }
  mqtt::Bytes connect(mqtt::Version version) {
    mqtt::Connect made;
    made.protocol_name = version == mqtt::Version::v3_1 ? "MQIsdp" : "MQTT";
    made.protocol_level = std::uint8_t(version == mqtt::Version::v3_1 ? 3 : version == mqtt::Version::v3_1_1 ? 4 : 5);
    made.client_id = std::string(1, char('a' + below(4)));      // they take over from each other
    made.clean_start = below(2) == 1;
    made.keep_alive = std::uint16_t(below(4));
    if (below(2)) made.will = mqtt::Will{"will", {1}, std::uint8_t(below(3)), below(2) == 1, {}};
    return mqtt::encode_bytes(made, version);
  }
  mqtt::Bytes packet(mqtt::Version version) {
    auto types = mqtt::PacketGenerator::types(version);
    auto bytes = mqtt::encode_bytes(mqtt::PacketGenerator(random()).packet(types[below(std::uint32_t(types.size()))], version).packet, version);
    if (below(4) == 0) bytes[below(std::uint32_t(bytes.size()))] = std::uint8_t(below(256));
    return bytes;
  }
  void step() {
    constexpr mqtt::Version versions[] = {mqtt::Version::v3_1, mqtt::Version::v3_1_1, mqtt::Version::v5_0};
    if (open.size() < 4) {
      auto version = versions[below(3)];
      open.emplace_back(broker.connect(now), version);
      if (below(8)) broker.receive(open.back().first, connect(version), now, actions);
    }
    auto which = below(std::uint32_t(open.size()));
    auto [handle, version] = open[which];
    auto bytes = packet(version);
    if (below(10) == 0) bytes.resize(below(std::uint32_t(bytes.size())));
    broker.receive(handle, bytes, now, actions);
    if (below(12) == 0) {
      broker.disconnected(handle, now, actions);
      open.erase(open.begin() + which);
    }
    now += std::chrono::milliseconds(below(10) ? below(50) : below(5000));
    broker.tick(now, actions);
  }
};

std::string survives(std::uint32_t seed, Rules rules, int steps) {
  Play play(seed, rules);
  for (int step = 0; step < steps; ++step) {
    play.step();
    if (auto next = play.broker.next_deadline(); next && *next <= play.now) return "waits for a moment that has passed, step " + std::to_string(step);
    if (step % 50 == 49) play.broker.restart(play.now);
  }
  play.broker.shutdown(play.now, play.actions);
  return "";
}

TEST(Hostile, TheIntactBrokerSurvives) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(survives(seed, {}, 500), "") << "seed " << seed;
}

TEST(Hostile, ABrokerWithAnyRuleBrokenSurvives) {
  std::uint32_t seed = 0;
  for (auto& row : rows()) {
    Rules rules;
    rules.break_rule(*rule_named(row.name));
    EXPECT_EQ(survives(++seed, rules, 60), "") << row.name;
  }
}

TEST(Hostile, ABrokerWithManyRulesBrokenSurvives) {
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    Rules rules;
    for (auto& row : rows())
      if (random() % 8 == 0) rules.break_rule(*rule_named(row.name));
    EXPECT_EQ(survives(seed, rules, 100), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace reference::hostile_test
