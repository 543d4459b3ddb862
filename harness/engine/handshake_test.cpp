#include "harness/engine/handshake.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "harness/mqtt/bytes.h"
#include "harness/net/quietly.h"

namespace engine::handshake_test {
namespace {

using net::quietly;
using namespace std::chrono_literals;
using asio::ip::tcp;

// A broker that answers the first bytes with `answer` and, unless it is patient, closes.
std::string met(const std::string& answer, bool patient, net::Duration patience = 10s) {
  asio::io_context io;
  net::RealClock clock;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  net::Endpoint endpoint;
  endpoint.host = "127.0.0.1";
  endpoint.port = std::to_string(acceptor.local_endpoint().port());
  std::string result = "nothing came of it";
  const auto broker = [&]() -> asio::awaitable<void> {
    auto client = co_await acceptor.async_accept(asio::use_awaitable);
    std::array<char, 1000> buffer;
    co_await client.async_read_some(asio::buffer(buffer), quietly);
    const auto bytes = *mqtt::parse_hex(answer);
    co_await asio::async_write(client, asio::buffer(bytes), quietly);
    for (bool open = patient; open;) {
      const auto [over, more] = co_await client.async_read_some(asio::buffer(buffer), quietly);
      open = !over;
    }
  };
  const auto client = [&]() -> asio::awaitable<void> {
    const auto deadline = clock.now() + patience;
    result = co_await handshake(endpoint, std::nullopt, mqtt::Version::v3_1_1, clock, deadline);
  };
  asio::co_spawn(io, broker, asio::detached);
  asio::co_spawn(io, client, asio::detached);
  io.run();
  return result;
}

TEST(Handshake, is_content_with_success_alone) {
  EXPECT_EQ(met("20 02 00 00", true), "");
  EXPECT_EQ(met("20 02 00 00", false), "");
  EXPECT_EQ(met("20 02 00 03", true), "CONNACK with 3 (Server unavailable)");
}

TEST(Handshake, says_what_came_instead) {
  EXPECT_EQ(met("48 54 54 50", false), "the connection was closed") << "the frame is not whole";
  EXPECT_EQ(met("d0 00", true), "no CONNACK but d0 00");
  EXPECT_EQ(met("", false), "the connection was closed");
}

TEST(Handshake, does_not_wait_for_a_mute_broker) {
  EXPECT_EQ(met("", true, 30ms), "no answer to CONNECT");
  EXPECT_EQ(met("20", true, 30ms), "no answer to CONNECT");
}

TEST(Handshake, says_when_nobody_listens) {
  asio::io_context io;
  net::RealClock clock;
  net::Endpoint endpoint;
  endpoint.transport = net::Transport::unix_;
  endpoint.path = "/nowhere/at/all";
  std::string result;
  asio::co_spawn(io, [&]() -> asio::awaitable<void> {
    result = co_await handshake(endpoint, std::nullopt, mqtt::Version::v5_0, clock, clock.now() + 10s);
  }, asio::detached);
  io.run();
  EXPECT_EQ(result, "No such file or directory");
}

}  // namespace
}  // namespace engine::handshake_test
