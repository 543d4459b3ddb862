#pragma once
// Sockets that listen: bound with an error a person understands, and accepting whatever happens. Inside this room only.
#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "harness/net/quietly.h"
#include "harness/net/stream.h"

namespace net {

// Throws std::runtime_error. `where` is how a person writes the place; `when_taken` what to do when somebody is there already.
template <class Protocol>
typename Protocol::acceptor bound(asio::any_io_executor executor, const typename Protocol::endpoint& place, const std::string& where, std::string_view when_taken) {
  typename Protocol::acceptor acceptor(executor);
  error_code error;
  acceptor.open(place.protocol(), error);
  if constexpr (std::is_same_v<Protocol, asio::ip::tcp>) {
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) acceptor.bind(place, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) throw std::runtime_error(fmt::format("cannot listen on {}: {}", where, when_taken));
  if (error) throw std::runtime_error(fmt::format("cannot listen on {}: {}", where, error.message()));
  return acceptor;
}

// At the first address that `host` has.
inline asio::ip::tcp::acceptor bound_tcp(asio::any_io_executor executor, const std::string& host, const std::string& port, const std::string& where) {
  error_code error;
  const auto found = asio::ip::tcp::resolver(executor).resolve(host, port, error);
  if (error) throw std::runtime_error(fmt::format("cannot listen on {}: {}", where, error.message()));
  return bound<asio::ip::tcp>(executor, found.begin()->endpoint(), where, "somebody else does already; port 0 takes a free one");
}

// Hands each socket to `take`, until the acceptor is closed.
template <class Acceptor, class Take> asio::awaitable<void> accept_all(std::shared_ptr<Acceptor> acceptor, Take take) {
  constexpr auto breath = std::chrono::milliseconds(50);   // when no descriptor is left: others end meanwhile
  while (acceptor->is_open()) {
    auto [error, socket] = co_await acceptor->async_accept(quietly);
    if (error == asio::error::operation_aborted) co_return;
    if (error) {
      asio::steady_timer timer(acceptor->get_executor(), breath);
      co_await timer.async_wait(quietly);
      continue;
    }
    error_code ignored;
    if constexpr (std::is_same_v<Acceptor, asio::ip::tcp::acceptor>) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    take(std::move(socket));
  }
}

}  // namespace net
