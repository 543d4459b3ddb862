#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <charconv>

#include "harness/net/socket_stream.h"
#include "harness/net/transports.h"

namespace net {
namespace {

using asio::ip::tcp;
using asio::local::stream_protocol;

constexpr auto queue_breath = std::chrono::milliseconds(5);   // before the queue of a Unix socket is tried again

using Places = std::vector<tcp::endpoint>;

// A host that is an address needs no resolver (and no resolver's thread).
std::optional<Places> literal(const Endpoint& to) {
  error_code no_address;
  const auto address = asio::ip::make_address(to.host, no_address);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(to.port.data(), to.port.data() + to.port.size(), port);
  if (no_address || error != std::errc{} || end != to.port.data() + to.port.size()) return std::nullopt;
  return Places{{address, port}};
}

}  // namespace

asio::awaitable<Opened> open_tcp(const Endpoint& to) {
  const auto executor = co_await asio::this_coro::executor;
  auto places = literal(to);
  if (!places) {
    tcp::resolver resolver(executor);
    const auto [unknown, found] = co_await resolver.async_resolve(to.host, to.port, quietly);
    if (unknown) co_return Opened{unknown, nullptr};
    places.emplace();
    for (const auto& each : found) places->push_back(each.endpoint());
  }
  tcp::socket socket(executor);
  const auto [error, reached] = co_await asio::async_connect(socket, *places, quietly);
  if (error) co_return Opened{error, nullptr};
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  Opened opened{{}, std::make_unique<SocketStream<tcp::socket>>(std::move(socket))};
  co_return opened;
}

asio::awaitable<Opened> open_unix(const Endpoint& to) {
  const auto executor = co_await asio::this_coro::executor;
  const stream_protocol::endpoint place(to.path);
  for (;;) {
    stream_protocol::socket socket(executor);
    const auto [error] = co_await socket.async_connect(place, quietly);
    if (error) co_return Opened{error, nullptr};
    error_code unconnected;                       // where the listener's queue is full the system says EAGAIN, which Asio takes for a connection
    socket.remote_endpoint(unconnected);
    if (!unconnected) {
      Opened opened{{}, std::make_unique<SocketStream<stream_protocol::socket>>(std::move(socket))};
      co_return opened;
    }
    asio::steady_timer timer(executor, queue_breath);
    co_await timer.async_wait(quietly);
  }
}

}  // namespace net
