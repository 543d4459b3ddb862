#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <set>

#include "harness/scenario/describe.h"
#include "harness/scenario/loader_for_test.h"

namespace scenario::loader_test {
namespace {
using testing::ElementsAre;

std::vector<Case> cases_of(const std::string& text) {
  auto suite = load_text("theme/case", text, catalogue());
  for (auto& each : suite.complaints) ADD_FAILURE() << to_string(each);
  return suite.cases;
}

std::vector<std::string> told(const Case& one) {
  std::vector<std::string> lines;
  for (auto& step : one.steps) lines.push_back(std::to_string(step.place.line) + ":" + std::to_string(step.place.column) + " " + step.text);
  return lines;
}

TEST(Loader, RemembersWhereEachStepStands) {
  auto cases = cases_of(R"({ "title": "A second CONNECT closes the connection",
  "versions": ["3.1.1", "5.0"],
  "steps": [
    {"connect": "A"},
    {"send": "A", "packet": "CONNECT"},
    {"expect": "A", "closed": true, "reason_code": "Protocol error", "within": "2s",
     "checks": ["3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"]} ] })");
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_THAT(told(cases[1]), ElementsAre("4:5 open A", "4:5 send A: CONNECT", "4:5 expect A: CONNACK with reason_code 0 (Success)", "5:5 send A: CONNECT",
                                          "6:5 expect A: closed, with reason_code 0x82 (Protocol Error) if any, within 2 s"));
  EXPECT_EQ(to_string(cases[1].steps[4].place), "theme/case.json:6:5");
  EXPECT_EQ(full_name(cases[0]), "theme/case [3.1.1]");
  EXPECT_THAT(cases[0].steps[4].checks, ElementsAre("3.1.1:MQTT-3.1.0-2"));
  EXPECT_THAT(cases[1].steps[4].checks, ElementsAre("5.0:MQTT-3.1.0-2"));
  EXPECT_EQ(std::get<Expect>(cases[1].steps[4].action).any_of[0].pattern, 0x82);
  EXPECT_TRUE(std::get<Expect>(cases[0].steps[4].action).any_of[0].pattern.is_null());   // 3.1.1 closes without a word
}

TEST(Loader, ReadsWhatAStepRecordsAndWhatItsAnswersAreCalled) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A"}, {"expect": "A", "records": ["X-07", "X-11"], "any_of": [
    {"nothing": true, "as": "one"}, {"packet": "PUBLISH", "as": "two"}, {"closed": true}]}]})")[0];
  EXPECT_THAT(one.steps.back().records, ElementsAre("X-07", "X-11"));
  auto& any_of = std::get<Expect>(one.steps.back().action).any_of;
  EXPECT_EQ(any_of[0].as, "one");
  EXPECT_EQ(any_of[1].as, "two");
  EXPECT_EQ(any_of[2].as, "");
}

TEST(Loader, CutsAreSpelledOutForEachRow) {
  auto cases = cases_of(R"({"title": "t", "versions": ["5.0"], "for": [{"name": "a", "way": "keep_alive"}, {"name": "b", "way": "takeover"}], "steps": [
    {"connect": "A"}, {"cut": "A", "by": "${way}"}, {"connect": "B", "checks": ["5.0:MQTT-3.1.0-2"]}]})");
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].steps[1].text, "send A: CONNECT with keep_alive 2");
  EXPECT_EQ(cases[0].steps[3].text, "expect A: closed, within 20 s");
  EXPECT_EQ(cases[1].steps[1].text, "send A: CONNECT");
  EXPECT_EQ(cases[1].steps[3].text, "open A again");
}

