#include "harness/engine/managed_broker.h"

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <fstream>
#include <random>
#include <regex>
#include <stdexcept>
#include <utility>

#include "harness/engine/handshake.h"
#include "harness/mqtt/utf8.h"
#include "harness/net/tls.h"
#include "harness/scenario/duration.h"

namespace engine {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t tail_lines = 15;       // in a message
constexpr std::size_t last_words_lines = 60; // a sanitizer's report is long
constexpr std::size_t log_bytes = 1 << 18;   // of the log that are looked at, at most
constexpr int attempts = 3;                  // when others take the ports that were free a moment ago

std::string random_password() {
  std::random_device random;
  std::string password;
  for (int i = 0; i < 4; ++i) password += fmt::format("{:08x}", random());
  return password;
}

std::string scratch_directory() {
  auto pattern = (fs::temp_directory_path() / "mqttspec-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error(fmt::format("no scratch directory could be made: {}", pattern));
  return pattern;
}

void write_file(const fs::path& path, const std::string& content) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  ::chmod(path.c_str(), 0600);
  if (!(out << content).flush()) throw std::runtime_error(fmt::format("{} cannot be written", path.string()));
}

std::string read_file(const std::string& path, std::size_t from) {
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(from));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t size_of(const std::string& path) {
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  return missing ? 0 : static_cast<std::size_t>(size);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    at = end + 1;
  }
  return lines;
}

// Brokers are prepared one after another, so that their commands leave a processor to the harness.
class Turn {
public:
  explicit Turn(asio::any_io_executor executor) : signal_(std::move(executor)) { queue.push_back(&signal_); }
  ~Turn() {
    std::erase(queue, &signal_);
    if (!queue.empty()) queue.front()->raise();
  }
  Turn(const Turn&) = delete;
  asio::awaitable<void> come(net::Clock& clock) {
    while (queue.front() != &signal_) co_await clock.wait(signal_, Time::max());
  }
private:
  net::Signal signal_;
  inline static std::deque<net::Signal*> queue;
};

}  // namespace

ManagedBroker::ManagedBroker(Profile profile, net::Clock& clock, const std::string& setup, const std::string& transport, asio::any_io_executor executor)
    : profile_(std::move(profile)), clock_(clock), executor_(std::move(executor)), directory_(scratch_directory()) {
  values_["dir"] = directory_;
  values_["here"] = fs::absolute(profile_.file).parent_path().string();
  values_["setup"] = setup.empty() ? "" : profile_.setups.at(setup);
  for (auto& name : profile_.ports) values_[name] = std::to_string(net::free_port());
  if (!profile_.username.empty()) {
    target.account = Account{profile_.username, random_password()};
    values_["username"] = target.account->username;
    values_["password"] = target.account->password;
  }
  output_ = directory_ + "/output.log";
  log_ = profile_.log.empty() ? output_ : expanded(profile_.log);
  target.transport = transport.empty() ? net::scheme(listener("default").transport) : transport;
  values_["transport"] = target.transport;
  target.url = net::to_url(listener(listener_over(target.transport, "default")));
  if (target.transport == "ws" || target.transport == "wss") target.websocket = target.transport;
  for (auto other : {"ws", "wss"})
    if (target.websocket.empty() && profile_.listeners.contains(other)) target.websocket = other;
  target.versions = profile_.versions;
  for (auto version : mqtt::all_versions)
    if (std::find(profile_.versions.begin(), profile_.versions.end(), version) == profile_.versions.end())
      target.refuses[version] = fmt::format("its profile says that it does not speak MQTT {}", mqtt::name(version));
  target.lacks = profile_.lacks;
  for (auto& [name, lines] : profile_.setups) target.setups.insert(name);
  if (!target.account) target.lacks.try_emplace("auth", "its profile names no account");
  if (profile_.certificates.empty()) target.lacks.try_emplace("client_certificates", "its profile names no certificates");
  for (auto& [listener, ability] : {std::pair("anonymous", "anonymous"), std::pair("certificates", "client_certificates")})
    if (const auto name = listener_over(target.transport, listener); !profile_.listeners.contains(name))
      target.lacks.try_emplace(ability, fmt::format("its profile names no listener '{}'", name));
  target.patience = profile_.patience;
  target.ours = true;
}

