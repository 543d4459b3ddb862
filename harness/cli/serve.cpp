#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>

#include "harness/cli/command.h"
#include "harness/cli/driver.h"
#include "harness/net/listener.h"

namespace cli {
namespace {

namespace asio = boost::asio;

struct ServeOptions {
  std::vector<std::string> listen, broken, users;
  bool list_rules = false;
};

int list_rules() {
  for (auto& row : reference::rows()) {
    fmt::print("{}\n  when broken: {}\n", row.name, row.broken);
    for (auto& statement : row.statements()) fmt::print("  {}\n", statement);
  }
  return all_well;
}

int serve_until_stopped(const ServeOptions& options) {
  if (options.list_rules) return list_rules();
  reference::Options setup;
  for (auto& user : options.users) {
    auto colon = user.find(':');
    if (colon == user.npos) throw std::runtime_error("--user wants a name and a password with a colon between: --user ann:secret");
    setup.accounts.push_back({user.substr(0, colon), user.substr(colon + 1)});
  }
  setup.anonymous = options.users.empty();
  auto rules = broken_rules(options.broken);

  asio::io_context io;
  net::RealClock clock;
  auto driver = std::make_shared<Driver>(setup, rules, clock, io.get_executor());
  driver->start();
  auto urls = options.listen.empty() ? std::vector<std::string>{"mqtt://127.0.0.1:1883"} : options.listen;
  for (auto& url : urls) {
    auto endpoint = net::parse_url(url);
    if (!endpoint.endpoint) throw std::runtime_error("--listen " + endpoint.error);
    auto bound = net::listen(io.get_executor(), *endpoint.endpoint, [driver](std::unique_ptr<net::Stream> stream) { driver->serve(std::move(stream)); });
    fmt::print("listening on {}\n", net::to_url(bound));
  }
  for (auto& name : options.broken) fmt::print("broken: {}: {}\n", name, reference::row(*reference::rule_named(name)).broken);
  std::fflush(stdout);
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](auto, int) {
    driver->shut_down();
    driver->stop();
    io.stop();
  });
  io.run();
  return all_well;
}

}  // namespace

std::function<int()> serve(CLI::App& app) {
  auto options = std::make_shared<ServeOptions>();
  app.add_option("--listen", options->listen, "where, may be repeated (default mqtt://127.0.0.1:1883; port 0 takes a free one)");
  app.add_option("--break", options->broken, "break this rule, may be repeated: meet your client with a broker that does exactly this wrong");
  app.add_option("--user", options->users, "NAME:PASSWORD of an account, may be repeated; without one everybody is admitted");
  app.add_flag("--list-rules", options->list_rules, "print every rule, what breaking it does, and its statements");
  return [=] { return serve_until_stopped(*options); };
}

}  // namespace cli
