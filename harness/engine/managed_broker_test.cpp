// How a broker is started, and what is said when it does not come.
#include "harness/engine/managed_broker_test.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

namespace engine::managed_broker_test {
namespace {

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