ManagedBroker::~ManagedBroker() {
  child_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

asio::awaitable<std::unique_ptr<ManagedBroker>> ManagedBroker::start(Profile profile, net::Clock& clock, std::string setup, std::string transport) {
  if (profile.start.empty()) throw std::runtime_error(fmt::format("the profile {} does not say how to start the broker: it needs the key 'start'", profile.file));
  const auto executor = co_await asio::this_coro::executor;
  for (int attempt = 1;; ++attempt) {
    std::unique_ptr<ManagedBroker> broker(new ManagedBroker(profile, clock, setup, transport, executor));
    std::exception_ptr failure;
    try {
      co_await broker->prepare();
      co_await broker->launch();
    } catch (const std::runtime_error&) {
      failure = std::current_exception();
    }
    if (!failure) co_return broker;
    if (attempt == attempts || !broker->lost_a_port()) std::rethrow_exception(failure);
  }
}

asio::awaitable<void> ManagedBroker::prepare() {
  Turn turn(executor_);
  co_await turn.come(clock_);
  for (auto& [name, content] : profile_.files) write_file(fs::path(directory_) / name, expanded(content));
  for (auto& command : profile_.prepare) {
    const net::Command named{expanded(command), profile_.environment, working_directory(), output_};
    const int status = co_await net::run_to_end(named, clock_);
    if (status == 0) {
      fs::remove(output_);   // what a command writes that goes well is not the broker's log
      continue;
    }
    const auto hint = status == 127 ? install_hint() : "";
    throw std::runtime_error(fmt::format("{} cannot be prepared: '{}' ended with status {}{}{}", profile_.name, fmt::join(command, " "), status, hint, tail()));
  }
  if (!profile_.tls.empty() || !profile_.certificates.empty()) {
    net::TlsOptions trust;
    trust.ca_file = expanded(profile_.tls["cafile"]);
    trust.certificate = expanded(profile_.tls["cert"]);
    trust.key = expanded(profile_.tls["key"]);
    tls_ = net::tls_client(trust);
    for (auto& [name, file] : profile_.certificates) {
      trust.certificate = expanded(file) + ".crt";
      trust.key = expanded(file) + ".key";
      showing_[name] = net::tls_client(trust);
    }
    trust.certificate = trust.key = "";
    showing_["none"] = net::tls_client(trust);
  }
  if (!profile_.version_command.empty() && !profile_.version_pattern.empty()) {
    const auto file = directory_ + "/version.txt";
    const net::Command asking{expanded(profile_.version_command), profile_.environment, working_directory(), file};
    co_await net::run_to_end(asking, clock_);
    const auto text = read_file(file, 0);
    std::smatch found;
    if (std::regex_search(text, found, std::regex(profile_.version_pattern))) version_ = clean(found[1].str());
  }
  target.broker = version_.empty() ? profile_.name : fmt::format("{} {}", profile_.name, version_);
}

asio::awaitable<void> ManagedBroker::launch() {
  net::Command command{expanded(profile_.start), {}, working_directory(), output_};
  for (auto& [name, value] : profile_.environment) command.environment[name] = expanded(value);
  log_before_ = size_of(log_);
  output_before_ = size_of(output_);
  try {
    child_ = net::Child::start(executor_, command);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{} does not start: {}{}", profile_.name, error.what(), install_hint()));
  }
  wanted_ = true;
  const auto deadline = clock_.now() + profile_.start_within;
  for (auto& [name, url] : profile_.listeners) {
    std::optional<Account> account;
    if (!name.ends_with("anonymous")) account = target.account;
    const auto endpoint = listener(name);
    std::string trouble = "nothing was tried";
    Duration pause = 10ms;
    std::size_t tries = 0;
    for (Duration patience = 500ms; !trouble.empty(); patience = std::min<Duration>(patience * 2, profile_.patience)) {
      const auto give_up = std::min(clock_.now() + patience, deadline);
      const auto version = profile_.versions[tries++ % profile_.versions.size()];   // the first it speaks admits us
      const std::string met = co_await handshake(endpoint, account, version, clock_, give_up);
      if (met.empty() || tries == 1 || clock_.now() < deadline) trouble = met;   // what the deadline cut short does not hide what the broker said before
      if (!running())
        throw std::runtime_error(fmt::format("{} does not start: '{}' {}{}", profile_.name, fmt::join(profile_.start, " "), how_it_ended(), tail()));
      if (trouble.empty()) break;
      const auto next = std::min(clock_.now() + std::exchange(pause, std::min<Duration>(pause * 2, 250ms)), deadline);
      co_await child_->ended(clock_, next);
      if (clock_.now() >= deadline) {
        throw std::runtime_error(fmt::format("{} is not ready after {}: its listener '{}' at {} gives: {}{}", profile_.name,
                                             scenario::to_words(profile_.start_within), name, net::to_url(endpoint), trouble, tail()));
      }
    }
  }
}

asio::awaitable<void> ManagedBroker::stop() {
  wanted_ = false;
  if (!running()) co_return;
  child_->signal(SIGTERM);
  const auto deadline = clock_.now() + profile_.stop_within;
  const bool ended = co_await child_->ended(clock_, deadline);
  if (!ended) kill();
}

void ManagedBroker::kill() {
  wanted_ = false;
  child_.reset();
}

asio::awaitable<net::Opened> ManagedBroker::open(Way way) {
  auto endpoint = listener(listener_over(way.websocket ? target.websocket : target.transport, way.listener.empty() ? "default" : way.listener));
  if (!way.certificate.empty()) endpoint.tls = showing_.at(way.certificate);
  const auto deadline = clock_.now() + profile_.patience;
  auto opened = co_await net::open(endpoint, clock_, deadline, way.upgrade);
  co_return opened;
}

asio::awaitable<void> ManagedBroker::control(scenario::Control::Act act) {
  using Act = scenario::Control::Act;
  if (auto how = death(); how && act != Act::start) throw std::runtime_error(fmt::format("{} was to be stopped, but was gone already: it {}", profile_.name, *how));
  if (act == Act::stop || act == Act::restart) {
    co_await stop();
    if (const auto how = how_it_ended(); how.starts_with("was killed") && how.find("signal 15 ") == how.npos)
      throw std::runtime_error(fmt::format("{} crashed when it was stopped: it {}", profile_.name, how));
  }
  if (act == Act::kill) kill();
  if (act == Act::start || act == Act::restart)
    if (!running()) co_await launch();
}

std::optional<std::string> ManagedBroker::death() {
  if (!wanted_ || running()) return {};
  return how_it_ended();
}

asio::awaitable<std::optional<std::string>> ManagedBroker::death_by(Time deadline) {
  if (wanted_ && child_) co_await child_->ended(clock_, deadline);
  co_return death();
}

std::string ManagedBroker::how_it_ended() {
  if (!child_) return wanted_ ? "never started" : "was stopped";
  const auto how = child_->how_it_ended();
  return how.starts_with("killed") ? "was " + how : how;
}

std::string ManagedBroker::listener_over(std::string transport, const std::string& name) const {
  if (transport == net::scheme(listener("default").transport)) return name;
  return name == "default" ? transport : transport + "_" + name;
}

net::Endpoint ManagedBroker::listener(const std::string& name) const {
  const auto found = profile_.listeners.find(name);
  if (found == profile_.listeners.end()) throw std::runtime_error(fmt::format("the profile of {} has no listener '{}'", profile_.name, name));
  auto parsed = net::parse_url(expanded(found->second));
  if (!parsed.endpoint) throw std::runtime_error(fmt::format("the listener '{}' of {}: {}", name, profile_.name, parsed.error));
  const auto shown = name.ends_with("certificates") ? showing_.find("client") : showing_.end();
  if (net::uses_tls(parsed.endpoint->transport)) parsed.endpoint->tls = shown == showing_.end() ? tls_ : shown->second;
  return *parsed.endpoint;
}

bool ManagedBroker::lost_a_port() {
  if (running()) return false;
  for (auto& name : profile_.ports)
    if (!net::port_is_free(static_cast<std::uint16_t>(std::stoi(values_.at(name))))) return true;
  return false;
}

std::size_t ManagedBroker::log_position() { return size_of(log_); }

std::vector<std::string> ManagedBroker::log_since(std::size_t position) {
  const auto end = log_position();
  const auto from = end > position + log_bytes ? end - log_bytes : position;
  auto lines = lines_of(read_file(log_, from));
  for (auto& line : lines) line = clean(std::move(line));
  if (from > position) lines.front() = fmt::format("({} bytes of the log are left out here)", from - position);
  return lines;
}

std::vector<std::string> ManagedBroker::expanded(const std::vector<std::string>& texts) const {
  std::vector<std::string> all;
  for (auto& text : texts) all.push_back(expanded(text));
  return all;
}

std::string ManagedBroker::clean(std::string line) const {
  if (target.account)
    for (auto at = line.find(target.account->password); at != line.npos; at = line.find(target.account->password, at))
      line.replace(at, target.account->password.size(), "***");
  while (const auto bad = mqtt::ill_formed_at(line)) line[*bad] = '?';
  return line;
}

std::vector<std::string> ManagedBroker::last_lines(const std::string& file, std::size_t from, std::size_t most) const {
  const auto size = size_of(file);
  auto lines = lines_of(read_file(file, std::max(from, size > log_bytes ? size - log_bytes : 0)));
  if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  for (auto& line : lines) line = clean(std::move(line));
  return lines;
}

std::vector<std::string> ManagedBroker::last_words() {
  auto lines = last_lines(log_, log_before_, last_words_lines);
  if (log_ == output_) return lines;
  auto more = last_lines(output_, output_before_, last_words_lines);
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

std::string ManagedBroker::tail() {
  auto lines = last_lines(log_, 0, tail_lines);
  if (log_ != output_ && lines.empty()) lines = last_lines(output_, 0, tail_lines);
  if (lines.empty()) return "; it wrote no log";
  return fmt::format("\nits last log lines:\n  {}", fmt::join(lines, "\n  "));
}

std::string ManagedBroker::install_hint() const {
  std::string hint;
  if (!profile_.install.empty()) hint += fmt::format("; its Debian packages: {}", fmt::join(profile_.install, " "));
  if (!profile_.npm.empty()) hint += fmt::format("; its npm packages: {}", fmt::join(profile_.npm, " "));
  return hint;
}

}  // namespace engine
