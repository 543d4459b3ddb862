#pragma once
// Work on a connection that may take so long and no longer: a handshake whose peer says nothing is given up.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <optional>

#include "harness/net/clock.h"

namespace net {

// None: it was not done at the deadline. The work runs beside the waiter, which may leave before it: what arrives late finds only its own share of the result.
template <class Result>
asio::awaitable<std::optional<Result>> in_time(asio::awaitable<Result> work, Clock& clock, Time deadline) {
  struct Shared {
    explicit Shared(const asio::any_io_executor& executor) : done(executor) {}
    Signal done;
    asio::cancellation_signal give_up;
    std::optional<Result> result;
  };
  const auto executor = co_await asio::this_coro::executor;
  const auto shared = std::make_shared<Shared>(executor);
  const auto finished = [shared](std::exception_ptr, Result result) {
    shared->result = std::move(result);
    shared->done.raise();
  };
  asio::co_spawn(executor, std::move(work), asio::bind_cancellation_slot(shared->give_up.slot(), finished));
  const bool done = co_await clock.wait(shared->done, deadline);
  if (done) co_return std::move(shared->result);
  shared->give_up.emit(asio::cancellation_type::all);
  co_return std::nullopt;
}

}  // namespace net
