#include "harness/engine/remote_instance.h"

#include <stdexcept>

namespace engine {

RemoteInstance::RemoteInstance(net::Endpoint endpoint, net::Clock& clock) : endpoint_(std::move(endpoint)), clock_(clock) {
  target.url = net::to_url(endpoint_);
  target.transport = net::scheme(endpoint_.transport);
  if (net::uses_websocket(endpoint_.transport)) target.websocket = target.transport;
  if (endpoint_.username) target.account = Account{*endpoint_.username, endpoint_.password.value_or("")};
  auto lack = [this](std::initializer_list<const char*> abilities, const std::string& why) {
    for (auto* ability : abilities) target.lacks[ability] = why;
  };
  lack({"restart", "persistence"}, "the broker was not started by the harness");
  lack({"acl", "enhanced_auth", "client_certificates"}, "only a broker's profile can say so: use --broker");
  if (target.account) lack({"anonymous"}, "only a broker's profile can name a listener for anonymous clients");
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
