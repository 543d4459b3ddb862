#include "harness/scenario/words.h"

#include <gmock/gmock.h>

#include "harness/scenario/keys.h"

namespace scenario::words_test {
namespace {
constexpr auto v3 = mqtt::Version::v3_1_1, v5 = mqtt::Version::v5_0;

void expect_spelled(const char* step, mqtt::Version version, const char* steps, Counters counters = {}) {
  Json made = Json::array();
  for (auto& each : spell_out(Json::parse(step), version, counters)) made.push_back(each.step);
  EXPECT_EQ(made, Json::parse(steps)) << step << "\n" << made.dump(1);
}

TEST(Words, Connect) {
  expect_spelled(R"({"connect": "A"})", v3, R"([{"open": "A"}, {"send": "A", "packet": {"CONNECT": {}}}, {"expect": "A", "packet": {"CONNACK": {"reason_code": 0}}}])");
  expect_spelled(R"({"connect": "A", "mqtt": "3.1", "listener": "anonymous", "certificate": "client", "clean_start": false, "username": null, "session_present": true, "will": {"topic": "w"},
                     "connack": {"properties": {"reason_string": "x"}}, "checks": ["c"], "within": "1s", "skipping": ["AUTH"]})", v5,
    R"([{"open": "A", "mqtt": "3.1", "listener": "anonymous", "certificate": "client", "within": "1s"},
        {"send": "A", "packet": {"CONNECT": {"clean_start": false, "username": null, "will": {"topic": "w"}}}},
        {"expect": "A", "packet": {"CONNACK": {"reason_code": 0, "session_present": true, "properties": {"reason_string": "x"}}},
         "checks": ["c"], "within": "1s", "skipping": ["AUTH"]}])");
}

TEST(Words, SubscribeGrantsWhatWasAsked) {
  expect_spelled(R"({"subscribe": "A", "to": "t/#", "qos": 1, "checks": ["c"]})", v3,
    R"([{"send": "A", "packet": {"SUBSCRIBE": {"packet_id": 1, "filters": [{"filter": "t/#", "qos": 1}]}}},
        {"expect": "A", "packet": {"SUBACK": {"packet_id": 1, "reason_codes": [1]}}, "checks": ["c"]}])");
  expect_spelled(R"({"subscribe": "A", "to": ["a", {"filter": "b", "qos": 0, "no_local": false}, {"$raw": "'c'"}], "qos": 2, "no_local": true, "properties": {"subscription_identifier": 7}})", v5,
    R"([{"send": "A", "packet": {"SUBSCRIBE": {"packet_id": 5, "properties": {"subscription_identifier": 7}, "filters": [
          {"filter": "a", "qos": 2, "no_local": true}, {"filter": "b", "qos": 0, "no_local": false}, {"filter": {"$raw": "'c'"}, "qos": 2, "no_local": true}]}}},
        {"expect": "A", "packet": {"SUBACK": {"packet_id": 5, "reason_codes": [2, 0, 2]}}}])", {{{"A", 4}}, 0});
}

TEST(Words, Unsubscribe) {
  expect_spelled(R"({"unsubscribe": "A", "from": "t"})", v3,
    R"([{"send": "A", "packet": {"UNSUBSCRIBE": {"packet_id": 1, "filters": ["t"]}}}, {"expect": "A", "packet": {"UNSUBACK": {"packet_id": 1}}}])");
  expect_spelled(R"({"unsubscribe": "A", "from": ["t", "u"], "within": "1s"})", v5,
    R"([{"send": "A", "packet": {"UNSUBSCRIBE": {"packet_id": 1, "filters": ["t", "u"]}}},
        {"expect": "A", "packet": {"UNSUBACK": {"packet_id": 1, "reason_codes": [{"$one_of": [0, 17]}, {"$one_of": [0, 17]}]}}, "within": "1s"}])");
}

TEST(Words, Publish) {
  expect_spelled(R"({"publish": "A", "topic": "t"})", v5, R"([{"send": "A", "packet": {"PUBLISH": {"topic": "t"}}}])");
  expect_spelled(R"({"publish": "A", "topic": "t", "payload": "p", "qos": 1, "retain": true, "checks": ["c"]})", v3,
    R"([{"send": "A", "packet": {"PUBLISH": {"topic": "t", "payload": "p", "qos": 1, "retain": true, "packet_id": 1}}},
        {"expect": "A", "packet": {"PUBACK": {"packet_id": 1}}, "checks": ["c"]}])");
  expect_spelled(R"({"publish": "A", "topic": "t", "qos": 1})", v5,
    R"([{"send": "A", "packet": {"PUBLISH": {"topic": "t", "qos": 1, "packet_id": 1}}},
        {"expect": "A", "packet": {"PUBACK": {"packet_id": 1, "reason_code": {"$one_of": [0, 16]}}}}])");
  expect_spelled(R"({"publish": "A", "topic": "t", "qos": 2, "skipping": ["PUBLISH"], "within": "1s", "checks": ["c"]})", v5,
    R"([{"send": "A", "packet": {"PUBLISH": {"topic": "t", "qos": 2, "packet_id": 1}}},
        {"expect": "A", "packet": {"PUBREC": {"packet_id": 1, "reason_code": {"$one_of": [0, 16]}}}, "skipping": ["PUBLISH"]},
        {"send": "A", "packet": {"PUBREL": {"packet_id": 1}}},
        {"expect": "A", "packet": {"PUBCOMP": {"packet_id": 1, "reason_code": 0}}, "skipping": ["PUBLISH"], "within": "1s", "checks": ["c"]}])");
}

