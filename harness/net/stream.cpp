#include "harness/net/stream.h"

#include <fmt/format.h>

#include <boost/asio/error.hpp>

#include "harness/net/in_time.h"
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

}  // namespace

asio::awaitable<Opened> open(Endpoint endpoint, Upgrade upgrade) {
  auto opened = co_await open_any(std::move(endpoint), std::move(upgrade));
  co_return opened;
}

asio::awaitable<Opened> open(Endpoint endpoint, Clock& clock, Time deadline, Upgrade upgrade) {
  auto opened = co_await in_time(open_any(std::move(endpoint), std::move(upgrade)), clock, deadline);
  if (opened) co_return std::move(*opened);
  Opened late{asio::error::timed_out, nullptr};
  co_return late;
}

}  // namespace net
