#pragma once
// A second, well-behaved client: it publishes to itself and pings. What others do must not disturb it.
#include "fuzz/network/line.h"
#include "harness/mqtt/framer.h"

namespace network {

class Bystander {
public:
  // Connects and subscribes. `trouble` says what went wrong; empty: it is served.
  Bystander(engine::Instance& instance, net::Clock& clock, asio::any_io_executor executor);
  ~Bystander();
  asio::awaitable<std::string> join(Duration patience);
  // One message to itself and one ping, with QoS 1. Empty: both came back within `patience`. Otherwise what went wrong, for a person.
  asio::awaitable<std::string> round(Duration patience);
private:
  asio::awaitable<std::string> expect(mqtt::Packet wanted, Time deadline);
  asio::awaitable<void> send(const mqtt::Packet& packet);
  engine::Instance& instance_;
  net::Clock& clock_;
  mqtt::Version version_;
  std::string name_;
  std::shared_ptr<net::Signal> changed_;
  std::shared_ptr<Line> line_;
  mqtt::Framer framer_;
  std::uint32_t rounds_ = 0;
};

}  // namespace network
