#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <sys/resource.h>

#include "harness/cli/command.h"
#include "harness/cli/doors.h"
#include "harness/cli/driver.h"
#include "harness/cli/tls_options.h"
#include "harness/net/listener.h"

namespace cli {
namespace {

namespace asio = boost::asio;

constexpr auto farewell = std::chrono::seconds(2);   // for clients to take their DISCONNECT and close

struct ServeOptions {
  std::vector<std::string> listen, broken, users;
  net::TlsOptions tls;
  std::string plant;
  bool list_rules = false;
};

int list_rules() {
  for (auto& row : reference::rows()) {
    fmt::print("{}\n  when broken: {}\n", row.name, row.broken);
    for (auto& statement : row.statements()) fmt::print("  {}\n", statement);
  }
  return all_well;
}

reference::Options setup(const ServeOptions& options) {
  reference::Options made;
  for (auto& user : options.users) {
    auto colon = user.find(':');
    if (colon == user.npos || colon == 0) throw std::runtime_error("--user wants a name and a password with a colon between: --user ann:secret");
    made.accounts.push_back({user.substr(0, colon), user.substr(colon + 1)});
  }
  made.anonymous = options.users.empty();
  return made;
}

net::Endpoint place(const std::string& url, const net::TlsOptions& tls) {
  auto parsed = net::parse_place(url);
  if (!parsed.endpoint) throw std::runtime_error("--listen " + parsed.error);
  if (parsed.endpoint->username) throw std::runtime_error("--listen says where only; an account is made by --user NAME:PASSWORD");
  if (net::uses_tls(parsed.endpoint->transport)) parsed.endpoint->tls = net::tls_server(tls);
  return *parsed.endpoint;
}

// A connection takes a descriptor: as many as the system lets us have, not the 1,024 a shell begins with.
void raise_limit_of_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

asio::awaitable<void> say_farewell(std::shared_ptr<Driver> driver, net::Clock& clock, asio::io_context& io) {
  driver->shut_down();
  co_await driver->all_gone(clock.now() + farewell);
  driver->stop();
  io.stop();
}

int serve_until_stopped(const ServeOptions& options) {
  if (options.list_rules) return list_rules();
  auto rules = broken_rules(options.broken);
  raise_limit_of_connections();
  asio::io_context io;
  net::RealClock clock;
  auto driver = std::make_shared<Driver>(setup(options), rules, clock, io.get_executor());
  if (!options.plant.empty()) driver->planted.emplace(options.plant);
  driver->start();
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](auto, int) {
    asio::co_spawn(io, say_farewell(driver, clock, io), asio::detached);
    signals.async_wait([&](auto, int) { io.stop(); });
  });
  auto urls = options.listen.empty() ? std::vector<std::string>{"mqtt://127.0.0.1:1883"} : options.listen;
  for (auto& url : urls) {
    auto where = place(url, options.tls);
    const bool certified = net::uses_tls(where.transport) && !options.tls.ca_file.empty();   // who has shown a certificate needs no account
    auto serve = [driver, certified](std::unique_ptr<net::Stream> stream) { driver->serve(std::move(stream), certified); };
    auto bound = net::listen(io.get_executor(), where, serve, manners(rules));
    fmt::print("listening on {}\n", net::to_url(bound));
  }
  for (auto& name : options.broken) fmt::print("broken: {}: {}\n", name, reference::row(*reference::rule_named(name)).broken);
  std::fflush(stdout);
  io.run();
  return all_well;
}

}  // namespace

std::function<int()> serve(CLI::App& app) {
  auto options = std::make_shared<ServeOptions>();
  app.add_option("--listen", options->listen, "where, may be repeated (default mqtt://127.0.0.1:1883; also mqtts, ws, wss and unix; port 0 takes a free one)");
  tls_server_options(app, options->tls);
  app.add_option("--break", options->broken, "break this rule, may be repeated: meet your client with a broker that does exactly this wrong");
  app.add_option("--user", options->users, "NAME:PASSWORD of an account, may be repeated; without one everybody is admitted");
  app.add_option("--plant", options->plant)->group("");   // for the tests of `fuzz`; in no help
  app.add_flag("--list-rules", options->list_rules, "print every rule, what breaking it does, and its statements");
  return [=] { return serve_until_stopped(*options); };
}

}  // namespace cli
