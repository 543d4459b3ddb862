#include "harness/engine/handshake.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/mqtt/reason.h"

namespace engine {
namespace {

struct Talk {
  Talk(std::unique_ptr<net::Stream> the_stream, const asio::any_io_executor& executor) : stream(std::move(the_stream)), changed(executor) {}
  std::unique_ptr<net::Stream> stream;
  net::Signal changed;
  mqtt::Framer framer;
  bool ended = false;
};

// Reads to the end of the connection; the talk lives as long as its reader.
asio::awaitable<void> listen(std::shared_ptr<Talk> talk) {
  std::array<std::uint8_t, 1000> buffer;
  while (!talk->ended) {
    const auto read = co_await talk->stream->read_some(asio::buffer(buffer));
    if (read.error) talk->ended = true;
    else talk->framer.feed({buffer.data(), read.size});
    talk->changed.raise();
  }
}

mqtt::Bytes connect_bytes(const std::optional<Account>& account, mqtt::Version version) {
  static unsigned count = 0;
  mqtt::Connect connect;
  connect.protocol_name = version == mqtt::Version::v3_1 ? "MQIsdp" : "MQTT";
  connect.protocol_level = static_cast<std::uint8_t>(version);
  connect.keep_alive = 60;
  connect.client_id = fmt::format("ready{}", ++count);
  if (account) {
    connect.username = account->username;
    connect.password = mqtt::bytes_of(account->password);
  }
  return mqtt::encode(connect, version).bytes;
}

std::string told(const mqtt::Bytes& frame, mqtt::Version version) {
  const auto decoded = mqtt::decode(frame, version, mqtt::Sender::broker);
  const auto* connack = decoded.packet ? std::get_if<mqtt::Connack>(&*decoded.packet) : nullptr;
  if (!connack) return fmt::format("no CONNACK but {}", mqtt::hex(mqtt::View(frame).first(std::min<std::size_t>(frame.size(), 20))));
  if (connack->reason_code == 0) return {};
  return fmt::format("CONNACK with {} ({})", connack->reason_code, mqtt::reason_name(connack->reason_code, mqtt::Type::connack, version));
}

}  // namespace

asio::awaitable<std::string> handshake(net::Endpoint endpoint, std::optional<Account> account, mqtt::Version version, net::Clock& clock, Time deadline) {
  const auto executor = co_await asio::this_coro::executor;
  auto opened = co_await net::open(std::move(endpoint), clock, deadline);
  if (opened.error) co_return opened.trouble();
  const auto talk = std::make_shared<Talk>(std::move(opened.stream), executor);
  asio::co_spawn(executor, listen(talk), asio::detached);
  const auto hello = connect_bytes(account, version);
  const auto unsent = co_await talk->stream->write(asio::buffer(hello));
  std::string trouble = unsent ? unsent.message() : "no answer to CONNECT";
  bool in_time = !unsent;
  while (in_time) {
    const auto frame = talk->framer.next();
    if (frame) {
      trouble = told(*frame, version);
      break;
    }
    if (talk->ended) {
      trouble = "the connection was closed";
      break;
    }
    in_time = co_await clock.wait(talk->changed, deadline);
  }
  const auto bye = mqtt::encode(mqtt::Disconnect{}, version).bytes;
  co_await talk->stream->write(asio::buffer(bye));
  co_await talk->stream->finish();
  while (in_time && !talk->ended) in_time = co_await clock.wait(talk->changed, deadline);
  if (!talk->ended) talk->stream->abort();
  co_return trouble;
}

}  // namespace engine