TEST(Loader, OneOfSeveralClientsGetsAName) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A"}, {"connect": "B"},
    {"receive": ["A", "B"], "topic": "${T}/a", "qos": 1, "got": "W", "other": "L", "checks": ["5.0:MQTT-3.1.0-2"]}, {"ping": "W"}, {"drop": "L"}]})")[0];
  std::vector<std::string> lines = told(one);
  lines.erase(lines.begin(), lines.begin() + 6);
  EXPECT_THAT(lines, ElementsAre("2:5 expect A or B: PUBLISH with topic '${T}/a', qos 1, any packet_id, kept as ${receive 1}", "2:5 send W: PUBACK with packet_id '${receive 1}'",
                                 "2:117 send W: PINGREQ", "2:117 expect W: PINGRESP", "2:132 drop L"));
}

TEST(Loader, SpellsOutARepeat) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "for": [{"name": "r", "times": 2}], "steps": [{"connect": "A"},
    {"repeat": "${times}", "from": 100, "steps": [
      {"send": "A", "packet": {"PUBLISH": {"topic": "${T}/${i}", "qos": 1, "packet_id": "${i}"}}},
      {"ping": "A", "checks": ["5.0:MQTT-3.12.4-1"]}]}]})")[0];
  std::vector<std::string> lines = told(one);
  lines.erase(lines.begin(), lines.begin() + 3);
  EXPECT_THAT(lines, ElementsAre("3:7 send A: PUBLISH with topic '${T}/100', qos 1, packet_id 100", "4:7 send A: PINGREQ", "4:7 expect A: PINGRESP",
                                 "3:7 send A: PUBLISH with topic '${T}/101', qos 1, packet_id 101", "4:7 send A: PINGREQ", "4:7 expect A: PINGRESP"));
}

TEST(Loader, ReadsAPartialOrder) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A"}, {"expect": "A", "checks": ["5.0:MQTT-3.1.0-2"],
    "any_order": ["PINGRESP", ["PUBACK", {"PUBACK": {"packet_id": 100}}]]}]})")[0];
  EXPECT_EQ(one.steps.back().text, "expect A: in any order: PINGRESP; PUBACK, then PUBACK with packet_id 100");
}

TEST(Loader, FillsInTheClientOfAConnect) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A", "password": null, "checks": ["5.0:MQTT-3.1.0-2"]}]})")[0];
  EXPECT_EQ(std::get<Send>(one.steps[1].action).packets[0], Json::parse(R"({"CONNECT": {"client_id": "${A}", "username": "${username}", "password": null}})"));
  EXPECT_EQ(one.steps[1].text, "send A: CONNECT with password none");
  EXPECT_THAT(one.clients, ElementsAre("A"));
}

TEST(Loader, MakesACaseOfEachRowAndVersion) {
  auto cases = cases_of(R"({"title": "Says ${code}", "for": [{"name": "a", "code": "Not authorized", "n": {"$version": {"3.1": 1, "3.1.1": 2, "5.0": 3}}},
    {"name": "b", "code": 0, "n": 9, "versions": ["5.0"], "needs": ["auth"]}], "needs": ["qos2"],
    "steps": [{"open": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": "${n}"}}},
      {"expect": "A", "packet": {"CONNACK": {"reason_code": {"$one_of": ["${code}", "0x99"]}}},
       "checks": ["3.1:V31-3.1-1", "3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"]}]})");
  ASSERT_EQ(cases.size(), 4u);
  std::vector<std::string> names;
  for (auto& one : cases) names.push_back(full_name(one));
  EXPECT_THAT(names, ElementsAre("theme/case (a) [3.1]", "theme/case (a) [3.1.1]", "theme/case (a) [5.0]", "theme/case (b) [5.0]"));
  auto code = [&](int i) { return std::get<Expect>(cases[std::size_t(i)].steps[2].action).any_of[0].pattern["CONNACK"]["reason_code"]; };
  EXPECT_EQ(code(1), Json::parse(R"({"$one_of": [5, 153]})"));
  EXPECT_EQ(code(2), Json::parse(R"({"$one_of": [135, 153]})"));
  EXPECT_EQ(std::get<Send>(cases[2].steps[1].action).packets[0]["CONNECT"]["keep_alive"], 3);
  EXPECT_THAT(cases[3].needs, ElementsAre("qos2", "auth"));
  EXPECT_THAT(cases[0].needs, ElementsAre("qos2"));
  EXPECT_EQ(cases[3].title, "Says 0");
}

