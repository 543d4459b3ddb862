#include "harness/cli/embedded.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include "harness/cli/doors.h"
#include "harness/net/memory_stream.h"
#include "harness/net/trouble.h"

namespace cli {
namespace {

namespace asio = boost::asio;

const engine::Account account{"mqttspec", "reference-passwd"};

struct Setup { std::string_view name; void (*apply)(reference::Options&); };
constexpr Setup setups[] = {
    {"maximum_qos_1", [](reference::Options& to) { to.maximum_qos = 1; }},
    {"maximum_qos_0", [](reference::Options& to) { to.maximum_qos = 0; }},
    {"no_retain", [](reference::Options& to) { to.retain_available = false; }},
    {"no_wildcards", [](reference::Options& to) { to.wildcards_available = false; }},
    {"no_shared", [](reference::Options& to) { to.shared_available = false; }},
    {"no_subscription_identifiers", [](reference::Options& to) { to.subscription_identifiers_available = false; }},
    {"no_topic_alias", [](reference::Options& to) { to.topic_alias_maximum = 0; }},
    {"server_keep_alive_2", [](reference::Options& to) { to.server_keep_alive = 2; }},
    {"server_keep_alive_10", [](reference::Options& to) { to.server_keep_alive = 10; }},
    {"receive_maximum_2", [](reference::Options& to) { to.receive_maximum = 2; }},
    {"queue_of_3", [](reference::Options& to) { to.queue_limit = 3; }},
    {"three_connections", [](reference::Options& to) { to.maximum_connections = 3; }},
    {"sessions_of_2_seconds", [](reference::Options& to) { to.maximum_session_expiry = 2; }},
    {"mount_point", [](reference::Options& to) { to.mount_point = "inner/"; }},
    {"packets_of_1024_bytes", [](reference::Options& to) { to.maximum_packet_size = 1024; }},
};

reference::Options options(const std::string& setup) {
  reference::Options made;
  made.accounts = {{account.username, account.password}};
  made.anonymous = false;
  made.first_packet_id = 65'000;   // so that identifiers come round soon
  made.denied_publish = {"mqttspec/+/+/denied/#"};   // ${T}/denied, ${T}/write_only (scenarios/README.md, "Abilities")
  made.denied_subscribe = {"mqttspec/+/+/denied/#", "mqttspec/+/+/write_only/#"};
  for (auto& row : setups)
    if (row.name == setup) row.apply(made);
  return made;
}

}  // namespace

Embedded::Embedded(reference::Rules rules, const std::string& setup, net::Clock& clock, asio::any_io_executor executor)
    : executor_(executor), rules_(rules), driver_(std::make_shared<Driver>(options(setup), rules, clock, executor)) {
  target.url = "the embedded reference broker";
  target.transport = target.websocket = "memory";
  target.broker = "mqttspec reference broker";
  target.account = account;
  target.ours = true;
  for (auto& row : setups) target.setups.emplace(row.name);
  driver_->start();
}

asio::awaitable<net::Opened> Embedded::open(engine::Way way) {
  if (!driver_->up()) co_return net::Opened{asio::error::connection_refused, nullptr};
  if (way.listener == "certificates" && !welcome(rules_, way.certificate))
    co_return net::Opened{way.certificate == "none" ? net::Trouble::client_certificate_wanted : net::Trouble::client_certificate_refused, nullptr};
  auto [ours, theirs] = net::memory_streams(executor_);
  bool anonymous = way.listener == "anonymous" || way.listener == "certificates";
  if (!way.websocket) {
    driver_->serve(std::move(theirs), anonymous);
    co_return net::Opened{{}, std::move(ours)};
  }
  auto accepted = [driver = driver_, anonymous](std::exception_ptr, net::Opened opened) {
    if (opened.stream) driver->serve(std::move(opened.stream), anonymous);
  };
  asio::co_spawn(executor_, net::accept_websocket(std::move(theirs), "/mqtt", manners(rules_)), accepted);
  way.upgrade.path = "/mqtt";
  net::Opened opened = co_await net::connect_websocket(std::move(ours), "embedded", way.upgrade);
  co_return opened;
}

asio::awaitable<void> Embedded::control(scenario::Control::Act act) {
  using enum scenario::Control::Act;
  if (act == stop || act == restart) driver_->shut_down();
  if (act == kill) driver_->kill();
  if ((act == start || act == restart) && !driver_->up()) driver_->start_again();
  co_return;
}

}  // namespace cli
