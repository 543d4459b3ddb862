#include "harness/cli/target.h"

#include <fmt/format.h>

#include "harness/cli/embedded.h"
#include "harness/cli/library.h"
#include "harness/cli/password.h"
#include "harness/engine/managed_broker.h"
#include "harness/engine/remote_instance.h"
#include "harness/engine/start_command.h"

namespace cli {
namespace {

namespace asio = boost::asio;

net::Endpoint endpoint_of(const TargetOptions& options, const std::optional<std::string>& password_given) {
  auto parsed = net::parse_url(options.url);
  if (!parsed.endpoint) throw std::runtime_error(parsed.error);
  auto endpoint = *parsed.endpoint;
  if (!options.username.empty()) endpoint.username = options.username;
  endpoint.password = password_for(endpoint, options.password_file, password_given);
  if (net::uses_tls(endpoint.transport)) endpoint.tls = net::tls_client(options.tls);
  else if (options.tls.given()) throw std::runtime_error(fmt::format("{} goes without TLS: its options are for mqtts:// and wss://", net::to_url(endpoint)));
  if (endpoint.password && !endpoint.username) throw std::runtime_error("a password without a user name: give --username, or both in the URL");
  return endpoint;
}

engine::Profile profile_of(const TargetOptions& options) {
  auto folder = options.profiles.empty() ? profile_folder("") : std::filesystem::path(options.profiles);
  return engine::load_profile(engine::find_profile(options.profile, folder));
}

asio::awaitable<std::unique_ptr<engine::Instance>> make_remote(net::Endpoint endpoint, net::Clock& clock) {
  co_return std::make_unique<engine::RemoteInstance>(std::move(endpoint), clock);
}

asio::awaitable<std::unique_ptr<engine::Instance>> make_managed(engine::Profile profile, std::string transport, net::Clock& clock, std::string setup) {
  std::unique_ptr<engine::ManagedBroker> broker = co_await engine::ManagedBroker::start(profile, clock, setup, transport);
  co_return std::unique_ptr<engine::Instance>(std::move(broker));
}

asio::awaitable<std::unique_ptr<engine::Instance>> make_embedded(reference::Rules rules, net::Clock& clock, std::string setup) {
  auto executor = co_await asio::this_coro::executor;
  co_return std::make_unique<Embedded>(rules, setup, clock, executor);
}

}  // namespace

void TargetOptions::options(CLI::App& app) {
  app.add_option("URL", url, "the broker: mqtt://user@host:1883, mqtts://host:8883, ws://host:80/mqtt, wss://host:443/mqtt or unix:/path. A password may stand in it "
                             "(mqtt://user:password@host); it is overwritten in the list of processes, but a shell keeps it in its history");
  app.add_option("--broker", profile, "start a broker from a profile: a name of ci/brokers/, or a file");
  app.add_option("--transport", transport, "which of the profile's listeners to play over: mqtt, mqtts, ws, wss or unix (default: its listener 'default')");
  app.add_option("--start", start, "start a broker you have just built: 'path/to/broker -p {port}'; the harness chooses the free port, {dir} is a scratch directory");
  app.add_option("--profiles", profiles, "folder of profiles (default: the project's ci/brokers)");
  app.add_option("--username", username, "user name for the broker at the URL");
  app.add_option("--password-file", password_file, "file whose first line is the password for the broker at the URL; without it and one in the URL: "
                                                   "the variable MQTTSPEC_PASSWORD, or, on a terminal, a prompt");
  tls_options(app, tls);
  app.add_option("--break", broken, "break this rule of the embedded broker, to see what a failure looks like (may be repeated)");
  app.add_flag("--i-may-break-this-broker", may_break, "scenarios tagged `intrusive`, which have brought brokers down, are skipped unless the broker is on loopback or this is said");
  app.add_flag("--exclusive", exclusive, "nobody else uses the broker: scenarios that must be alone are played (assumed on loopback)");
}

Choice choose(const TargetOptions& options, net::Clock& clock) {
  const auto password = password_of_environment();
  const auto named = !options.url.empty() + !options.profile.empty() + !options.start.empty();
  if (named > 1)
    throw std::runtime_error("name one broker: a URL (mqttspec run mqtt://localhost:1883), a profile (--broker mosquitto) or a command (--start 'path/to/broker -p {port}')");
  bool embedded = named == 0;
  if (!embedded && !options.broken.empty()) throw std::runtime_error("--break is for the embedded broker: leave out the URL, --broker and --start");
  if (options.profile.empty() && !options.transport.empty())
    throw std::runtime_error("--transport chooses among the listeners of a profile (--broker); a URL says its own by its scheme");
  if (options.url.empty() && options.tls.given()) throw std::runtime_error("the options of TLS are for a URL; a profile says itself whom to trust");
  Choice choice;
  if (embedded) {
    auto rules = broken_rules(options.broken);
    choice.ours = choice.exclusive = choice.may_break = true;
    choice.make = [rules, &clock](std::string setup) { return make_embedded(rules, clock, std::move(setup)); };
    return choice;
  }
  if (!options.url.empty()) {
    auto endpoint = endpoint_of(options, password);
    choice.exclusive = options.exclusive || net::is_loopback(endpoint);
    choice.may_break = options.may_break || net::is_loopback(endpoint);
    choice.make = [endpoint, &clock](std::string) { return make_remote(endpoint, clock); };
    return choice;
  }
  auto profile = options.start.empty() ? profile_of(options) : engine::profile_of_command(options.start);
  choice.ours = choice.exclusive = choice.may_break = true;
  choice.profile = profile.name;
  choice.instances = profile.instances;
  if (!options.start.empty()) choice.chosen_by = {"--start", options.start};
  else if (!options.profiles.empty()) choice.chosen_by = {"--broker", options.profile, "--profiles", options.profiles};
  else if (options.profile != profile.name) choice.chosen_by = {"--broker", options.profile};
  choice.make = [profile, transport = options.transport, &clock](std::string setup) { return make_managed(profile, transport, clock, std::move(setup)); };
  return choice;
}

}  // namespace cli
