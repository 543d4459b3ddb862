#include "harness/reference/rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
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

using Places = std::map<std::string, std::vector<std::string>>;   // rule -> "guards.cpp:28"

// Every place of the text that names a rule; mqtt::Rule is about faults, and comments ask for nothing.
void add_places(const std::string& file, std::istream&& text, Places& places) {
  static const std::regex word("(mqtt::)?\\bRule::([a-z0-9_]+)");
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    line.erase(std::min(line.find("//"), line.size()));
    for (std::sregex_iterator at(line.begin(), line.end(), word), end; at != end; ++at)
      if (!(*at)[1].matched) places[(*at)[2]].push_back(fmt::format("{}:{}", file, number));
  }
}

Places places_in_the_code() {
  Places places;
  for (auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/harness/reference")) {
    auto name = entry.path().filename().string();
    bool code = name.ends_with(".cpp") || name.ends_with(".h");
    if (code && name.find("_test.") == name.npos) add_places(name, std::ifstream(entry.path()), places);
  }
  add_places("doors.cpp", std::ifstream(SOURCE_DIR "/harness/cli/doors.cpp"), places);   // about what carries the broker
  return places;
}

// Rules that are not asked for at exactly one place, each with its places.
std::vector<std::string> scattered(const Places& places) {
  std::vector<std::string> told;
  for (auto& row : rows()) {
    auto found = places.find(std::string(row.name));
    if (found == places.end()) told.push_back(fmt::format("{} is asked for nowhere", row.name));
    else if (found->second.size() > 1) told.push_back(fmt::format("{} is asked for at {} places: {}", row.name, found->second.size(), fmt::join(found->second, ", ")));
  }
  return told;
}

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
    EXPECT_FALSE(rules_for(statement.id).empty()) << statement.id << ": " << statement.summary;
  }
}

TEST(RuleTable, EveryRuleIsAskedForAtOnePlace) { EXPECT_THAT(scattered(places_in_the_code()), testing::IsEmpty()); }

TEST(RuleTable, ARuleAtNoneOrSeveralPlacesIsNamedWithThem) {
  Places places;
  for (auto& row : rows()) places[std::string(row.name)] = {"some.cpp:1"};
  places.erase("ping_answered");
  places.erase("second_connect_closes");
  add_places("one.cpp", std::istringstream("\nif (core.keeps(Rule::second_connect_closes) || core.keeps(Rule::second_connect_closes)) return;"), places);
  add_places("two.h", std::istringstream("// Rule::ping_answered\nmqtt::Rule::ping_answered;\n{reference::Rule::second_connect_closes},   // Rule::ping_answered"), places);
  EXPECT_THAT(scattered(places), testing::ElementsAre("second_connect_closes is asked for at 3 places: one.cpp:2, one.cpp:2, two.h:3",
                                                      "ping_answered is asked for nowhere"));
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
