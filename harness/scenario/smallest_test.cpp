#include "harness/scenario/smallest.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "harness/scenario/loader_for_test.h"

namespace scenario::smallest_test {
namespace {

Suite loaded(const std::string& text) {
  auto suite = load_text("a/b", text, catalogue());
  for (auto& complaint : suite.complaints) ADD_FAILURE() << to_string(complaint) << "\n" << text;
  return suite;
}
std::size_t step_that_checks(const Case& one) {
  for (std::size_t i = 0; i < one.steps.size(); ++i)
    if (!one.steps[i].checks.empty()) return i;
  return one.steps.size() - 1;
}
// Of the case with this name and version.
std::string smallest_of(const std::string& text, const std::string& name) {
  const auto suite = loaded(text);
  for (auto& one : suite.cases)
    if (full_name(one) == name) return smallest(text, one, step_that_checks(one));
  return "no such case";
}

TEST(Smallest, PutsTheRowInAndLeavesOutWhatComesLater) {
  EXPECT_EQ(smallest_of(R"({
    "title": "A ${what} CONNECT closes", "about": "why", "versions": ["3.1.1", "5.0"], "needs": ["qos2"], "tags": ["t"],
    "for": [{"name": "second", "what": "second", "p": "CONNECT"}, {"name": "third", "what": "third", "p": {"CONNECT": {}}, "needs": ["retained"], "versions": ["5.0"]}],
    "steps": [
      {"connect": "A"},
      {"connect": "B"},
      {"send": "A", "packet": "${p}"},
      {"expect": "A", "checks": ["3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"], "closed": true},
      {"ping": "B"},
      {"disconnect": "B"}
    ]})", "a/b (third) [5.0]"),
R"({
  "title": "A third CONNECT closes",
  "about": "why",
  "versions": ["5.0"],
  "tags": ["t"],
  "needs": ["qos2", "retained"],
  "steps": [
    {"connect": "A"},
    {"send": "A", "packet": {"CONNECT": {}}},
    {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}
  ]
}
)");
}

TEST(Smallest, JoinsTheRowsOfTwoTables) {
  const auto text = smallest_of(R"({
    "title": "x", "versions": ["5.0"], "for": [{"name": "a", "p": "${q}"}, {"name": "b", "p": "CONNECT"}], "by": [{"name": "c", "q": "CONNECT"}, {"name": "d", "q": {"CONNECT": {"keep_alive": 7}}}],
    "steps": [{"connect": "A"}, {"send": "A", "packet": "${p}"}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}]})", "a/b (a, d) [5.0]");
  EXPECT_THAT(text, testing::HasSubstr(R"({"send": "A", "packet": {"CONNECT": {"keep_alive": 7}}})"));
  EXPECT_EQ(loaded(text).cases.size(), 1u);
}

TEST(Smallest, KeepsClientsThatSayOrHearAnything) {
  const auto text = smallest_of(R"({
    "title": "x", "versions": ["5.0"], "steps": [{"connect": "A"}, {"connect": "B", "will": {"topic": "${T}/w", "payload": "w"}}, {"connect": "C"}, {"connect": "D"},
      {"subscribe": "C", "to": "${T}/w"}, {"send": "A", "packet": {"CONNECT": {"client_id": "${D}"}}}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}]})", "a/b [5.0]");
  for (auto client : {"A", "B", "C", "D"}) EXPECT_THAT(text, testing::HasSubstr(std::string("{\"connect\": \"") + client));
}

TEST(Smallest, KeepsEveryClientWhereTheBrokerCountsThem) {
  EXPECT_THAT(smallest_of(R"({
    "title": "x", "versions": ["5.0"], "setup": "three_connections", "steps": [{"connect": "A"}, {"connect": "B"}, {"send": "A", "packet": "CONNECT"},
      {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}]})", "a/b [5.0]"), testing::HasSubstr(R"({"connect": "B"})"));
}

TEST(Smallest, KeepsWhatStepsLeftOutHadAnInfluenceOn) {
  const auto text = smallest_of(R"({
    "title": "x", "versions": ["5.0"], "steps": [{"connect": "A", "session_present": false, "connack": {"properties": {"receive_maximum": {"$save": "most"}}}}, {"send": "A", "packet": "CONNECT"},
      {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}, {"connect": "A"}, {"cut": "A", "by": "keep_alive"}, {"connect": "B", "properties": {"receive_maximum": "${most}"}}]})", "a/b [5.0]");
  EXPECT_THAT(text, testing::HasSubstr(R"({"connect": "A", "keep_alive": 2, "session_present": false, "connack": {"properties": {"receive_maximum": {"$any": true}}}})"));
  EXPECT_EQ(loaded(text).cases.size(), 1u);
}

TEST(Smallest, KeepsARepeatWhole) {
  const auto text = smallest_of(R"({
    "title": "x", "versions": ["5.0"], "steps": [{"connect": "A"}, {"repeat": 3, "steps": [{"send": "A", "packet": "CONNECT"}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]},
      {"connect": "A"}]}, {"ping": "A"}]})", "a/b [5.0]");
  EXPECT_THAT(text, testing::HasSubstr(R"({"repeat": 3, "steps": [{"send": "A", "packet": "CONNECT"}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}, {"connect": "A"}]})"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("ping")));
}

TEST(Smallest, SaysWhenTheFileHasChanged) {
  const std::string text = R"({"title": "x", "versions": ["5.0"], "for": [{"name": "a", "p": "CONNECT"}],
    "steps": [{"connect": "A"}, {"send": "A", "packet": "${p}"}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}]})";
  auto one = loaded(text).cases.at(0);
  one.name = "gone";
  EXPECT_THROW(smallest(text, one, 0), std::runtime_error);
  EXPECT_THROW(smallest("{", one, 0), std::runtime_error);
}

// Every case of four themes, cut at its first check: the loader takes it, and the step that checks is still there.
TEST(Smallest, IsAScenarioForEveryCase) {
  const auto suite = load(SOURCE_DIR "/scenarios", {SOURCE_DIR "/scenarios/connect", SOURCE_DIR "/scenarios/qos2", SOURCE_DIR "/scenarios/keep_alive", SOURCE_DIR "/scenarios/shared"}, catalogue());
  ASSERT_GT(suite.cases.size(), 100u);
  std::map<std::string, std::string> texts;
  for (auto& one : suite.cases) {
    auto& text = texts[one.file];
    if (text.empty()) {
      std::ifstream in(one.file, std::ios::binary);
      std::ostringstream all;
      all << in.rdbuf();
      text = all.str();
    }
    const auto last = step_that_checks(one);
    const auto small = loaded(smallest(text, one, last));
    ASSERT_EQ(small.cases.size(), 1u) << full_name(one);
    auto& made = small.cases[0];
    EXPECT_LE(made.steps.size(), one.steps.size());
    EXPECT_TRUE(std::any_of(made.steps.begin(), made.steps.end(), [&](auto& step) { return step.checks == one.steps[last].checks; })) << full_name(one);
  }
}

}  // namespace
}  // namespace scenario::smallest_test
