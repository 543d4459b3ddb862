#include "harness/engine/remote_instance.h"

#include <stdexcept>

#include "harness/scenario/abilities.h"

namespace engine {

RemoteInstance::RemoteInstance(net::Endpoint endpoint, net::Clock& clock) : endpoint_(std::move(endpoint)), clock_(clock) {
  target.url = net::to_url(endpoint_);
  target.transport = net::scheme(endpoint_.transport);
  if (net::uses_websocket(endpoint_.transport)) target.websocket = target.transport;
  if (endpoint_.username) target.account = Account{*endpoint_.username, endpoint_.password.value_or("")};
  target.lacks["restart"] = "the broker was not started by the harness";
  for (auto& ability : scenario::abilities())
    if (ability.claimed) target.lacks[std::string(ability.name)] = "only a broker's profile can say so: use --broker";
  if (target.account) target.lacks["anonymous"] = "only a broker's profile can name a listener for anonymous clients";
}

asio::awaitable<net::Opened> RemoteInstance::open(Way way) {
  auto endpoint = endpoint_;
  net::Opened opened = co_await net::open(endpoint, clock_, clock_.now() + target.patience, way.upgrade);
  co_return opened;
}

asio::awaitable<void> RemoteInstance::control(scenario::Control::Act) {
  throw std::runtime_error("this broker was not started by the harness and cannot be stopped by it");
  co_return;
}

}  // namespace engine
