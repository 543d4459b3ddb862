// A broker that aborts in the middle of a run, as a process of its own.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/net/child.h"

namespace cli::run_crash_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RunCrash : public testing::TestWithParam<const char*> {
protected:
  RunCrash() : folder(fs::path(testing::TempDir()) / ("crash-" + std::to_string(getpid()))) {
    fs::create_directories(folder / "scenarios/t");
    fs::copy(fs::path(SOURCE_DIR) / "scenarios/statements", folder / "scenarios/statements", fs::copy_options::recursive);
    for (int i = 0; i < 10; ++i) {
      write("close" + std::to_string(i), R"({"connect": "A"}, {"send": "A", "packet": "CONNECT"}, {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]})");
      write("ping" + std::to_string(i), R"({"connect": "A"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]})");
    }
    write("killer", R"({"connect": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": 7}}}, {"expect": "A", "closed": true, "checks": ["3.1.1:MQTT-3.1.0-2"]})");
  }
  ~RunCrash() override { fs::remove_all(folder); }
  void write(const std::string& name, const std::string& steps) {
    std::ofstream(folder / "scenarios/t" / (name + ".json")) << R"({"title": "It does what it should", "versions": ["3.1.1"], "steps": [)" << steps << "]}";
  }
  fs::path folder;
};
INSTANTIATE_TEST_SUITE_P(Jobs, RunCrash, testing::Values("1", "32"));

TEST_P(RunCrash, IsChargedToTheCaseThatBringsItAboutAndToNoOther) {
  const auto record = folder / "run.jsonl", out = folder / "out";
  const auto broker = std::string("node " SOURCE_DIR "/harness/cli/mortal_broker_test.mjs {port}");
  const std::vector<std::string> run{MQTTSPEC_PROGRAM, "run", "--start", broker, "--scenarios", (folder / "scenarios").string(), "--jobs", GetParam(), "--record", record.string()};
  EXPECT_EQ(net::run_to_end({run, {}, SOURCE_DIR, out.string()}), 1);
  std::ifstream in(record);
  std::map<std::string, nlohmann::json> results;
  for (std::string line; std::getline(in, line);)
    if (auto json = nlohmann::json::parse(line); json.contains("verdict")) results[json.at("scenario")] = json;
  ASSERT_EQ(results.size(), 21u) << std::ifstream(out).rdbuf();
  for (auto& [id, result] : results) EXPECT_EQ(result.at("verdict"), id == "t/killer" ? "fail" : "pass") << result.dump(1);
  EXPECT_EQ(results["t/killer"].at("reason"), "the broker died: it was killed by signal 6 (Aborted) (again when this case was played alone)");
}

}  // namespace
}  // namespace cli::run_crash_test
