#include "harness/cli/embedded.h"

#include <boost/asio/error.hpp>

#include "harness/net/memory_stream.h"

namespace cli {
namespace {

namespace asio = boost::asio;

const engine::Account account{"mqttspec", "reference-passwd"};

reference::Options options() {
  reference::Options made;
  made.accounts = {{account.username, account.password}};
  made.anonymous = false;
  made.denied_publish = {"mqttspec/+/+/denied/#"};   // ${T}/denied, ${T}/write_only (scenarios/README.md, "Abilities")
  made.denied_subscribe = {"mqttspec/+/+/denied/#", "mqttspec/+/+/write_only/#"};
  return made;
}

}  // namespace

Embedded::Embedded(reference::Rules rules, net::Clock& clock, asio::any_io_executor executor)
    : executor_(executor), driver_(std::make_shared<Driver>(options(), rules, clock, executor)) {
  target.url = "the embedded reference broker";
  target.transport = "memory";
  target.broker = "mqttspec reference broker";
  target.account = account;
  target.ours = true;
  driver_->start();
}

asio::awaitable<net::Opened> Embedded::open(std::string listener) {
  if (!driver_->up()) co_return net::Opened{asio::error::connection_refused, nullptr};
  auto [ours, theirs] = net::memory_streams(executor_);
  driver_->serve(std::move(theirs), listener == "anonymous");
  co_return net::Opened{{}, std::move(ours)};
}

asio::awaitable<void> Embedded::control(scenario::Control::Act act) {
  using enum scenario::Control::Act;
  if (act == stop || act == restart) driver_->shut_down();
  if (act == kill) driver_->kill();
  if (act == start || act == restart) driver_->start_again();
  co_return;
}

}  // namespace cli
