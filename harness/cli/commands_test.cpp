// The program as a person meets it: exit codes and what it prints, each command run as a process.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/net/child.h"
#include "harness/net/clock.h"

namespace cli::commands_test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class Commands : public testing::Test {
protected:
  // A handful of scenarios, so that a debug build need not load all of them for each process.
  Commands() : folder(fs::path(testing::TempDir()) / ("commands-" + std::to_string(getpid()))) {
    auto all = fs::path(SOURCE_DIR) / "scenarios";
    fs::create_directories(folder / "scenarios");
    for (auto theme : {"statements", "ping"}) fs::copy(all / theme, folder / "scenarios" / theme, fs::copy_options::recursive);
    for (auto file : {"connect/second_connect.json", "connect/accepted.json", "keep_alive/silent_client.json"}) {
      fs::create_directories((folder / "scenarios" / file).parent_path());
      fs::copy(all / file, folder / "scenarios" / file);
    }
  }
  ~Commands() override { fs::remove_all(folder); }

  int mqttspec(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), MQTTSPEC_PROGRAM);
    if (arguments[1] == "run" || arguments[1] == "prove") arguments.insert(arguments.end(), {"--scenarios", at("scenarios")});
    fs::remove(folder / "out");
    int code = net::run_to_end({arguments, {}, SOURCE_DIR, (folder / "out").string()});
    said = read(folder / "out");
    return code;
  }
  static std::string read(const fs::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  std::string at(const char* name) const { return (folder / name).string(); }

  fs::path folder;
  std::string said;
};

TEST_F(Commands, DecodeShowsFieldsAndFaults) {
  EXPECT_EQ(mqttspec({"decode", "32 07 00 03 61 2f 62 00 0a", "--mqtt", "3.1.1"}), 0);
  EXPECT_THAT(said, HasSubstr("PUBLISH qos 1, packet_id 10, topic 'a/b'"));
  EXPECT_EQ(mqttspec({"decode", "c100"}), 1);
  EXPECT_THAT(said, HasSubstr("(5.0:MQTT-2.1.3-1)"));
  EXPECT_EQ(mqttspec({"decode", "c0 0"}), 2);
  EXPECT_THAT(said, HasSubstr("expected packets as hexadecimal bytes, for example: mqttspec decode c0 00"));
}

TEST_F(Commands, RunNeedsABroker) {
  auto nobody = "mqtt://127.0.0.1:" + std::to_string(net::free_port());
  EXPECT_EQ(mqttspec({"run", nobody}), 2);
  EXPECT_THAT(said, HasSubstr(nobody + " cannot be tested: a first client is not served"));
  EXPECT_THAT(said, HasSubstr("Connection refused"));
  EXPECT_EQ(mqttspec({"run", "http://x"}), 2);
  EXPECT_EQ(mqttspec({"run", nobody, "--broker", "mosquitto"}), 2);
  EXPECT_THAT(said, HasSubstr("name one broker"));
  EXPECT_EQ(mqttspec({"run", "--broker", "mosquito"}), 2);
  EXPECT_THAT(said, HasSubstr("mosquitto"));
}

TEST_F(Commands, ABrokerSomebodyJustBuiltIsOneCommandLine) {
  EXPECT_EQ(mqttspec({"run", "--start", "mosquitto -p {port}", "--filter", "ping/*"}), 0) << said;
  EXPECT_THAT(said, testing::StartsWith("mosquitto at mqtt://127.0.0.1:"));
  EXPECT_THAT(said, testing::Not(HasSubstr("needs restart")));
  EXPECT_EQ(mqttspec({"run", "--start", "mosquitto -p 1883"}), 2);
  EXPECT_THAT(said, HasSubstr("--start 'mosquitto -p 1883': it has no {port}"));
  EXPECT_EQ(mqttspec({"run", "--start", "sh -c 'echo no luck; exit 3' {port}"}), 2);
  EXPECT_THAT(said, HasSubstr("exited with status 3\nits last log lines:\n  no luck"));
  EXPECT_EQ(mqttspec({"run", "--start", "mosquitto -p {port}", "--broker", "mosquitto"}), 2);
  EXPECT_THAT(said, HasSubstr("name one broker"));
}

