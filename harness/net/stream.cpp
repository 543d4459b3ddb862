#include "harness/net/stream.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "harness/net/transports.h"

namespace net {
namespace {

asio::awaitable<Opened> open_any(Endpoint endpoint) {
  if (endpoint.transport == Transport::unix_) {
    auto opened = co_await open_unix(endpoint);
    co_return opened;
  }
  auto opened = co_await open_tcp(endpoint);
  co_return opened;
}

struct Opening {
  explicit Opening(const asio::any_io_executor& executor) : done(executor) {}
  Signal done;
  asio::cancellation_signal give_up;
  Opened result{asio::error::timed_out, nullptr};
};

}  // namespace

asio::awaitable<Opened> open(Endpoint endpoint) {
  auto opened = co_await open_any(std::move(endpoint));
  co_return opened;
}

// The attempt runs beside the waiter, which may leave before it: what arrives late finds only its own share of `opening`.
asio::awaitable<Opened> open(Endpoint endpoint, Clock& clock, Time deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto opening = std::make_shared<Opening>(executor);
  const auto finished = [opening](std::exception_ptr, Opened result) {
    opening->result = std::move(result);
    opening->done.raise();
  };
  asio::co_spawn(executor, open_any(std::move(endpoint)), asio::bind_cancellation_slot(opening->give_up.slot(), finished));
  const bool done = co_await clock.wait(opening->done, deadline);
  if (done) co_return std::move(opening->result);
  opening->give_up.emit(asio::cancellation_type::all);
  Opened late{asio::error::timed_out, nullptr};
  co_return late;
}

}  // namespace net
