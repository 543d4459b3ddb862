#include "harness/net/listener.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <stdexcept>

#include "harness/net/in_time.h"
#include "harness/net/socket_stream.h"
#include "harness/net/tls.h"

namespace net {
namespace {

using asio::ip::tcp;
using asio::local::stream_protocol;

constexpr auto handshake_patience = std::chrono::seconds(10);
constexpr auto breath = std::chrono::milliseconds(50);   // when no descriptor is left: others end meanwhile

// What the connections of one listener have in common.
struct Door {
  Endpoint at;
  Accepted accepted;
  Manners manners;
};

// TLS and WebSocket on top of a stream that has just been accepted; null: the handshake failed.
asio::awaitable<std::unique_ptr<Stream>> greet(std::shared_ptr<const Door> door, std::unique_ptr<Stream> stream) {
  if (uses_tls(door->at.transport)) {
    auto opened = co_await accept_tls(std::move(stream), door->at.tls);
    stream = std::move(opened.stream);
  }
  if (stream && uses_websocket(door->at.transport)) {
    auto opened = co_await accept_websocket(std::move(stream), door->at.path, door->manners);
    stream = std::move(opened.stream);
  }
  co_return stream;
}

asio::awaitable<void> greet_in_time(std::shared_ptr<const Door> door, std::unique_ptr<Stream> stream) {
  RealClock clock;
  auto greeted = co_await in_time(greet(door, std::move(stream)), clock, clock.now() + handshake_patience);
  if (greeted && *greeted) door->accepted(std::move(*greeted));
}

template <class Protocol>
asio::awaitable<void> accept_all(typename Protocol::acceptor acceptor, std::shared_ptr<const Door> door) {
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(quietly);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      asio::steady_timer timer(acceptor.get_executor(), breath);
      co_await timer.async_wait(quietly);
      continue;
    }
    error_code ignored;
    if constexpr (std::is_same_v<Protocol, tcp>) socket.set_option(tcp::no_delay(true), ignored);
    auto stream = std::make_unique<SocketStream<typename Protocol::socket>>(std::move(socket));
    if (!uses_tls(door->at.transport) && !uses_websocket(door->at.transport)) door->accepted(std::move(stream));
    else asio::co_spawn(acceptor.get_executor(), greet_in_time(door, std::move(stream)), asio::detached);
  }
}

template <class Protocol>
typename Protocol::acceptor bound(asio::any_io_executor executor, const typename Protocol::endpoint& place, const Endpoint& at) {
  typename Protocol::acceptor acceptor(executor);
  error_code error;
  acceptor.open(place.protocol(), error);
  if constexpr (std::is_same_v<Protocol, tcp>) {
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) acceptor.bind(place, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use)
    throw std::runtime_error(fmt::format("cannot listen on {}: {}", to_url(at), at.transport == Transport::unix_
        ? "something is there already; name a path that is free" : "somebody else does already; port 0 takes a free one"));
  if (error) throw std::runtime_error(fmt::format("cannot listen on {}: {}", to_url(at), error.message()));
  return acceptor;
}

// The socket of a listener that is gone: it stays behind as a file, and nobody answers there.
bool left_behind(asio::any_io_executor executor, const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_socket(path, ignored)) return false;
  stream_protocol::socket socket(executor);
  error_code error;
  socket.connect(path, error);
  return error == asio::error::connection_refused;
}

}  // namespace

Endpoint listen(asio::any_io_executor executor, Endpoint at, Accepted accepted, Manners manners) {
  if (at.transport == Transport::unix_) {
    if (left_behind(executor, at.path)) std::filesystem::remove(at.path);
    auto acceptor = bound<stream_protocol>(executor, at.path, at);
    const auto door = std::make_shared<const Door>(at, std::move(accepted), std::move(manners));
    asio::co_spawn(executor, accept_all<stream_protocol>(std::move(acceptor), door), asio::detached);
    return at;
  }
  error_code error;
  auto found = tcp::resolver(executor).resolve(at.host, at.port, error);
  if (error) throw std::runtime_error(fmt::format("cannot listen on {}: {}", to_url(at), error.message()));
  auto acceptor = bound<tcp>(executor, found.begin()->endpoint(), at);
  at.port = std::to_string(acceptor.local_endpoint().port());
  const auto door = std::make_shared<const Door>(at, std::move(accepted), std::move(manners));
  asio::co_spawn(executor, accept_all<tcp>(std::move(acceptor), door), asio::detached);
  return at;
}

}  // namespace net