TEST_F(Commands, ProbeTellsWhatABrokerIsAbleToDoAndHowThatIsKnown) {
  EXPECT_EQ(mqttspec({"probe", "--broker", "mosquitto"}), 0) << said;
  EXPECT_THAT(said, HasSubstr("\nversions\n  3.1    yes  its CONNACK admits a client\n"));
  EXPECT_THAT(said, HasSubstr("  qos2                      yes  SUBACK grants it\n"));
  EXPECT_THAT(said, HasSubstr("  acl                       yes  its profile does not say otherwise\n"));
  EXPECT_THAT(said, HasSubstr("\nlimits (5.0)\n  receive_maximum "));
  auto nobody = "mqtt://127.0.0.1:" + std::to_string(net::free_port());
  EXPECT_EQ(mqttspec({"probe", nobody}), 2);
  EXPECT_THAT(said, HasSubstr("  5.0    no   no connection: Connection refused\n"));
}

TEST_F(Commands, ARunWithoutACaseIsNotGreen) {
  EXPECT_EQ(mqttspec({"run", "--filter", "no/such"}), 2);
  EXPECT_THAT(said, HasSubstr("no case is chosen"));
  EXPECT_EQ(mqttspec({"run", "--mqtt", "4"}), 2);
  EXPECT_THAT(said, HasSubstr("--mqtt 4: expected 3.1, 3.1.1 or 5.0"));
  EXPECT_EQ(mqttspec({"run", "--shard", "5/4"}), 2);
  EXPECT_THAT(said, HasSubstr("--shard 5/4: expected I/N with 1 <= I <= N, for example 2/4"));
}

TEST_F(Commands, WithoutATargetTheEmbeddedBrokerIsMetAndSaidSo) {
  EXPECT_EQ(mqttspec({"run", "--filter", "ping/*", "--record", at("run.jsonl"), "--html", at("r.html"), "--junit", at("r.xml"), "--markdown", at("r.md"),
                      "--json", at("r.json")}), 0) << said;
  EXPECT_THAT(said, HasSubstr("mqttspec reference broker, embedded in this program\n"));
  for (auto name : {"run.jsonl", "r.html", "r.xml", "r.md", "r.json"}) EXPECT_GT(fs::file_size(folder / name), 100u) << name;
  EXPECT_EQ(mqttspec({"report", at("run.jsonl"), "--html", at("again.html")}), 0);
  EXPECT_EQ(read(folder / "again.html"), read(folder / "r.html")) << "a report is a function of the record";
  EXPECT_EQ(mqttspec({"report", at("run.jsonl"), "--html", at("beside/r.html"), "--assets", "files", "--detail", "failed"}), 0) << said;
  for (auto name : {"mqttspec-report.css", "mqttspec-report.js"}) EXPECT_GT(fs::file_size(folder / "beside" / name), 100u) << name;
  EXPECT_LT(fs::file_size(folder / "beside/r.html"), fs::file_size(folder / "r.html"));
  EXPECT_EQ(mqttspec({"report", at("none.jsonl")}), 2);
  EXPECT_THAT(said, HasSubstr("none.jsonl: cannot be read"));
}

TEST_F(Commands, FailuresMakeTheExitCodeOneUnlessTheyAreListed) {
  std::vector<std::string> run{"run", "--filter", "connect/second_connect", "--mqtt", "3.1.1", "--break", "second_connect_closes"};
  EXPECT_EQ(mqttspec(run), 1);
  EXPECT_THAT(said, HasSubstr("3.1.1:MQTT-3.1.0-2"));
  std::ofstream(folder / "known.json") << R"({"known": [{"statement": "3.1.1:MQTT-3.1.0-2", "cases": ["connect/second_connect*"], "reason": "broken on purpose"}]})";
  run.insert(run.end(), {"--expect", at("known.json")});
  EXPECT_EQ(mqttspec(run), 0) << said;
  run.resize(5);
  run.insert(run.end(), {"--expect", at("known.json")});
  EXPECT_EQ(mqttspec(run), 1) << "a listed failure that has gone is news";
  EXPECT_THAT(said, HasSubstr("no longer seen: 3.1.1:MQTT-3.1.0-2"));
}

