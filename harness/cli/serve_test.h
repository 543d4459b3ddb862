#pragma once
// `mqttspec serve` as a process of its own, and a client to meet it with: for all tests of serve.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <filesystem>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/net/child.h"
#include "harness/net/stream.h"

namespace cli::serve_test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

// Sends anything, reads whole packets. What cannot go on throws std::runtime_error.
class Client {
public:
  explicit Client(mqtt::Version of = mqtt::Version::v5_0) : version(of) {}
  asio::awaitable<void> open(net::Endpoint at);
  mqtt::Packet connect_packet(std::string client_id, bool clean_start = true) const;
  asio::awaitable<void> connect(net::Endpoint at, std::string client_id, bool clean_start = true);   // to a CONNACK of success
  asio::awaitable<void> subscribe(std::string filter, std::uint8_t qos);                              // to its SUBACK
  asio::awaitable<void> round_trip(std::string topic);      // publishes with QoS 1 to a topic it subscribes to; until both answers are here
  asio::awaitable<void> send(mqtt::Packet packet);
  asio::awaitable<bool> write(mqtt::Bytes bytes);                     // false: the broker has ended the connection
  asio::awaitable<std::optional<mqtt::Packet>> next();                // none: FIN
  mqtt::Version version;
  std::unique_ptr<net::Stream> stream;
private:
  mqtt::Framer framer_;
  std::uint16_t packet_id_ = 0;
};

class Serve : public testing::Test {
protected:
  Serve();
  ~Serve() override;
  void start(std::vector<std::string> more = {});                     // on a free port, until it says where
  void stop();                                                        // SIGTERM; it has to be running, and to end with status 0
  std::string printed() const { return read("serve"); }

  // Runs a program to its end; what it prints is in `said`. The exit status, as of net::run_to_end.
  int run(std::vector<std::string> arguments);
  std::unique_ptr<net::Child> start_program(std::vector<std::string> arguments, const std::string& name);   // prints to read(name)
  std::string read(const std::string& name) const;
  asio::awaitable<void> until_printed(std::string name, std::string text);
  void await_printed(const std::string& name, const std::string& text) { play([=, this] { return until_printed(name, text); }); }
  void await_end(net::Child& child);

  // Plays a coroutine to its end; a failure when it throws or takes longer than any healthy broker would.
  template <class Body> void play(Body body) {
    bool over = false;
    asio::co_spawn(io, std::move(body), [&over](std::exception_ptr thrown) {
      over = true;
      if (thrown) std::rethrow_exception(thrown);
    });
    run_until(over);
  }

  asio::io_context io;
  net::RealClock clock;
  std::filesystem::path folder;
  std::unique_ptr<net::Child> child;
  net::Endpoint at;
  std::string said;
private:
  void run_until(bool& over);
};

}  // namespace cli::serve_test
