// Does `mqttspec fuzz` find what it is for? Faults are planted into the reference broker; each has to be found within a number of sessions
// from a fixed seed, confirmed on a fresh broker, and written so that `mqttspec run` shows it again.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/net/child.h"

namespace cli::fuzz_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class Fuzz : public testing::Test {
protected:
  Fuzz() : folder(fs::path(testing::TempDir()) / ("fuzz-" + std::to_string(getpid()))) {
    fs::create_directories(folder / "scenarios");   // none: what a seed gives would change with each that is added; and loading them takes time
  }
  ~Fuzz() override { fs::remove_all(folder); }

  std::string at(const std::string& name) const { return (folder / name).string(); }
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  int mqttspec(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), MQTTSPEC_PROGRAM);
    fs::remove(folder / "said");
    auto code = net::run_to_end({arguments, {}, SOURCE_DIR, at("said")});
    said = read(folder / "said");
    return code;
  }
  // A profile that starts `mqttspec serve` with these arguments.
  std::string broker(const std::vector<std::string>& arguments) {
    nlohmann::json profile{{"name", "planted"}, {"patience", "2s"}, {"title", "The reference broker"}, {"ports", {"port"}}, {"listeners", {{"default", "mqtt://127.0.0.1:{port}"}}}};
    profile["start"] = {MQTTSPEC_PROGRAM, "serve", "--listen", "mqtt://127.0.0.1:{port}"};
    for (auto& each : arguments) profile["start"].push_back(each);
    std::ofstream(folder / "planted.json") << profile;
    return at("planted.json");
  }
  int fuzz(const std::vector<std::string>& arguments, const std::string& cases) {
    // 64 at once: what is open when a fault shows counts among the sessions that it took.
    return mqttspec({"fuzz", "--broker", broker(arguments), "--scenarios", at("scenarios"), "--seed", "1", "--cases", cases, "--lanes", "64", "--seconds", "60", "--out", at("out")});
  }
  // The scenario that was written for the finding, played again by `run`.
  int again(const std::string& name) {
    return mqttspec({"run", "--broker", at("planted.json"), "--scenarios", at("out"), "--filter", "*" + name + "*"});
  }

  fs::path folder;
  std::string said;
};

TEST_F(Fuzz, FindsNothingInABrokerThatKeepsTheRules) {
  EXPECT_EQ(fuzz({}, "1500"), 0) << said;
  EXPECT_THAT(said, HasSubstr("nothing found"));
  EXPECT_THAT(said, HasSubstr("1500 cases in "));
  EXPECT_THAT(read(folder / "out" / "report.html"), HasSubstr("A well-behaved client is served beside 1500 bent sessions"));
}

