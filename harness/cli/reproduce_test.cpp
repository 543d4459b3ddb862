// `run --reproduce`, played: what each small scenario shows is what its case showed.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "harness/net/child.h"
#include "reports/text.h"

namespace cli::reproduce_test {
namespace {

namespace fs = std::filesystem;
using Findings = std::multiset<std::string>;

class Reproduce : public testing::Test {
protected:
  Reproduce() : folder(fs::path(testing::TempDir()) / ("reproduce-" + std::to_string(getpid()))) { fs::create_directories(folder); }
  ~Reproduce() override { fs::remove_all(folder); }
  int mqttspec(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), MQTTSPEC_PROGRAM);
    const int code = net::run_to_end({arguments, {}, SOURCE_DIR, at("out")});
    std::ifstream in(at("out"));
    std::stringstream text;
    text << in.rdbuf();
    said = text.str();
    return code;
  }
  std::string at(const char* name) const { return (folder / name).string(); }

  // What each failed case of a record showed; names that are unique to a play, and times, are taken out.
  std::map<std::string, Findings> failures(const char* name) const {
    static const std::regex unique("[0-9a-z]{5}/?[0-9a-z]{4}|[0-9.]+ m?s");
    std::map<std::string, Findings> all;
    std::ifstream in(at(name));
    for (std::string line; std::getline(in, line);) {
      const auto result = nlohmann::json::parse(line);
      if (result["type"] != "result" || result["verdict"] != "fail") continue;
      const auto row = result["case"].get<std::string>();
      const auto full = fmt::format("{}{} [{}]", result["scenario"].get<std::string>(), row.empty() ? "" : " (" + row + ")", result["version"].get<std::string>());
      auto& findings = all[result["scenario"].get<std::string>().find('/') == std::string::npos ? result["scenario"].get<std::string>() : reports::slug(full)];
      for (auto& each : result["findings"])
        if (each["verdict"] == "fail") findings.insert(std::regex_replace(each["statement"].get<std::string>() + ": " + each["expected"].get<std::string>() + "; " + each["actual"].get<std::string>(), unique, "U"));
    }
    return all;
  }

  fs::path folder;
  std::string said;
};

TEST_F(Reproduce, EveryFailingCaseFailsInTheSameWayAgain) {
  std::vector<std::string> broken;
  for (auto rule : {"second_connect_closes", "takeover_closes"}) broken.insert(broken.end(), {"--break", rule});
  std::vector<std::string> run{"run", "--seed", "42", "--record", at("first.jsonl"), "--reproduce", at("small")};
  for (auto theme : {"connect/second_connect*", "connect/nothing_behind*", "takeover/*"}) run.insert(run.end(), {"--filter", theme});
  run.insert(run.end(), broken.begin(), broken.end());
  ASSERT_EQ(mqttspec(run), 1) << said;
  const auto first = failures("first.jsonl");
  ASSERT_GT(first.size(), 10u);
  EXPECT_THAT(said, testing::HasSubstr(fmt::format("\n{} reproducers in {}: mqttspec run --break second_connect_closes", first.size(), at("small"))));
  EXPECT_EQ(mqttspec({"check", at("small")}), 0) << said;
  std::vector<std::string> again{"run", "--scenarios", at("small"), "--seed", "42", "--record", at("again.jsonl")};
  again.insert(again.end(), broken.begin(), broken.end());
  ASSERT_EQ(mqttspec(again), 1) << said;
  EXPECT_EQ(failures("again.jsonl"), first);
}

TEST_F(Reproduce, NothingIsWrittenForWhatPasses) {
  EXPECT_EQ(mqttspec({"run", "--filter", "ping/*", "--reproduce", at("small")}), 0) << said;
  EXPECT_FALSE(fs::exists(at("small")));
}

}  // namespace
}  // namespace cli::reproduce_test