TEST(Loader, PlaysEachRowOfForWithEachRowOfBy) {
  auto cases = cases_of(R"({"title": "t", "versions": ["3.1.1", "5.0"],
    "for": [{"name": "ping", "raw": "c0 ${end}"}, {"name": "auth", "raw": "f0 ${end}", "versions": ["5.0"], "needs": ["auth"]}],
    "by": [{"name": "zero", "end": "00", "code": 1}, {"name": "one", "end": "01 00", "code": 2, "versions": ["3.1.1"], "needs": ["qos2"]}],
    "steps": [{"connect": "A"}, {"send": "A", "raw": "${raw}"},
      {"expect": "A", "closed": true, "reason_code": "${code}", "checks": ["3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"]}]})");
  std::vector<std::string> told;
  for (auto& one : cases) told.push_back(full_name(one) + " " + std::get<Send>(one.steps[3].action).raw);
  EXPECT_THAT(told, ElementsAre("theme/case (ping, zero) [3.1.1] c0 00", "theme/case (ping, zero) [5.0] c0 00", "theme/case (ping, one) [3.1.1] c0 01 00",
                                "theme/case (auth, zero) [5.0] f0 00"));
  EXPECT_THAT(cases[2].needs, ElementsAre("qos2"));
  EXPECT_THAT(cases[3].needs, ElementsAre("auth"));
  EXPECT_EQ(std::get<Expect>(cases[1].steps[4].action).any_of[0].pattern, 1);
}

TEST(Loader, LetsAClientSpeakAnotherVersion) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A", "mqtt": "3.1"}, {"publish": "A", "topic": "${T}/a", "qos": 1},
    {"open": "B"}, {"send": "B", "packet": "CONNECT"}, {"expect": "B", "packet": {"CONNACK": {"reason_code": "Not authorized"}}, "checks": ["5.0:MQTT-3.1.0-2"]}]})")[0];
  EXPECT_EQ(std::get<Open>(one.steps[0].action).version, mqtt::Version::v3_1);
  EXPECT_EQ(std::get<Expect>(one.steps[4].action).any_of[0].pattern, Json::parse(R"({"PUBACK": {"packet_id": 1}})"));
  EXPECT_EQ(std::get<Expect>(one.steps[7].action).any_of[0].pattern["CONNACK"]["reason_code"], 135);
}

TEST(Loader, LeavesOutWhatAVersionDoesNotHave) {
  auto cases = cases_of(R"({"title": "t", "versions": ["3.1", "5.0"], "steps": [{"connect": "A", "session_present": false},
    {"send": "A", "packet": {"DISCONNECT": {"reason_code": "Disconnect with Will Message", "properties": {"session_expiry_interval": 0}}}},
    {"expect": "A", "packet": {"PUBLISH": {"topic": "${T}/a", "properties": {"topic_alias": {"$absent": true}}}}, "checks": ["3.1:V31-3.1-1", "5.0:MQTT-3.1.0-2"]}]})");
  EXPECT_EQ(std::get<Send>(cases[0].steps[3].action).packets[0], Json::parse(R"({"DISCONNECT": {}})"));
  EXPECT_EQ(std::get<Send>(cases[1].steps[3].action).packets[0]["DISCONNECT"]["reason_code"], 4);
  EXPECT_EQ(std::get<Expect>(cases[0].steps[4].action).any_of[0].pattern, Json::parse(R"({"PUBLISH": {"topic": "${T}/a"}})"));
  EXPECT_EQ(std::get<Expect>(cases[0].steps[2].action).any_of[0].pattern, Json::parse(R"({"CONNACK": {"reason_code": 0}})"));
}

