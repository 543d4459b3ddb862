// Brokers that abort in the middle of a run or come to deliver nothing, as processes of their own.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/net/child.h"

namespace cli::run_crash_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Brokers : public testing::Test {
protected:
  Brokers() : folder(fs::path(testing::TempDir()) / ("crash-" + std::to_string(getpid()))) {
    fs::create_directories(folder / "scenarios/t");
    fs::copy(fs::path(SOURCE_DIR) / "scenarios/statements", folder / "scenarios/statements", fs::copy_options::recursive);
    for (int i = 0; i < 10; ++i) {
      write("close" + std::to_string(i), R"({"connect": "A"}, {"send": "A", "packet": "CONNECT"}, {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]})");
      write("ping" + std::to_string(i), R"({"connect": "A"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]})");
    }
  }
  ~Brokers() override { fs::remove_all(folder); }
  int run(const std::string& jobs) const {
    const auto broker = std::string("node " SOURCE_DIR "/harness/cli/mortal_broker_test.mjs {port}");
    const std::vector<std::string> command{MQTTSPEC_PROGRAM, "run", "--start", broker, "--scenarios", (folder / "scenarios").string(), "--jobs", jobs, "--record", record().string()};
    return net::run_to_end({command, {}, SOURCE_DIR, out().string()});
  }
  fs::path record() const { return folder / "run.jsonl"; }
  fs::path out() const { return folder / "out"; }
  std::string said() const { return (std::ostringstream() << std::ifstream(out()).rdbuf()).str(); }
  void write(const std::string& name, const std::string& steps) {
    std::ofstream(folder / "scenarios/t" / (name + ".json")) << R"({"title": "It does what it should", "versions": ["3.1.1"], "steps": [)" << steps << "]}";
  }
  fs::path folder;
};
class RunCrash : public Brokers, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Jobs, RunCrash, testing::Values("1", "32"));

TEST_P(RunCrash, IsChargedToTheCaseThatBringsItAboutAndToNoOther) {
  write("killer", R"({"connect": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": 7}}}, {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]})");
  EXPECT_EQ(run(GetParam()), 1);
  std::ifstream in(record());
  std::map<std::string, nlohmann::json> results;
  for (std::string line; std::getline(in, line);)
    if (auto json = nlohmann::json::parse(line); json.contains("verdict")) results[json.at("scenario")] = json;
  ASSERT_EQ(results.size(), 21u) << said();
  for (auto& [id, result] : results) EXPECT_EQ(result.at("verdict"), id == "t/killer" ? "fail" : "pass") << result.dump(1);
  EXPECT_EQ(results["t/killer"].at("reason"), "the broker died: it was killed by signal 6 (Aborted) (again when this case was played alone)");
}

TEST_F(Brokers, ThatDeliverNothingAfterTheRunAreToldOf) {
  write("deafener", R"({"connect": "A", "keep_alive": 9, "checks": ["3.1.1:MQTT-3.1.4-4"]})");
  EXPECT_EQ(run("32"), 1);
  EXPECT_THAT(said(), HasSubstr("after the run a new client does not receive its own message: expected A: PUBLISH with topic '${T}/own', payload 'own'; nothing came: waited 5 s"));
  EXPECT_THAT(said(), HasSubstr("21 cases: 21 pass"));
}

}  // namespace
}  // namespace cli::run_crash_test