TEST_F(Commands, AListOfKnownFailuresIsKeptFromARecord) {
  std::vector<std::string> run{"run", "--filter", "connect/second_connect", "--mqtt", "3.1.1", "--break", "second_connect_closes"};
  auto recorded = run;
  recorded.insert(recorded.end(), {"--record", at("run.jsonl")});
  EXPECT_EQ(mqttspec(recorded), 1);
  const std::vector<std::string> update{"expect", "update", "--record", at("run.jsonl"), "--expect", at("known.json")};
  EXPECT_EQ(mqttspec(update), 0);
  EXPECT_EQ(said, at("known.json") + ": 0 of before, 1 new: say in each empty `reason` why it is the broker's fault; `run --expect` complains until then\n");
  run.insert(run.end(), {"--expect", at("known.json")});
  EXPECT_EQ(mqttspec(run), 2) << "nothing is played before the reasons are there";
  EXPECT_THAT(said, HasSubstr(at("known.json") + ":6:16: `reason` is still empty: say in a sentence why this is the broker's fault, so that whoever reads it next need not find out again\n"));
  auto list = read(folder / "known.json");
  list.replace(list.find("\"reason\": \"\""), 12, "\"reason\": \"broken on purpose\",\n     \"until\": \"2001-01-01\"");
  std::ofstream(folder / "known.json") << list;
  EXPECT_EQ(mqttspec(run), 1);
  EXPECT_THAT(said, HasSubstr("0 new, 0 gone, 1 stale\n  " + at("known.json") + ":3:5: stale: 3.1.1:MQTT-3.1.0-2 was expected until 2001-01-01; look again, "
                              "then give it a new date or take it out\n"));
  EXPECT_EQ(mqttspec(update), 0);
  EXPECT_EQ(said, at("known.json") + ": 1 of before, 0 new\n");
  EXPECT_EQ(read(folder / "known.json"), list) << "what is still seen stays as it was";
  list.replace(list.find("\"until\": \"2001-01-01\""), 21, "\"sometimes\": true");
  std::ofstream(folder / "known.json") << list;
  EXPECT_EQ(mqttspec(run), 0) << said;
  EXPECT_EQ(mqttspec({"run", "--filter", "connect/second_connect", "--mqtt", "3.1.1", "--expect", at("known.json")}), 0);
  EXPECT_THAT(said, HasSubstr("0 known, 0 new, 0 gone, 0 stale\n  " + at("known.json") + ":3:5: not seen this time: 3.1.1:MQTT-3.1.0-2 in connect/second_connect ("));
  EXPECT_EQ(mqttspec({"expect", "update", "--record", at("none.jsonl"), "--expect", at("known.json")}), 2);
  EXPECT_EQ(said, "mqttspec: " + at("none.jsonl") + ": cannot be read\n");
}

