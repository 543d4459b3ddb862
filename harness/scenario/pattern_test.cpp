#include "harness/scenario/pattern.h"

#include <gmock/gmock.h>

namespace scenario::pattern_test {
namespace {

Json parsed(const std::string& text) { return Json::parse(text); }

bool match(const std::string& pattern, const std::string& actual) {
  Variables variables;
  return !mismatch(parsed(pattern), parsed(actual), variables);
}

struct Row { const char *pattern, *right, *wrong; };

TEST(Matchers, HoldAndDoNotHold) {
  const Row rows[] = {
    {R"({"a": 1})", R"({"a": 1, "b": 2})", R"({"a": 2})"},
    {R"({"a": "x"})", R"({"a": "x"})", R"({})"},
    {R"({"a": true})", R"({"a": true})", R"({"a": 1})"},
    {R"([1, 2])", R"([1, 2])", R"([1, 2, 3])"},
    {R"([1, 2])", R"([1, 2])", R"([2, 1])"},
    {R"({"a": {"$any": true}})", R"({"a": null})", R"({"b": 1})"},
    {R"({"a": {"$absent": true}})", R"({"b": 1})", R"({"a": 1})"},
    {R"({"a": {"$min": 3}})", R"({"a": 3})", R"({"a": 2})"},
    {R"({"a": {"$min": 3}})", R"({"a": 4})", R"({"a": "4"})"},
    {R"({"a": {"$max": 3}})", R"({"a": 3})", R"({"a": 4})"},
    {R"({"a": {"$max": 3}})", R"({"a": 0})", R"({})"},
    {R"({"a": {"$between": [2, 3]}})", R"({"a": 2})", R"({"a": 1})"},
    {R"({"a": {"$between": [2, 3]}})", R"({"a": 3})", R"({"a": 4})"},
    {R"({"a": {"$length": 3}})", R"({"a": "abc"})", R"({"a": "ab"})"},
    {R"({"a": {"$length": 2}})", "{\"a\": \"\xc3\xa9\"}", R"({"a": "e"})"},
    {R"({"a": {"$length": 2}})", R"({"a": {"$raw": "c3 28"}})", R"({"a": {"$raw": "c3"}})"},
    {R"({"a": {"$length": {"$min": 1}}})", R"({"a": [0]})", R"({"a": []})"},
    {R"({"a": {"$length": 2}})", R"({"a": "ab"})", R"({"a": 12})"},
    {R"({"a": {"$matches": "^[a-z]+$"}})", R"({"a": "abc"})", R"({"a": "abC"})"},
    {R"({"a": {"$matches": "b"}})", R"({"a": "abc"})", R"({"a": 5})"},
    {R"({"a": {"$one_of": [0, {"$min": 128}]}})", R"({"a": 0})", R"({"a": 1})"},
    {R"({"a": {"$one_of": [0, {"$min": 128}]}})", R"({"a": 129})", R"({})"},
    {R"({"a": {"$one_of": [0, {"$absent": true}]}})", R"({})", R"({"a": 1})"},
    {R"({"a": {"$not": 0}})", R"({"a": 1})", R"({"a": 0})"},
    {R"({"a": {"$not": 0}})", R"({"a": "0"})", R"({})"},
    {R"({"a": {"$unordered": [1, 2]}})", R"({"a": [2, 1]})", R"({"a": [1, 1]})"},
    {R"({"a": {"$unordered": [{"$min": 1}, 1]}})", R"({"a": [1, 2]})", R"({"a": [2, 2]})"},
    {R"({"a": {"$unordered": [1]}})", R"({"a": [1]})", R"({"a": [1, 2]})"},
    {R"({"a": {"$raw": "c3 28"}})", R"({"a": {"$raw": "c328"}})", R"({"a": {"$raw": "c3 29"}})"},
    {R"({"a": {"$raw": "61 'b'"}})", R"({"a": "ab"})", R"({"a": "abc"})"},
    {R"({"a": {"$raw": "61"}})", R"({"a": "a"})", R"({"a": 97})"},
    {R"({"a": {"$save": "x"}})", R"({"a": 0})", R"({})"},
    {R"({"a": {"b": {"$absent": true}}})", R"({"a": {}})", R"({"a": {"b": 1}})"},
    {R"("PINGRESP")", R"({"PINGRESP": {}})", R"({"PUBACK": {"packet_id": 1}})"},
    {R"({"$min": 128})", "135", "0"},
  };
  for (auto& row : rows) {
    EXPECT_TRUE(match(row.pattern, row.right)) << row.pattern << " " << row.right;
    EXPECT_FALSE(match(row.pattern, row.wrong)) << row.pattern << " " << row.wrong;
  }
}

TEST(Matchers, ARegularExpressionIsNotTriedOnALongText) {
  EXPECT_TRUE(match(R"({"$matches": "a"})", Json(std::string(4096, 'a')).dump()));
  EXPECT_FALSE(match(R"({"$matches": "a"})", Json(std::string(4097, 'a')).dump()));
}

TEST(Patterns, CaptureOnlyWhenTheWholePatternMatches) {
  Variables variables;
  auto pattern = parsed(R"({"PUBLISH": {"packet_id": {"$save": "pid"}, "qos": 1}})");
  EXPECT_TRUE(mismatch(pattern, parsed(R"({"PUBLISH": {"packet_id": 7, "qos": 2}})"), variables));
  EXPECT_TRUE(variables.empty());
  EXPECT_FALSE(mismatch(pattern, parsed(R"({"PUBLISH": {"packet_id": 7, "qos": 1}})"), variables));
  EXPECT_EQ(variables.at("pid"), 7);
}

TEST(Patterns, CaptureInTheBranchThatMatched) {
  Variables variables;
  auto pattern = parsed(R"({"a": {"$one_of": [{"b": {"$save": "first"}, "c": 1}, {"b": {"$save": "second"}}]}})");
  EXPECT_FALSE(mismatch(pattern, parsed(R"({"a": {"b": 5, "c": 2}})"), variables));
  EXPECT_EQ(variables, (Variables{{"second", 5}}));
}

TEST(Patterns, TakeVariables) {
  Variables variables{{"pid", 7}, {"T", "t"}};
  EXPECT_FALSE(mismatch(parsed(R"({"PUBLISH": {"packet_id": "${pid}", "topic": "${T}/a"}})"), parsed(R"({"PUBLISH": {"packet_id": 7, "topic": "t/a"}})"), variables));
}

struct Miss { const char *pattern, *actual, *pointer, *expected, *said; };

TEST(Patterns, SayWhatDiffers) {
  const Miss rows[] = {
    {R"({"PUBLISH": {"qos": 2}})", R"({"PUBLISH": {"qos": 1}})", "/PUBLISH/qos", "qos 2", "qos 1"},
    {R"({"PUBLISH": {"topic": "a"}})", R"({"PUBLISH": {"topic": {"$raw": "c3 28"}}})", "/PUBLISH/topic", "topic 'a'", "topic bytes c3 28"},
    {R"({"PUBLISH": {"properties": {"topic_alias": {"$absent": true}}}})", R"({"PUBLISH": {"properties": {"topic_alias": 5}}})",
      "/PUBLISH/properties/topic_alias", "no topic_alias", "topic_alias 5"},
    {R"({"PUBLISH": {"properties": {"topic_alias": {"$any": true}}}})", R"({"PUBLISH": {"properties": {}}})",
      "/PUBLISH/properties/topic_alias", "any topic_alias", "no topic_alias"},
    {R"({"PUBLISH": {"properties": {"user_property": [["a", "b"]]}}})", R"({"PUBLISH": {"properties": {"user_property": [["a", "c"]]}}})",
      "/PUBLISH/properties/user_property/0/1", "user_property[0][1] 'b'", "user_property[0][1] 'c'"},
    {R"({"SUBACK": {"reason_codes": [0, 1]}})", R"({"SUBACK": {"reason_codes": [0, 135]}})",
      "/SUBACK/reason_codes/1", "reason_codes[1] 1 (Granted QoS 1)", "reason_codes[1] 0x87 (Not authorized)"},
    {R"({"SUBACK": {"reason_codes": [0, 1]}})", R"({"SUBACK": {"reason_codes": [0]}})",
      "/SUBACK/reason_codes", "reason_codes [0 (Granted QoS 0), 1 (Granted QoS 1)]", "reason_codes [0 (Granted QoS 0)]"},
    {R"({"PUBLISH": {"qos": 1}})", R"({"DISCONNECT": {"reason_code": 142, "properties": {}}})", "", "PUBLISH with qos 1", "DISCONNECT with reason_code 0x8e (Session taken over)"},
    {R"({"$min": 128})", "5", "", "at least 128", "5"},
  };
  for (auto& row : rows) {
    Variables variables;
    auto found = mismatch(parsed(row.pattern), parsed(row.actual), variables);
    ASSERT_TRUE(found) << row.pattern;
    EXPECT_EQ(found->pointer, row.pointer);
    EXPECT_EQ(found->expected, row.expected);
    EXPECT_EQ(found->actual, row.said);
  }
}

TEST(Patterns, AreDescribed) {
  const std::pair<const char*, const char*> rows[] = {
    {R"("PINGRESP")", "PINGRESP"},
    {R"({"PUBLISH": {"qos": {"$one_of": [1, 2]}, "topic": "a/b"}})", "PUBLISH with topic 'a/b', qos 1 or 2"},
    {R"({"PUBLISH": {"payload": {"$length": {"$max": 9}}, "packet_id": {"$save": "pid"}, "retain": false}})",
      "PUBLISH with payload of length at most 9, retain false, any packet_id, kept as ${pid}"},
    {R"({"CONNACK": {"reason_code": {"$not": 0}, "properties": {"reason_string": {"$any": true}, "maximum_qos": {"$absent": true}}}})",
      "CONNACK with reason_code not 0 (Success), no maximum_qos, any reason_string"},
    {R"({"CONNACK": {"reason_code": {"$one_of": [1, 5, {"$min": 128}]}}})",
      "CONNACK with reason_code 1 (Unacceptable protocol version), 5 (Not authorized) or at least 128"},
    {R"({"PUBLISH": {"topic": {"$matches": "^a"}, "payload": {"$raw": "ff"}, "properties": {"subscription_identifier": {"$unordered": [1, 2]}}}})",
      "PUBLISH with topic that matches /^a/, payload bytes ff, subscription_identifier 1, 2 in any order"},
    {R"({"PUBLISH": {"qos": {"$between": [0, 1]}}})", "PUBLISH with qos from 0 to 1"},
    {R"({"CONNECT": {"will": {"topic": "${T}/w", "qos": 1}, "username": null}})", "CONNECT with username none, will (qos 1, topic '${T}/w')"},
    {R"({"PUBLISH": {"payload": "a\nb"}})", "PUBLISH with payload 'a\\nb'"},
  };
  for (auto& [pattern, words] : rows) EXPECT_EQ(describe(parsed(pattern)), words);
  EXPECT_EQ(describe(Json{{"PUBLISH", {{"payload", std::string(100, 'x')}}}}), "PUBLISH with payload '" + std::string(60, 'x') + "'... (100 bytes)");
}

TEST(Patterns, ASummaryLeavesOutWhatSaysNothing) {
  EXPECT_EQ(summary(parsed(R"({"PUBLISH": {"topic": "a", "payload": "", "qos": 0, "retain": false, "dup": true, "properties": {}}})")),
            "PUBLISH with topic 'a', payload '', qos 0, dup true");
  EXPECT_EQ(summary(parsed(R"({"PINGRESP": {}})")), "PINGRESP");
}

}  // namespace
}  // namespace scenario::pattern_test
