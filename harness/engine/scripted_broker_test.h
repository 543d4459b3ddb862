#pragma once
// For tests: a broker in memory that is a function from each packet to what it does, in virtual time.
#include <functional>

#include "harness/engine/player.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"

namespace engine {

class ScriptedBroker final : public Instance {
public:
  // One connection, seen from the broker.
  class Peer {
  public:
    explicit Peer(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}
    void say(mqtt::Bytes bytes) { to_say_.push_back(std::move(bytes)); }
    void say(const mqtt::Packet& packet) { say(mqtt::encode(packet, version).bytes); }
    void close() { closing_ = true; }
    void reset() { stream_->abort(); }
    mqtt::Version version = mqtt::Version::v3_1_1;   // learnt from CONNECT
    int mark = 0;                                    // the script's own
  private:
    friend class ScriptedBroker;
    std::unique_ptr<net::Stream> stream_;
    std::vector<mqtt::Bytes> to_say_;
    bool closing_ = false;
  };
  using Script = std::function<void(Peer& peer, const mqtt::Packet& packet)>;

  ScriptedBroker(net::VirtualClock& clock, Script script) : clock(clock), script_(std::move(script)) {
    target.url = "memory";
    target.transport = "memory";
  }
  asio::awaitable<net::Opened> open(Way way) override;
  asio::awaitable<void> control(scenario::Control::Act act) override;
  std::optional<std::string> death() override { return clock.now() >= dead_since_ ? dead : std::nullopt; }
  asio::awaitable<std::optional<std::string>> death_by(Time deadline) override;
  std::vector<std::string> last_words() override { return {"its last words"}; }
  void die(std::string how, Duration lag = {});   // all connections end now, the process `lag` later

  net::VirtualClock& clock;
  std::optional<std::string> dead;   // how the broker "process" ended; connections are refused then
  int starts = 0;
  std::string cannot_start;          // why it does not come back
  Duration opens_after{};            // so long a connection takes
  bool reads = true;                 // false: accepts and never reads

  // What a well-behaved broker says to CONNECT, PINGREQ, SUBSCRIBE, UNSUBSCRIBE, QoS 1 and DISCONNECT; it routes nothing.
  static void behave(Peer& peer, const mqtt::Packet& packet);
private:
  asio::awaitable<void> serve(std::shared_ptr<Peer> peer);
  Script script_;
  std::vector<std::shared_ptr<Peer>> peers_;
  Time dead_since_{};
};

// Plays every case of a scenario's text, in its versions, and returns the results. The text must be without complaint.
std::vector<record::Result> play_text(const std::string& text, ScriptedBroker& broker);

}  // namespace engine