TEST_F(Fuzz, FindsAnAbortAndMakesItSmall) {
  ASSERT_EQ(fuzz({"--plant", "abort"}, "100"), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND died-subscribe-"));
  EXPECT_THAT(said, HasSubstr("the broker died: it was killed by signal 6 (Aborted)"));
  auto version = said.substr(said.find("died-subscribe-") + 15);
  auto bytes = read(folder / "out" / ("died-subscribe-" + version.substr(0, version.find(' ')) + ".hex"));
  EXPECT_THAT(bytes, MatchesRegex("10 [^\n]*\n82 [^\n]*\n")) << "CONNECT, and a SUBSCRIBE: nothing else is left";
  EXPECT_LT(bytes.size(), 200u) << bytes;
  EXPECT_EQ(again("died"), 1) << said;
  EXPECT_THAT(said, HasSubstr("the broker died: it was killed by signal 6 (Aborted) (again when this case was played alone)"));
  EXPECT_EQ(mqttspec({"report", at("out/run.jsonl"), "--junit", at("junit.xml")}), 0) << said;
  EXPECT_THAT(read(folder / "junit.xml"), HasSubstr("killed by signal 6 (Aborted)"));
}

TEST_F(Fuzz, FindsAnEndlessLoop) {
  ASSERT_EQ(fuzz({"--plant", "endless_loop"}, "6000"), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND harmed"));
  EXPECT_THAT(said, HasSubstr("while the broker kept computing"));
}

TEST_F(Fuzz, FindsAnEndlessLoopBesideThoseThatServe) {
  ASSERT_EQ(fuzz({"--plant", "spins_aside"}, "300"), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND harmed"));
  EXPECT_THAT(said, HasSubstr("after this the broker keeps computing, with 1 of its threads, although nobody asks for anything"));
}

TEST_F(Fuzz, FindsALeak) {
  ASSERT_EQ(fuzz({"--plant", "leak"}, "6000"), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND harmed"));
  EXPECT_THAT(said, HasSubstr("the broker's memory grows by "));
  EXPECT_THAT(said, HasSubstr("KiB each time this is sent"));
}

TEST_F(Fuzz, FindsAClientThatIsNoLongerRead) {
  ASSERT_EQ(fuzz({"--plant", "stops_reading"}, "600"), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND silent"));
}

TEST_F(Fuzz, FindsThatTheWrongClientIsClosed) {
  ASSERT_EQ(fuzz({"--plant", "closes_another"}, "1000"), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND harmed"));
  EXPECT_THAT(said, HasSubstr("a well-behaved client beside it was harmed: the broker ended its connection"));
  EXPECT_EQ(again("harmed"), 1) << said;
}

TEST_F(Fuzz, FindsAnAnswerBeforeConnect) {
  ASSERT_EQ(fuzz({"--break", "connect_comes_first"}, "100"), 1) << said;
  EXPECT_THAT(said, HasSubstr("a first packet that is no CONNECT"));
  EXPECT_THAT(said, Not(HasSubstr("FOUND harmed")));
}

TEST_F(Fuzz, FindsASurrogateThatIsAccepted) {
  ASSERT_EQ(fuzz({"--break", "topic_utf8"}, "600"), 1) << said;
  EXPECT_THAT(said, HasSubstr("PUBLISH: topic: ill-formed UTF-8"));
  EXPECT_EQ(again("unsound-publish-*"), 1) << said;
}

TEST_F(Fuzz, TellsWhatIsKnownFromWhatIsNew) {
  std::ofstream(folder / "known.json") << R"({"known": [{"statement": "3.1.1:MQTT-1.5.3-1", "cases": ["unsound-publish-utf8-3.1.1 *"], "reason": "planted"},
    {"statement": "5.0:MQTT-3.1.0-1", "cases": ["unsound-*", "malformed/*"], "reason": "not to be found here, which is no news"}]})";
  std::vector<std::string> arguments{"fuzz", "--broker", broker({"--break", "topic_utf8"}), "--scenarios", at("scenarios"), "--seed", "1", "--cases", "600", "--out", at("out")};
  EXPECT_EQ(mqttspec(arguments), 1) << said;
  EXPECT_THAT(said, HasSubstr("FOUND unsound-publish-utf8-3.1.1 (after "));
  arguments.insert(arguments.end(), {"--expect", at("known.json")});
  EXPECT_EQ(mqttspec(arguments), 0) << said;
  EXPECT_THAT(said, HasSubstr("KNOWN unsound-publish-utf8-3.1.1 (after "));
  EXPECT_THAT(said, HasSubstr("/known.json: 1 known, 0 new, 0 stale\n"));
  EXPECT_THAT(read(folder / "out" / "report.html"), HasSubstr("planted"));
}

TEST_F(Fuzz, PlaysTheSameSessionForTheSameSeed) {
  for (auto out : {"one", "two"}) mqttspec({"fuzz", "--broker", broker({"--plant", "stops_reading"}), "--scenarios", at("scenarios"), "--seed", "1", "--cases", "150", "--lanes", "1", "--out", at(out)});
  int compared = 0;
  for (auto& each : fs::directory_iterator(folder / "one")) {
    if (each.path().extension() != ".hex") continue;
    EXPECT_EQ(read(each.path()), read(folder / "two" / each.path().filename()));
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST_F(Fuzz, RefusesABrokerThatIsNotOnLoopback) {
  EXPECT_EQ(mqttspec({"fuzz", "mqtt://192.0.2.1:1883", "--scenarios", at("scenarios"), "--out", at("out")}), 2);
  EXPECT_EQ(said,
            "mqttspec: fuzz tries to break a broker, and this one is not on loopback: it sends malformed packets as fast as it can, from many clients at once, leaves sessions behind, "
            "and plays again what brings the broker down, to be sure. Say --i-may-break-this-broker when that is meant\n");
}

TEST_F(Fuzz, SaysWhenThereIsNoBroker) {
  EXPECT_EQ(mqttspec({"fuzz", "mqtt://127.0.0.1:1", "--scenarios", at("scenarios"), "--out", at("out")}), 2);
  EXPECT_THAT(said, HasSubstr("mqtt://127.0.0.1:1 cannot be fuzzed: a first client is not served"));
}

}  // namespace
}  // namespace cli::fuzz_test
