#include "harness/mqtt/rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace mqtt::rules_test {
namespace {

std::set<std::string> statements_of(Version version) {
  std::ifstream file(SOURCE_DIR "/scenarios/statements/" + std::string(name(version)) + ".json");
  std::set<std::string> ids;
  auto all = nlohmann::json::parse(file);
  for (auto& each : all) ids.insert(std::string(name(version)) + ":" + each["id"].get<std::string>());
  return ids;
}

TEST(Rules, StandForStatementsOfTheCatalogue) {
  for (auto version : all_versions) {
    auto known = statements_of(version);
    ASSERT_GT(known.size(), 100u);
    for (auto& row : all_rules()) EXPECT_TRUE(known.count(std::string(statement(row.rule, version)))) << row.name << ": " << statement(row.rule, version);
  }
}

TEST(Rules, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (auto& row : all_rules()) {
    EXPECT_EQ(name(row.rule), row.name);
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
}

TEST(Rules, DifferByVersion) {
  EXPECT_EQ(statement(Rule::utf8, Version::v3_1), "3.1:V31-2.5-1");
  EXPECT_EQ(statement(Rule::utf8, Version::v3_1_1), "3.1.1:MQTT-1.5.3-1");
  EXPECT_EQ(statement(Rule::utf8, Version::v5_0), "5.0:MQTT-1.5.4-1");
}

}  // namespace
}  // namespace mqtt::rules_test