TEST_F(Commands, ARunIsHeldAgainstAnEarlierOne) {
  const std::vector<std::string> good{"run", "--filter", "connect/second_connect", "--mqtt", "3.1.1", "--record", at("old.jsonl")};
  EXPECT_EQ(mqttspec(good), 0) << said;
  EXPECT_EQ(mqttspec({"run", "--filter", "connect/second_connect", "--mqtt", "3.1.1", "--record", at("new.jsonl"), "--break", "second_connect_closes", "--baseline", at("old.jsonl"),
                      "--pcap", at("pcap"), "--seed", "7"}), 1);
  EXPECT_THAT(said, HasSubstr("\nAgainst mqttspec reference broker, "));
  EXPECT_THAT(said, testing::ContainsRegex("seed [0-9]+:\n?( |)[0-9]+ new failures?\n  NEW       connect/second_connect \\("));
  EXPECT_THAT(said, HasSubstr("    replay     mqttspec run --break second_connect_closes --scenarios " + at("scenarios") + " --filter 'connect/second_connect ("));
  EXPECT_FALSE(fs::is_empty(folder / "pcap"));
  EXPECT_EQ(mqttspec({"report", at("old.jsonl"), "--baseline", at("new.jsonl"), "--pcap", at("none")}), 0);
  EXPECT_THAT(said, HasSubstr("  FIXED     connect/second_connect ("));
  EXPECT_TRUE(fs::is_empty(folder / "none")) << "a passing case has no capture";
  EXPECT_EQ(mqttspec({"run", "--baseline", at("none.jsonl")}), 2) << "before anything is played";
  EXPECT_THAT(said, HasSubstr("--baseline: File does not exist: " + at("none.jsonl") + "\n"));
  std::ofstream(folder / "empty.jsonl") << "";
  EXPECT_EQ(mqttspec({"report", at("new.jsonl"), "--baseline", at("empty.jsonl")}), 2);
  EXPECT_THAT(said, testing::EndsWith("mqttspec: no result in " + at("empty.jsonl") + ": is it a record of `mqttspec run --record`?\n"));
}

TEST_F(Commands, ACaseIsPlayedAsOftenAsIsAskedFor) {
  EXPECT_EQ(mqttspec({"run", "--filter", "connect/accepted", "--mqtt", "5.0", "--repeat", "3", "--json", at("r.json")}), 0) << said;
  const auto json = nlohmann::json::parse(read(folder / "r.json"));
  for (const auto& each : json["cases"]) EXPECT_EQ(each["plays"], 3) << each["name"];
  EXPECT_EQ(json["cases"][2]["play"], 3);
  EXPECT_EQ(json["flaky"].size(), 0u);
}

// What a broker sent must not be read as a command by GitHub's runner.
TEST_F(Commands, AnnotationsStandOutsideOfWhatIsNotReadForCommands) {
  EXPECT_EQ(mqttspec({"run", "--filter", "connect/second_connect", "--mqtt", "3.1.1", "--break", "second_connect_closes", "--github"}), 1);
  EXPECT_THAT(said, testing::ContainsRegex("::stop-commands::[0-9a-f]{32}\n"));
  const auto begin = said.find("::stop-commands::") + 17;
  const auto token = said.substr(begin, 32);
  const auto end = said.find("\n::" + token + "::\n"), annotation = said.find("\n::error file=");
  ASSERT_NE(end, said.npos);
  ASSERT_NE(annotation, said.npos);
  EXPECT_LT(end, annotation);
  EXPECT_THAT(said, HasSubstr("second_connect.json,line=10,title=3.1.1%3AMQTT-3.1.0-2 (MUST%2C section "));
}

TEST_F(Commands, WrongScenariosAreShownAndNothingIsPlayed) {
  fs::create_directories(folder / "scenarios" / "t");
  std::ofstream(folder / "scenarios" / "t" / "x.json") << "{\"title\": \"x\",\n \"steps\": [{\"conect\": \"A\"}]}";
  EXPECT_EQ(mqttspec({"check", "--scenarios", at("scenarios")}), 3);
  EXPECT_THAT(said, HasSubstr("t/x.json:2:"));
  EXPECT_THAT(said, HasSubstr("did you mean 'connect'?"));
  EXPECT_EQ(mqttspec({"run"}), 3);
  EXPECT_EQ(mqttspec({"list", "--scenarios", at("scenarios")}), 3);
}

