#include "harness/net/listener.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

#include "harness/net/acceptor.h"
#include "harness/net/in_time.h"
#include "harness/net/socket_stream.h"
#include "harness/net/tls.h"

namespace net {
namespace {

using asio::local::stream_protocol;

constexpr auto handshake_patience = std::chrono::seconds(10);

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

// Hands the streams of a listener's clients on, with their handshakes behind them.
template <class Acceptor> void attend(Acceptor listening, std::shared_ptr<const Door> door) {
  const auto acceptor = std::make_shared<Acceptor>(std::move(listening));
  const auto take = [door, executor = acceptor->get_executor()](auto socket) {
    auto stream = std::make_unique<SocketStream<decltype(socket)>>(std::move(socket));
    if (!uses_tls(door->at.transport) && !uses_websocket(door->at.transport)) door->accepted(std::move(stream));
    else asio::co_spawn(executor, greet_in_time(door, std::move(stream)), asio::detached);
  };
  asio::co_spawn(acceptor->get_executor(), accept_all(acceptor, take), asio::detached);
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
    auto acceptor = bound<stream_protocol>(executor, at.path, to_url(at), "something is there already; name a path that is free");
    attend(std::move(acceptor), std::make_shared<const Door>(at, std::move(accepted), std::move(manners)));
    return at;
  }
  auto acceptor = bound_tcp(executor, at.host, at.port, to_url(at));
  at.port = std::to_string(acceptor.local_endpoint().port());
  attend(std::move(acceptor), std::make_shared<const Door>(at, std::move(accepted), std::move(manners)));
  return at;
}

}  // namespace net
