#pragma once
// For tests: one case against a broker that behaves, but for one thing.
#include <gmock/gmock.h>

#include "harness/engine/scripted_broker_test.h"

namespace engine {

class PlayerTest : public testing::Test {
protected:
  using Packet = mqtt::Packet;
  using Peer = ScriptedBroker::Peer;
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
template <class P> std::function<bool(ScriptedBroker::Peer&, const mqtt::Packet&)> at(int n, std::function<void(ScriptedBroker::Peer&)> act) {
  auto seen = std::make_shared<int>(0);
  return [=](ScriptedBroker::Peer& peer, const mqtt::Packet& packet) {
    if (!std::holds_alternative<P>(packet) || ++*seen != n) return false;
    act(peer);
    return true;
  };
}

inline constexpr auto silence = R"({"title": "Nothing comes", "versions": ["3.1.1"],
  "steps": [{"connect": "A"}, {"expect": "A", "nothing": true, "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";

}  // namespace engine
