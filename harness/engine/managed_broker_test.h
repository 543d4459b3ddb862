#pragma once
// For tests: mosquitto as the harness starts it, asked things one at a time.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <regex>

#include "harness/engine/handshake.h"
#include "harness/engine/managed_broker.h"
#include "harness/mqtt/codec.h"

namespace engine::managed_broker_test {

using namespace std::chrono_literals;
using Act = scenario::Control::Act;
using testing::HasSubstr;
using testing::StartsWith;

class Mosquitto : public testing::Test {
protected:
  asio::io_context io;
  net::RealClock clock;

  void play(asio::awaitable<void> body) {
    std::exception_ptr thrown;
    asio::co_spawn(io, std::move(body), [&](std::exception_ptr it) { thrown = it; });
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
  }
  std::unique_ptr<ManagedBroker> started(Profile profile) {
    std::unique_ptr<ManagedBroker> broker;
    play([](Mosquitto& self, Profile from, std::unique_ptr<ManagedBroker>& to) -> asio::awaitable<void> {
      auto result = co_await ManagedBroker::start(std::move(from), self.clock);
      to = std::move(result);
    }(*this, std::move(profile), broker));
    return broker;
  }
  std::string refusal(Profile profile) {
    try {
      started(std::move(profile));
    } catch (const std::runtime_error& error) {
      // The scratch directory, ports and times differ from run to run.
      auto text = std::regex_replace(std::string(error.what()), std::regex(R"(\S*mqttspec-\w{6})"), "DIR");
      text = std::regex_replace(text, std::regex(R"(127\.0\.0\.1:\d+)"), "127.0.0.1:PORT");
      return std::regex_replace(text, std::regex(R"((\n  )(\d{10}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d): )"), "$1TIME: ");
    }
    return "it was started";
  }
  std::string greet(ManagedBroker& broker, const std::string& listener, std::optional<Account> account, mqtt::Version version = mqtt::Version::v3_1_1) {
    std::string result = "nothing came of it";
    play([](Mosquitto& self, net::Endpoint to, std::optional<Account> as, mqtt::Version in, std::string& out) -> asio::awaitable<void> {
      out = co_await handshake(to, as, in, self.clock, self.clock.now() + 10s);
    }(*this, broker.listener(listener), account, version, result));
    return result;
  }
  void control(ManagedBroker& broker, Act act) { play(broker.control(act)); }

  // Session Present of a client that asks for its session.
  bool session_present(ManagedBroker& broker, const std::string& client_id) {
    bool present = false;
    play([](ManagedBroker& to, std::string client, bool& out) -> asio::awaitable<void> {
      auto opened = co_await to.open({});
      if (opened.error) throw std::runtime_error(opened.error.message());
      mqtt::Connect connect;
      connect.client_id = client;
      connect.clean_start = false;
      connect.username = to.target.account->username;
      connect.password = mqtt::bytes_of(to.target.account->password);
      const auto bytes = mqtt::encode(connect, mqtt::Version::v3_1_1).bytes;
      co_await opened.stream->write(asio::buffer(bytes));
      std::array<std::uint8_t, 4> answer{};
      const auto read = co_await opened.stream->read_some(asio::buffer(answer));
      EXPECT_EQ(read.size, 4u);
      EXPECT_EQ(answer[3], 0) << "admitted";
      out = answer[2] == 1;
    }(broker, client_id, present));
    return present;
  }
  static Profile profile() { return load_profile(SOURCE_DIR "/ci/brokers/mosquitto.json"); }
};

}  // namespace engine::managed_broker_test