TEST(Words, ReceiveAcknowledgesToTheEnd) {
  expect_spelled(R"({"receive": "B", "topic": "t", "payload": {"$any": true}})", v5, R"([{"expect": "B", "packet": {"PUBLISH": {"topic": "t", "payload": {"$any": true}, "qos": 0}}}])");
  expect_spelled(R"({"receive": "B", "topic": "t", "qos": 1, "not_before": "1s"})", v3,
    R"([{"expect": "B", "packet": {"PUBLISH": {"topic": "t", "qos": 1, "packet_id": {"$save": "receive 3"}}}, "not_before": "1s"},
        {"send": "B", "packet": {"PUBACK": {"packet_id": "${receive 3}"}}}])", {{}, 2});
  expect_spelled(R"({"receive": "B", "topic": "t", "qos": 2, "checks": ["c"]})", v3,
    R"([{"expect": "B", "packet": {"PUBLISH": {"topic": "t", "qos": 2, "packet_id": {"$save": "receive 1"}}}, "checks": ["c"]},
        {"send": "B", "packet": {"PUBREC": {"packet_id": "${receive 1}"}}},
        {"expect": "B", "packet": {"PUBREL": {"packet_id": "${receive 1}"}}},
        {"send": "B", "packet": {"PUBCOMP": {"packet_id": "${receive 1}"}}}])");
}

TEST(Words, PingAndDisconnect) {
  expect_spelled(R"({"ping": "A", "checks": ["c"]})", v3, R"([{"send": "A", "packet": {"PINGREQ": {}}}, {"expect": "A", "packet": {"PINGRESP": {}}, "checks": ["c"]}])");
  expect_spelled(R"({"disconnect": "A", "reason_code": 4})", v5, R"([{"send": "A", "packet": {"DISCONNECT": {"reason_code": 4}}}, {"end": "A"}])");
}

TEST(Words, CutInEveryWay) {
  expect_spelled(R"({"cut": "A", "by": "fin"})", v3, R"([{"close": "A"}])");
  expect_spelled(R"({"cut": "A", "by": "reset"})", v3, R"([{"drop": "A"}])");
  expect_spelled(R"({"cut": "A", "by": "disconnect"})", v3, R"([{"send": "A", "packet": {"DISCONNECT": {}}}, {"end": "A"}])");
  expect_spelled(R"({"cut": "A", "by": "keep_alive"})", v3, R"([{"expect": "A", "closed": true, "quietly": true, "within": "20s",
    "skipping": ["PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK", "PINGRESP"]}])");
  expect_spelled(R"({"cut": "A", "by": "takeover"})", v3,
    R"([{"open": "A", "takes_over": true}, {"send": "A", "packet": {"CONNECT": {}}}, {"expect": "A", "packet": {"CONNACK": {"reason_code": 0}}}])");
}

TEST(Words, ConnectAfterACut) {
  expect_spelled(R"({"connect": "A", "after": "reset"})", v3,
    R"([{"drop": "A"}, {"open": "A"}, {"send": "A", "packet": {"CONNECT": {}}}, {"expect": "A", "packet": {"CONNACK": {"reason_code": 0}}}])");
  expect_spelled(R"({"connect": "A", "after": "takeover", "clean_start": false})", v3,
    R"([{"open": "A", "takes_over": true}, {"send": "A", "packet": {"CONNECT": {"clean_start": false}}}, {"expect": "A", "packet": {"CONNACK": {"reason_code": 0}}}])");
  expect_spelled(R"({"connect": "A"})", v3,
    R"([{"open": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": 2}}}, {"expect": "A", "packet": {"CONNACK": {"reason_code": 0}}}])", {{}, 0, {"A"}});
  expect_spelled(R"({"connect": "A", "keep_alive": 5})", v3,
    R"([{"open": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": 5}}}, {"expect": "A", "packet": {"CONNACK": {"reason_code": 0}}}])", {{}, 0, {"A"}});
}

TEST(Words, CountPacketIdentifiersForEachClient) {
  Counters counters;
  for (auto client : {"A", "A", "B"}) spell_out(Json{{"publish", client}, {"topic", "t"}, {"qos", 1}}, v3, counters);
  spell_out(Json{{"publish", "B"}, {"topic", "t"}}, v3, counters);   // QoS 0 takes none
  EXPECT_EQ(counters.packet_ids, (std::map<std::string, int>{{"A", 2}, {"B", 1}}));
}

TEST(Words, AreThoseOfTheTable) {
  for (auto& word : words()) EXPECT_EQ(is_flow_word(std::string(word.name)), word.flow) << word.name;
}

}  // namespace
}  // namespace scenario::words_test
