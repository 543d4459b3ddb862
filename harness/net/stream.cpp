#include "harness/net/stream.h"

#include <fmt/format.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include "harness/net/tls.h"
#include "harness/net/transports.h"
#include "harness/net/websocket.h"

namespace net {
namespace {

std::string authority(const Endpoint& to) { return fmt::format(fmt::runtime(to.host.find(':') != to.host.npos ? "[{}]:{}" : "{}:{}"), to.host, to.port); }

asio::awaitable<Opened> open_any(Endpoint to, Upgrade upgrade) {
  if (to.transport == Transport::unix_) {
    auto opened = co_await open_unix(to);
    co_return opened;
  }
  auto opened = co_await open_tcp(to);
  if (!opened.error && uses_tls(to.transport)) opened = co_await connect_tls(std::move(opened.stream), to.tls ? to.tls : tls_client({}), to.host);
  if (opened.error || !uses_websocket(to.transport)) co_return opened;
  if (upgrade.path.empty()) upgrade.path = to.path;
  opened = co_await connect_websocket(std::move(opened.stream), authority(to), std::move(upgrade));
  co_return opened;
}

struct Opening {
  explicit Opening(const asio::any_io_executor& executor) : done(executor) {}
  Signal done;
  asio::cancellation_signal give_up;
  Opened result{asio::error::timed_out, nullptr};
};

}  // namespace

asio::awaitable<Opened> open(Endpoint endpoint, Upgrade upgrade) {
  auto opened = co_await open_any(std::move(endpoint), std::move(upgrade));
  co_return opened;
}

// The attempt runs beside the waiter, which may leave before it: what arrives late finds only its own share of `opening`.
asio::awaitable<Opened> open(Endpoint endpoint, Clock& clock, Time deadline, Upgrade upgrade) {
  const auto executor = co_await asio::this_coro::executor;
  const auto opening = std::make_shared<Opening>(executor);
  const auto finished = [opening](std::exception_ptr, Opened result) {
    opening->result = std::move(result);
    opening->done.raise();
  };
  asio::co_spawn(executor, open_any(std::move(endpoint), std::move(upgrade)), asio::bind_cancellation_slot(opening->give_up.slot(), finished));
  const bool done = co_await clock.wait(opening->done, deadline);
  if (done) co_return std::move(opening->result);
  opening->give_up.emit(asio::cancellation_type::all);
  Opened late{asio::error::timed_out, nullptr};
  co_return late;
}

}  // namespace net