TEST_F(Commands, AnInterruptWritesTheReportsOfWhatWasPlayed) {
  boost::asio::io_context io;
  net::RealClock clock;
  std::vector<std::string> run{MQTTSPEC_PROGRAM, "run", "--scenarios", at("scenarios"), "--jobs", "40", "--record", at("run.jsonl"), "--html", at("r.html")};
  auto child = net::Child::start(io.get_executor(), {run, {}, SOURCE_DIR, at("out")});
  bool over = false;
  boost::asio::co_spawn(io, [&]() -> boost::asio::awaitable<void> {
    net::Signal never(io.get_executor());
    auto deadline = clock.now() + std::chrono::seconds(20);
    while (clock.now() < deadline && read(folder / "run.jsonl").find("\"result\"") == std::string::npos)
      co_await clock.wait(never, clock.now() + std::chrono::milliseconds(10));
    child->signal(SIGINT);
    over = co_await child->ended(clock, deadline);
  }, boost::asio::detached);
  io.run();
  EXPECT_TRUE(over) << "it ends at once";
  EXPECT_EQ(child->how_it_ended(), "exited with status 130");
  EXPECT_THAT(read(folder / "out"), HasSubstr("interrupted: writing the report of what was played"));
  EXPECT_GT(fs::file_size(folder / "r.html"), 100u);
}

TEST_F(Commands, SecretsStayOutOfRecordsAndReports) {
  // The embedded broker's password stands in every CONNECT that is sent.
  EXPECT_EQ(mqttspec({"run", "--filter", "connect/accepted", "--record", at("run.jsonl"), "--html", at("r.html")}), 0) << said;
  auto record = read(folder / "run.jsonl");
  EXPECT_EQ(record.find("72 65 66 65 72 65 6e 63 65 2d 70 61 73 73 77 64"), std::string::npos);
  EXPECT_THAT(record, HasSubstr("2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a 2a")) << "asterisks in its place";
  EXPECT_EQ(read(folder / "r.html").find("reference-passwd"), std::string::npos);
}

TEST_F(Commands, ProveExplainsOneScenario) {
  EXPECT_EQ(mqttspec({"prove", "connect/second_connect", "--mqtt", "3.1.1"}), 0) << said;
  EXPECT_THAT(said, testing::StartsWith("connect/second_connect (same packet) [3.1.1]: 3.1.1:MQTT-3.1.0-2\n"
                                        "  rule      second_connect_closes\n"
                                        "  broken    a second CONNECT is ignored\n"
                                        "  noticed   " + at("scenarios/connect/second_connect.json") + ":10:5\n"
                                        "    expected  A: closed\n"
                                        "    actual    the broker went on: the connection is open and a PINGREQ was answered\n"));
}

TEST_F(Commands, ProveTakesAFileAndMindsATypo) {
  EXPECT_EQ(mqttspec({"prove", at("scenarios/connect/second_connect.json"), "--mqtt", "5.0"}), 0) << said;
  EXPECT_THAT(said, testing::StartsWith("connect/second_connect (same packet) [5.0]: 5.0:MQTT-3.1.0-2\n"));
  EXPECT_EQ(mqttspec({"prove", "connect/second_conect"}), 2);
  EXPECT_EQ(said, "mqttspec: connect/second_conect: no such scenario, did you mean connect/second_connect?; `mqttspec list` prints them\n");
}

TEST_F(Commands, BytesThatCameAStepEarlyBelongToTheStepThatLooksAtTheirPacket) {
  fs::create_directories(folder / "scenarios" / "t");
  std::ofstream(folder / "scenarios" / "t" / "early.json") << R"({"title": "x", "versions": ["5.0"], "steps": [
    {"connect": "A"}, {"connect": "B"}, {"subscribe": "B", "to": "${T}/a", "qos": 1},
    {"publish": "A", "topic": "${T}/a", "qos": 1},
    {"expect": "B", "packet": {"PUBLISH": {"dup": false, "packet_id": {"$min": 1}}}, "checks": ["5.0:MQTT-2.2.1-4", "5.0:MQTT-4.3.2-2"]}]})";
  EXPECT_EQ(mqttspec({"prove", "t/early", "--json"}), 0) << said;
}