TEST(Loader, ReadsEveryKindOfStep) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "alone": true, "needs": ["restart", "anonymous"], "tags": ["slow"], "phases": {"times": 6, "over": "1.5s"},
   "steps": [
    {"open": "A", "mqtt": "3.1.1", "listener": "anonymous"}, {"open": "B"},
    {"send": "A", "raw": "c0 00", "split": "bytes"},
    {"send": "B", "packets": ["PINGREQ", {"PUBACK": {"packet_id": 100}}], "split": [1, 3]},
    {"send": "B", "packet": {"PUBLISH": {"topic": "#"}}, "instead": {"topic": "s3 'a'", "properties_length": ""}},
    {"expect": "B", "any_order": ["PINGRESP", {"PUBACK": {"packet_id": {"$min": 1}}}], "skipping": ["PUBLISH"], "quietly": true},
    {"expect": "B", "any_of": [{"packet": "PINGRESP"}, {"closed": true}, {"nothing": true}], "not_before": "1s", "within": "1500ms", "checks": ["5.0:MQTT-3.1.0-2"]},
    {"close": "B"}, {"drop": "B"}, {"wait": "250ms"}, {"broker": "kill"}, {"broker": "restart"}]})")[0];
  std::vector<std::string> lines;
  for (auto& step : one.steps) lines.push_back(step.text);
  EXPECT_THAT(lines, ElementsAre(
    "open A in MQTT 3.1.1 at the listener 'anonymous'", "open B", "send A: bytes c0 00, byte by byte",
    "send B: PINGREQ; PUBACK with packet_id 100, in writes of 1, 3 and the rest",
    "send B: PUBLISH with topic '#', properties_length left out, topic replaced by s3 'a'",
    "expect B: in any order: PINGRESP; PUBACK with packet_id at least 1",
    "expect B: PINGRESP, or closed, or nothing, within 1.5 s, not before 1 s",
    "close B", "drop B", "wait 250 ms", "kill the broker", "restart the broker"));
  EXPECT_TRUE(std::get<Expect>(one.steps[5].action).quietly);
  EXPECT_THAT(std::get<Expect>(one.steps[5].action).skipping, ElementsAre(mqtt::Type::publish));
  EXPECT_EQ(one.phases.times, 6);
  EXPECT_EQ(one.phases.over, Milliseconds(1500));
  EXPECT_TRUE(one.alone);
}

TEST(Loader, KeepsCapturesForLaterSteps) {
  auto one = cases_of(R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A"},
    {"expect": "A", "packet": {"PUBLISH": {"packet_id": {"$save": "pid"}, "properties": {"response_topic": {"$save": "to"}, "topic_alias": {"$save": "alias"}}}}},
    {"send": "A", "packet": {"PUBREC": {"packet_id": "${pid}"}}, "instead": {"reason_code": "00"}},
    {"publish": "A", "topic": "${to}", "properties": {"topic_alias": "${alias}"}}, {"receive": "A", "topic": "${T}/a", "qos": 2, "checks": ["5.0:MQTT-3.1.0-2"]}]})")[0];
  EXPECT_EQ(std::get<Send>(one.steps[4].action).packets[0], Json::parse(R"({"PUBREC": {"packet_id": "${pid}"}})"));
}

