#include "harness/engine/managed_broker.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <algorithm>
#include <fstream>
#include <regex>

#include "harness/engine/handshake.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"

namespace engine::managed_broker_test {
namespace {

using namespace std::chrono_literals;
using Act = scenario::Control::Act;
using testing::HasSubstr;
using testing::StartsWith;

class Mosquitto : public testing::Test {
protected:
  asio::io_context io;
  net::RealClock clock;

  void play(asio::awaitable<void> body) {
    std::exception_ptr thrown;
    asio::co_spawn(io, std::move(body), [&](std::exception_ptr it) { thrown = it; });
    io.restart();
    io.run();
    if (thrown) std::rethrow_exception(thrown);
  }
  std::unique_ptr<ManagedBroker> started(Profile profile) {
    std::unique_ptr<ManagedBroker> broker;
    play([](Mosquitto& self, Profile from, std::unique_ptr<ManagedBroker>& to) -> asio::awaitable<void> {
      auto result = co_await ManagedBroker::start(std::move(from), self.clock);
      to = std::move(result);
    }(*this, std::move(profile), broker));
    return broker;
  }
  std::string refusal(Profile profile) {
    try {
      started(std::move(profile));
    } catch (const std::runtime_error& error) {
      // The scratch directory, ports and times differ from run to run.
      auto text = std::regex_replace(std::string(error.what()), std::regex(R"(\S*mqttspec-\w{6})"), "DIR");
      text = std::regex_replace(text, std::regex(R"(127\.0\.0\.1:\d+)"), "127.0.0.1:PORT");
      return std::regex_replace(text, std::regex(R"((\n  )(\d{10}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d): )"), "$1TIME: ");
    }
    return "it was started";
  }
  std::string greet(ManagedBroker& broker, const std::string& listener, std::optional<Account> account, mqtt::Version version = mqtt::Version::v3_1_1) {
    std::string result = "nothing came of it";
    play([](Mosquitto& self, net::Endpoint to, std::optional<Account> as, mqtt::Version in, std::string& out) -> asio::awaitable<void> {
      out = co_await handshake(to, as, in, self.clock, self.clock.now() + 10s);
    }(*this, broker.listener(listener), account, version, result));
    return result;
  }
  void control(ManagedBroker& broker, Act act) { play(broker.control(act)); }