TEST_F(Commands, ProveWantsANameForWhatTheIntactBrokerAnswers) {
  fs::create_directories(folder / "scenarios" / "t");
  auto scenario = [&](const std::string& answers) {
    std::ofstream(folder / "scenarios" / "t" / "open.json") << R"({"title": "x", "versions": ["5.0"], "steps": [{"connect": "A"}, {"send": "A", "packet": "PINGREQ"},
      {"expect": "A", "records": ["X-23"], "any_of": )" + answers + "}]}";
  };
  scenario(R"([{"packet": "PINGRESP", "as": "answers"}, {"closed": true, "as": "closes"}])");
  EXPECT_EQ(mqttspec({"prove", "t/open"}), 0) << said;
  scenario(R"([{"closed": true, "as": "closes"}])");
  EXPECT_EQ(mqttspec({"prove", "t/open"}), 1);
  EXPECT_THAT(said, HasSubstr("open.json:2:7: X-23: the answer has no name (\"as\"): PINGRESP\n"));
}

TEST_F(Commands, ListTellsWhichBehavioursAreRecorded) {
  fs::create_directories(folder / "scenarios" / "t");
  std::ofstream(folder / "scenarios" / "t" / "open.json")
      << R"({"title": "x", "versions": ["5.0"], "steps": [{"connect": "A"}, {"expect": "A", "nothing": true, "as": "silent", "records": ["X-23"]}]})";
  EXPECT_EQ(mqttspec({"list", "--filter", "t/*", "--scenarios", at("scenarios")}), 0);
  EXPECT_THAT(said, HasSubstr("1 scenarios, 1 cases, 0 statements checked, 1 behaviours recorded\n"));
  EXPECT_EQ(mqttspec({"list", "--json", "--scenarios", at("scenarios")}), 0);
  auto listed = nlohmann::json::parse(said);
  EXPECT_EQ(listed["behaviours"][22], nlohmann::json::parse(R"({"id": "X-23", "question": "What does the broker do with an acknowledgement for an identifier that it does not know?",
    "versions": ["3.1", "3.1.1", "5.0"], "statements": [], "scenarios": ["t/open"]})"));
  EXPECT_EQ(listed["scenarios"].back()["records"], nlohmann::json{"X-23"});
  EXPECT_EQ(mqttspec({"list", "--coverage", "--scenarios", at("scenarios")}), 0);
  EXPECT_THAT(said, HasSubstr("Behaviours that the standards leave open: 1 of 51 are recorded\n"));
}

TEST_F(Commands, ASampleNamesEveryCheckThatHasNoRule) {
  fs::create_directories(folder / "scenarios" / "t");
  std::ofstream(folder / "scenarios" / "t" / "retry.json") << R"({"title": "x", "versions": ["3.1.1"], "steps": [{"connect": "A", "checks": ["3.1.1:MQTT-7.0.0-1"]}]})";
  EXPECT_EQ(mqttspec({"prove", "--sample", "1", "--seed", "1"}), 1);
  EXPECT_THAT(said, HasSubstr("Checks that no broken rule makes fail: unproven (1)\n  t/retry [3.1.1] 3.1.1:MQTT-7.0.0-1: no rule serves the statement\n"));
  EXPECT_THAT(said, HasSubstr("how a rule is added: harness/reference/README.md, \"The table of rules\"\n"));
}

TEST_F(Commands, ServeRefusesARuleThatIsNotThere) {
  EXPECT_EQ(mqttspec({"serve", "--break", "second_connect_close"}), 2);
  EXPECT_THAT(said, HasSubstr("--break second_connect_close: no such rule, did you mean second_connect_closes?"));
  EXPECT_EQ(mqttspec({"serve", "--list-rules"}), 0);
  EXPECT_THAT(said, HasSubstr("second_connect_closes\n  when broken: "));
}

}  // namespace
}  // namespace cli::commands_test