TEST(Loader, TheExamplesOfTheReadmeLoad) {
  std::ifstream in(SOURCE_DIR "/scenarios/README.md");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  auto from = text.find("    { \"title\"");
  cases_of(text.substr(from, text.find("\n\n", from) - from));
  int steps = 0;
  static const std::regex row("\\| `(\\{\"[a-z]+\": \"[^`]*\\})` \\|");
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
    auto step = std::regex_replace(std::regex_replace((*at)[1].str(), std::regex(", \\.\\.\\."), ""), std::regex("\\[M, \\[M, M\\]\\]"), "[\"PUBACK\", [\"PINGRESP\", \"PUBACK\"]]");
    step = std::regex_replace(std::regex_replace(step, std::regex(": P\\}"), ": \"PINGREQ\"}"), std::regex(": M\\}"), ": \"PINGRESP\"}");
    step = std::regex_replace(step, std::regex(": W\\}"), ": {\"close\": {}}}");
    auto suite = load_text("readme", "{\"title\": \"t\", \"versions\": [\"5.0\"], \"transport\": \"ws\", \"alone\": true, \"needs\": [\"restart\"], \"steps\": [{\"connect\": \"A\"}, {\"connect\": \"B\"},\n" + step +
      ",\n{\"connect\": \"A\", \"checks\": [\"5.0:MQTT-3.1.0-2\"]}]}", catalogue());
    for (auto& each : suite.complaints) ADD_FAILURE() << to_string(each);
    ++steps;
  }
  EXPECT_GE(steps, 18);
}

// Every value of a scenario in turn becomes something odd: the loader may complain, but never gives up.
TEST(Loader, SurvivesAnyValueAnywhere) {
  const auto whole = Json::parse(R"({"title": "t", "versions": ["3.1.1", "5.0"], "needs": ["qos2"], "phases": {"times": 2, "over": "1s"},
    "for": [{"name": "a", "x": "y", "n": {"$version": {"3.1.1": 1, "5.0": 2}}}],
    "steps": [{"connect": "A", "keep_alive": "${n}", "will": {"topic": "${T}", "properties": {"will_delay_interval": 1}}, "connack": {"reason_code": "Success"}},
      {"subscribe": "A", "to": ["${T}/${x}", {"filter": "${T}", "qos": 1}], "qos": 2}, {"publish": "A", "topic": "${T}", "qos": 2},
      {"expect": "A", "any_of": [{"packet": {"PUBLISH": {"topic": {"$matches": "a"}, "packet_id": {"$save": "p"}, "properties": {"user_property": [["k", "v"]]}}}},
        {"closed": true, "reason_code": {"$one_of": ["Success", {"$between": [1, 2]}]}}], "skipping": ["PUBREC"], "within": "2s"},
      {"send": "A", "packet": {"PUBACK": {"packet_id": "${p}"}}, "instead": {"packet_id": "m0"}, "split": [1]},
      {"send": "A", "packets": [{"SUBSCRIBE": {"packet_id": 100, "filters": ["${T}"]}}]}, {"send": "A", "raw": "c0 00"},
      {"expect": "A", "any_order": [{"SUBACK": {"reason_codes": {"$unordered": [0]}}}, {"PUBACK": {"packet_id": {"$length": {"$not": 1}}}}]},
      {"receive": "A", "topic": {"$raw": "'a'"}, "qos": 1, "checks": ["3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"]}]})");
  const char* const odd[] = {"null", "true", "7", "-1", "1.5", "\"\"", "\"${\"", "\"${x}\"", "[]", "{}", "[[]]", "{\"$save\": 1}", "{\"$one_of\": 1}", "{\"$version\": 1}", "{\"$raw\": \"q\"}"};
  std::size_t complaints = 0;
  std::set<std::string> bent_already;
  auto flat = whole.flatten();
  for (auto& [pointer, value] : flat.items())
    for (auto at = Json::json_pointer(pointer); !at.empty() && bent_already.insert(at.to_string()).second; at.pop_back())
      for (auto text : odd) {
        auto bent = whole;
        bent[at] = Json::parse(text);
        EXPECT_NO_THROW(complaints += load_text("bent", bent.dump(), catalogue()).complaints.size()) << at.to_string() << " " << text;
      }
  EXPECT_GT(complaints, 1000u);
}

TEST(Loader, EveryFileOfTheSuiteLoadsWithoutComplaint) {
  auto suite = load("scenarios", {"scenarios"}, catalogue());
  for (auto& each : suite.complaints) ADD_FAILURE() << to_string(each);
  EXPECT_GE(suite.cases.size(), 1000u);
}

}  // namespace
}  // namespace scenario::loader_test