  // Session Present of a client that asks for its session.
  bool session_present(ManagedBroker& broker, const std::string& client_id) {
    bool present = false;
    play([](ManagedBroker& to, std::string client, bool& out) -> asio::awaitable<void> {
      auto opened = co_await to.open({});
      if (opened.error) throw std::runtime_error(opened.error.message());
      mqtt::Connect connect;
      connect.client_id = client;
      connect.clean_start = false;
      connect.username = to.target.account->username;
      connect.password = mqtt::bytes_of(to.target.account->password);
      const auto bytes = mqtt::encode(connect, mqtt::Version::v3_1_1).bytes;
      co_await opened.stream->write(asio::buffer(bytes));
      std::array<std::uint8_t, 4> answer{};
      const auto read = co_await opened.stream->read_some(asio::buffer(answer));
      EXPECT_EQ(read.size, 4u);
      EXPECT_EQ(answer[3], 0) << "admitted";
      out = answer[2] == 1;
    }(broker, client_id, present));
    return present;
  }
  static Profile profile() { return load_profile(SOURCE_DIR "/ci/brokers/mosquitto.json"); }
};

void await_end(pid_t pid) {
  pollfd poll{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), POLLIN, 0};
  ASSERT_GE(poll.fd, 0);
  EXPECT_EQ(::poll(&poll, 1, 20'000), 1);
  ::close(poll.fd);
}

TEST_F(Mosquitto, is_ready_on_every_listener) {
  const auto broker = started(profile());
  EXPECT_TRUE(broker->running());
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_THAT(broker->version(), testing::MatchesRegex("[0-9]+\\.[0-9]+.*"));
  EXPECT_EQ(broker->target.broker, "mosquitto " + broker->version());
  EXPECT_THAT(broker->target.url, StartsWith("mqtt://127.0.0.1:"));
  EXPECT_EQ(broker->target.transport, "mqtt");
  EXPECT_TRUE(broker->target.ours);
  EXPECT_EQ(broker->target.patience, 5s);
  EXPECT_EQ(broker->target.lacks.count("restart"), 0u);
  EXPECT_EQ(broker->target.lacks.count("anonymous"), 0u);
  EXPECT_EQ(broker->target.lacks.count("client_certificates"), 0u);
  EXPECT_EQ(broker->target.lacks["enhanced_auth"], "mosquitto has no authentication method of its own, only those of plugins");
}

TEST_F(Mosquitto, is_prepared_while_no_other_broker_is) {
  const auto lock = (std::filesystem::path(testing::TempDir()) / ("one-at-a-time-" + std::to_string(getpid()))).string();
  auto both = profile();
  both.prepare.insert(both.prepare.begin(), {"mkdir", lock});   // fails where it is there
  both.prepare.push_back({"rmdir", lock});
  std::vector<std::unique_ptr<ManagedBroker>> brokers;
  for (int i = 0; i < 2; ++i)
    asio::co_spawn(io, ManagedBroker::start(both, clock), [&](std::exception_ptr failure, std::unique_ptr<ManagedBroker> broker) {
      EXPECT_FALSE(failure);
      brokers.push_back(std::move(broker));
    });
  io.run();
  EXPECT_EQ(brokers.size(), 2u);
}

TEST_F(Mosquitto, plays_only_the_versions_of_its_profile) {
  auto only = profile();
  only.versions = {mqtt::Version::v3_1_1};
  EXPECT_THAT(started(only)->target.refuses,
              testing::ElementsAre(testing::Pair(mqtt::Version::v3_1, "its profile says that it does not speak MQTT 3.1"),
                                   testing::Pair(mqtt::Version::v5_0, "its profile says that it does not speak MQTT 5.0")));
}

TEST_F(Mosquitto, finds_what_lies_beside_its_profile_and_runs_where_it_is_told_to) {
  auto here = profile();
  here.prepare.push_back({"sh", "-c", "test -e {here}/mosquitto.json && pwd > {dir}/where"});
  here.directory = "/";
  const auto broker = started(here);
  std::ifstream in(broker->directory() + "/where");
  std::string where;
  EXPECT_TRUE(std::getline(in, where));
  EXPECT_EQ(where, "/");
}

TEST_F(Mosquitto, names_the_packages_that_are_missing) {
  auto missing = profile();
  missing.start = {"no-such-broker"};
  missing.npm = {"aedes@1.2.0"};
  EXPECT_THAT(refusal(missing), HasSubstr("; its Debian packages: mosquitto openssl; its npm packages: aedes@1.2.0"));
}

TEST_F(Mosquitto, admits_the_account_and_refuses_others) {
  const auto broker = started(profile());
  const auto account = *broker->target.account;
  EXPECT_EQ(account.username, "mqttspec");
  EXPECT_THAT(account.password, testing::MatchesRegex("[0-9a-f]+"));
  EXPECT_EQ(account.password.size(), 32u);
  for (auto version : mqtt::all_versions) EXPECT_EQ(greet(*broker, "default", account, version), "") << mqtt::name(version);
  EXPECT_EQ(greet(*broker, "default", Account{account.username, "wrong"}), "CONNACK with 5 (Not authorized)");
  EXPECT_EQ(greet(*broker, "default", Account{"nobody", account.password}, mqtt::Version::v5_0), "CONNACK with 135 (Not authorized)");
  EXPECT_EQ(greet(*broker, "default", {}), "CONNACK with 5 (Not authorized)");
  EXPECT_EQ(greet(*broker, "anonymous", {}), "");
}

TEST_F(Mosquitto, gets_a_new_password_each_time_and_no_process_shows_it) {
  const auto one = started(profile()), other = started(profile());
  EXPECT_NE(one->target.account->password, other->target.account->password);
  EXPECT_NE(one->target.url, other->target.url);
  std::ifstream arguments("/proc/" + std::to_string(one->pid()) + "/cmdline"), file(one->directory() + "/passwd");
  const std::string shown{std::istreambuf_iterator<char>(arguments), {}}, stored{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(shown, HasSubstr("mosquitto"));
  EXPECT_THAT(shown, testing::Not(HasSubstr(one->target.account->password)));
  EXPECT_THAT(stored, StartsWith("mqttspec:$"));
}

TEST_F(Mosquitto, names_the_listeners_it_has) {
  const auto broker = started(profile());
  EXPECT_NE(broker->listener("default").port, broker->listener("anonymous").port);
  try {
    broker->listener("tls");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "the profile of mosquitto has no listener 'tls'");
  }
}

TEST_F(Mosquitto, keeps_its_log) {
  const auto broker = started(profile());
  EXPECT_THAT(broker->log_since(0), testing::Contains(testing::EndsWith(" running")));
  const auto position = broker->log_position();
  greet(*broker, "default", broker->target.account);
  const auto lines = broker->log_since(position);
  EXPECT_THAT(lines, testing::Contains(HasSubstr("New connection from 127.0.0.1")));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("u'mqttspec'")));
  EXPECT_THAT(broker->log_since(broker->log_position()), testing::IsEmpty());
}

TEST_F(Mosquitto, gives_log_lines_without_the_password_and_in_good_utf_8) {
  const auto broker = started(profile());
  control(*broker, Act::stop);   // from now on nobody else writes
  const auto position = broker->log_position();
  std::ofstream log(broker->directory() + "/output.log", std::ios::app);
  log << "a " << broker->target.account->password << " b\nc \xff\xc3( d\r\n" << std::flush;
  EXPECT_THAT(broker->log_since(position), testing::ElementsAre("a *** b", "c ?\?( d"));
  log << std::string(1 << 19, 'x') << "\nlast\n" << std::flush;
  const auto lines = broker->log_since(position);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_THAT(lines[0], testing::MatchesRegex("\\([0-9]+ bytes of the log are left out here\\)"));
  EXPECT_EQ(lines[1], "last");
}

TEST_F(Mosquitto, is_seen_to_die_and_comes_back_at_the_same_place) {
  const auto broker = started(profile());
  const auto url = broker->target.url;
  const auto pid = broker->pid();
  ::kill(pid, SIGSEGV);
  await_end(pid);
  EXPECT_EQ(broker->death(), "was killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(greet(*broker, "default", broker->target.account), "Connection refused");
  try {
    control(*broker, Act::stop);
    ADD_FAILURE() << "a broker that died cannot be stopped";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "mosquitto was to be stopped, but was gone already: it was killed by signal 11 (Segmentation fault)");
  }
  control(*broker, Act::start);
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_NE(broker->pid(), pid);
  EXPECT_EQ(broker->target.url, url);
  EXPECT_EQ(greet(*broker, "default", broker->target.account), "");
}

TEST_F(Mosquitto, is_told_dead_to_all_who_wait_for_its_end) {
  const auto broker = started(profile());
  std::vector<std::optional<std::string>> told;
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(io, broker->death_by(clock.now() + 60s), [&](std::exception_ptr, std::optional<std::string> how) { told.push_back(std::move(how)); });
  asio::co_spawn(io, broker->death_by(clock.now()), [&](std::exception_ptr, std::optional<std::string> how) { EXPECT_EQ(how, std::nullopt); });
  asio::post(io, [&] { ::kill(broker->pid(), SIGABRT); });
  io.restart();
  io.run();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_THAT(told, testing::Each(testing::Optional(std::string("was killed by signal 6 (Aborted)"))));
  EXPECT_THAT(broker->last_words(), testing::Contains(HasSubstr(" starting")));
  control(*broker, Act::start);
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_EQ(std::ranges::count_if(broker->last_words(), [](auto& line) { return line.ends_with(" starting"); }), 1) << "of its second life";
}

TEST_F(Mosquitto, is_no_death_when_we_kill_it) {
  const auto broker = started(profile());
  control(*broker, Act::kill);
  EXPECT_FALSE(broker->running());
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_EQ(broker->how_it_ended(), "was stopped");
  EXPECT_EQ(greet(*broker, "default", broker->target.account), "Connection refused");
  control(*broker, Act::kill);
  control(*broker, Act::start);
  EXPECT_EQ(greet(*broker, "anonymous", {}), "");
  const auto pid = broker->pid();
  control(*broker, Act::start);
  EXPECT_EQ(broker->pid(), pid) << "it runs already";
}

TEST_F(Mosquitto, stops_in_an_orderly_way_and_keeps_sessions) {
  const auto broker = started(profile());
  EXPECT_FALSE(session_present(*broker, "kept"));
  EXPECT_TRUE(session_present(*broker, "kept"));
  control(*broker, Act::stop);
  EXPECT_FALSE(broker->running());
  EXPECT_EQ(broker->how_it_ended(), "exited with status 0");
  EXPECT_EQ(broker->death(), std::nullopt);
  control(*broker, Act::stop);
  control(*broker, Act::start);
  EXPECT_TRUE(session_present(*broker, "kept"));
  control(*broker, Act::restart);
  EXPECT_TRUE(session_present(*broker, "kept"));
}

TEST_F(Mosquitto, is_killed_when_it_does_not_stop) {
  auto impatient = profile();
  impatient.stop_within = 50ms;
  const auto broker = started(impatient);
  ::kill(broker->pid(), SIGSTOP);
  control(*broker, Act::stop);
  EXPECT_FALSE(broker->running());
}

TEST_F(Mosquitto, leaves_nothing_behind) {
  auto broker = started(profile());
  const auto pid = broker->pid();
  const auto directory = broker->directory();
  EXPECT_TRUE(std::filesystem::exists(directory));
  broker.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_FALSE(std::filesystem::exists(directory));
}

// A broker that changed its user would lose the signal that ends it with the harness: the profile must not let it.
TEST_F(Mosquitto, dies_with_a_harness_that_is_killed) {
  struct Told { pid_t pid; char directory[200]; } told{};
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t harness = ::fork();
  ASSERT_GE(harness, 0);
  if (harness == 0) {
    const auto broker = started(profile());
    told.pid = broker->pid();
    broker->directory().copy(told.directory, sizeof told.directory - 1);
    if (::write(ends[1], &told, sizeof told) != sizeof told) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  ASSERT_EQ(::read(ends[0], &told, sizeof told), static_cast<ssize_t>(sizeof told));
  ::close(ends[0]);
  pollfd poll{static_cast<int>(::syscall(SYS_pidfd_open, told.pid, 0)), POLLIN, 0};
  EXPECT_EQ(::poll(&poll, 1, 0), 0) << "it runs while its harness runs";
  ::kill(harness, SIGKILL);
  EXPECT_EQ(::waitpid(harness, nullptr, 0), harness);
  EXPECT_EQ(::poll(&poll, 1, 20'000), 1) << "it must not outlive its harness";
  ::close(poll.fd);
  std::filesystem::remove_all(told.directory);
}

TEST_F(Mosquitto, shows_its_log_when_its_configuration_is_wrong) {
  auto wrong = profile();
  wrong.files["mosquitto.conf"] += "listner 1\n";
  const auto text = refusal(wrong);
  EXPECT_THAT(text, StartsWith("mosquitto does not start: 'mosquitto -c {dir}/mosquitto.conf' exited with status 3\nits last log lines:\n  "));
  const auto line = std::ranges::count(wrong.files["mosquitto.conf"], '\n');
  EXPECT_THAT(text, HasSubstr("\n  TIME: Error: Unknown configuration variable \"listner\".\n  TIME: Error found at DIR/mosquitto.conf:" + std::to_string(line) + "."));
}

TEST_F(Mosquitto, says_when_its_port_is_taken) {
  const auto broker = started(profile());
  control(*broker, Act::stop);
  const int thief = ::socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  ::setsockopt(thief, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(broker->listener("anonymous").port)));
  ASSERT_EQ(::bind(thief, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(thief, 1), 0);
  try {
    control(*broker, Act::start);
    ADD_FAILURE() << "it was started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), StartsWith("mosquitto does not start: 'mosquitto -c {dir}/mosquitto.conf' exited with status 1\nits last log lines:\n  "));
    EXPECT_THAT(error.what(), testing::EndsWith("Error: Address already in use"));
  }
  ::close(thief);
}

TEST_F(Mosquitto, says_what_is_missing) {
  auto absent = profile();
  absent.start = {"no-such-mosquitto"};
  EXPECT_EQ(refusal(absent), "mosquitto does not start: cannot start 'no-such-mosquitto': not found in PATH, /usr/sbin or /sbin; its Debian packages: mosquitto openssl");
  auto unprepared = profile();
  unprepared.prepare.push_back({"no-such-tool", "{dir}"});
  EXPECT_EQ(refusal(unprepared), "mosquitto cannot be prepared: 'no-such-tool {dir}' ended with status 127; its Debian packages: mosquitto openssl\n"
                                 "its last log lines:\n  cannot start 'no-such-tool': not found in PATH, /usr/sbin or /sbin");
  auto remote = profile();
  remote.file = "ci/brokers/x.json";
  remote.start.clear();
  EXPECT_EQ(refusal(remote), "the profile ci/brokers/x.json does not say how to start the broker: it needs the key 'start'");
}

TEST_F(Mosquitto, tells_of_a_crash_when_it_is_stopped) {
  auto crashing = profile();
  crashing.start = {"sh", "-c", "trap 'kill -SEGV $$' TERM; mosquitto -c \"$0/mosquitto.conf\" & wait", "{dir}"};
  const auto broker = started(crashing);
  try {
    control(*broker, Act::stop);
    ADD_FAILURE() << "what it kept may be lost";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "mosquitto crashed when it was stopped: it was killed by signal 11 (Segmentation fault)");
  }
}

TEST_F(Mosquitto, says_what_it_waited_for) {
  auto mute = profile();
  mute.start = {"sleep", "1000"};
  mute.start_within = 50ms;
  EXPECT_EQ(refusal(mute), "mosquitto is not ready after 50 ms: its listener 'anonymous' at mqtt://127.0.0.1:PORT gives: Connection refused; it wrote no log");
  auto refusing = profile();
  refusing.prepare.push_back({"truncate", "-s", "0", "{dir}/passwd"});
  refusing.prepare.push_back({"sed", "-i", "/plugin/d", "{dir}/mosquitto.conf"});
  refusing.start_within = 2s;
  // 5 or 135: which version was tried last when the time was over
  EXPECT_THAT(refusal(refusing), testing::AllOf(StartsWith("mosquitto is not ready after 2 s: its listener 'default' at mqtt://127.0.0.1:PORT gives: CONNACK with "),
                                                HasSubstr(" (Not authorized)\nits last log lines:\n  TIME: ")));
}

}  // namespace
}  // namespace engine::managed_broker_test
