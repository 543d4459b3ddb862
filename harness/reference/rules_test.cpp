#include "harness/reference/rules.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "harness/spec/catalogue.h"

namespace reference::rules_test {
namespace {

std::string all_sources() {
  std::string all;
  for (auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/harness/reference")) {
    auto name = entry.path().filename().string();
    if (!name.ends_with(".cpp") || name.ends_with("_test.cpp")) continue;
    std::ifstream in(entry.path());
    std::stringstream text;
    text << in.rdbuf();
    all += text.str();
  }
  return all;
}

// Statements that a broker behind bytes cannot break, and why.
const std::map<std::string, std::string> out_of_reach = {
    {"3.1:V31-4.2-2", "a broker should repeat while connected, today hardly any does: its absence is no more than a remark"},
    {"3.1.1:MQTT-6.0.0-1", "WebSocket frames are the carrier's, the broker sees bytes"},
    {"3.1.1:MQTT-6.0.0-2", "WebSocket frames are the carrier's, the broker sees bytes"},
    {"3.1.1:MQTT-6.0.0-3", "the WebSocket handshake is the carrier's"},
    {"3.1.1:MQTT-6.0.0-4", "the WebSocket handshake is the carrier's"},
    {"5.0:MQTT-6.0.0-1", "WebSocket frames are the carrier's, the broker sees bytes"},
    {"5.0:MQTT-6.0.0-2", "WebSocket frames are the carrier's, the broker sees bytes"},
    {"5.0:MQTT-6.0.0-3", "the WebSocket handshake is the carrier's"},
    {"5.0:MQTT-6.0.0-4", "the WebSocket handshake is the carrier's"},
};

TEST(RuleTable, NamesOnlyStatementsOfTheCatalogue) {
  auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  for (auto& row : rows())
    for (auto& id : row.statements()) EXPECT_NE(catalogue.find(id), nullptr) << row.name << " serves " << id;
}

TEST(RuleTable, EveryRowServesAStatementAndSaysWhatBreakingItDoes) {
  for (auto& row : rows()) {
    EXPECT_FALSE(row.statements().empty()) << row.name;
    EXPECT_GT(row.broken.size(), 15u) << row.name;
    EXPECT_FALSE(row.broken.ends_with('.')) << row.name;
  }
}

TEST(RuleTable, EveryObservableStatementHasARow) {
  auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  for (auto& statement : catalogue.all()) {
    if (statement.observable == spec::Observable::no) continue;
    bool served = !rules_for(statement.id).empty();
    EXPECT_NE(served, out_of_reach.contains(statement.id)) << statement.id << ": " << statement.summary;
  }
}

TEST(RuleTable, EveryRuleIsAskedForInTheCode) {
  auto sources = all_sources();
  std::map<std::string, int> places;
  std::regex word("Rule::([a-z0-9_]+)");
  for (std::sregex_iterator at(sources.begin(), sources.end(), word), end; at != end; ++at) ++places[(*at)[1]];
  for (auto& row : rows()) EXPECT_GE(places[std::string(row.name)], 1) << row.name << " is looked at nowhere";
}

TEST(RuleTable, NamesAreUniqueAndFindTheirRule) {
  std::set<std::string_view> names;
  for (auto& row : rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(rule_named(row.name), row.rule);
  }
  EXPECT_EQ(rule_named("no_such_rule"), std::nullopt);
  EXPECT_EQ(row(Rule::second_connect_closes).name, "second_connect_closes");
}

TEST(RuleTable, StatementsCarryTheirVersion) {
  auto& one = row(Rule::second_connect_closes);
  EXPECT_THAT(one.statements(), testing::ElementsAre("3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"));
  EXPECT_THAT(one.statements(mqtt::Version::v3_1), testing::IsEmpty());
  EXPECT_TRUE(one.serves("5.0:MQTT-3.1.0-2"));
  EXPECT_FALSE(one.serves("3.1:MQTT-3.1.0-2"));
  EXPECT_FALSE(one.serves("MQTT-3.1.0-2"));
  EXPECT_FALSE(one.serves("5.0:MQTT-3.1.0-"));
}

TEST(Rules, AreKeptUntilBroken) {
  Rules rules;
  EXPECT_TRUE(rules.keeps(Rule::ping_answered));
  rules.break_rule(Rule::ping_answered);
  EXPECT_FALSE(rules.keeps(Rule::ping_answered));
  EXPECT_TRUE(rules.keeps(Rule::second_connect_closes));
}

}  // namespace
}  // namespace reference::rules_test
