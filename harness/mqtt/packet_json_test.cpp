#include "harness/mqtt/packet_json.h"

#include <gtest/gtest.h>

#include "harness/mqtt/generated_packets.h"

namespace mqtt::packet_json_test {
namespace {

using nlohmann::json;
constexpr auto v31 = Version::v3_1, v311 = Version::v3_1_1, v5 = Version::v5_0;

std::string sent(std::string_view text, Version version) {
  auto made = packet_from_json(json::parse(text), version);
  if (!made.packet) return "no packet";
  return hex(encode(*made.packet, version).bytes);
}

std::string complaints(std::string_view text, Version version) {
  std::string all;
  auto made = packet_from_json(json::parse(text), version);
  EXPECT_EQ(made.packet.has_value(), made.errors.empty());
  for (auto& each : made.errors) all += (all.empty() ? "" : "\n") + each.pointer + ": " + each.text;
  return all;
}

TEST(PacketJson, ShowsEveryFieldTheVersionKnows) {
  auto shown = [](Packet packet, Version version) { return to_json(packet, version).dump(); };
  EXPECT_EQ(shown(Publish{false, 1, false, "a/b", 7, {}, bytes_of("hi")}, v311),
            R"({"PUBLISH":{"dup":false,"packet_id":7,"payload":"hi","qos":1,"retain":false,"topic":"a/b"}})");
  EXPECT_EQ(shown(Publish{true, 0, true, "a", 0, {}, {}}, v5), R"({"PUBLISH":{"dup":true,"payload":"","properties":{},"qos":0,"retain":true,"topic":"a"}})");
  EXPECT_EQ(shown(Connack{true, 0, {}}, v311), R"({"CONNACK":{"reason_code":0,"session_present":true}})");
  EXPECT_EQ(shown(Connack{}, v31), R"({"CONNACK":{"reason_code":0}})");
  EXPECT_EQ(shown(Connack{false, 0x87, {{0x24, 1u}}}, v5), R"({"CONNACK":{"properties":{"maximum_qos":1},"reason_code":135,"session_present":false}})");
  EXPECT_EQ(shown(Puback{7, 0, {}}, v311), R"({"PUBACK":{"packet_id":7}})");
  EXPECT_EQ(shown(Puback{7, 16, {}}, v5), R"({"PUBACK":{"packet_id":7,"properties":{},"reason_code":16}})");
  EXPECT_EQ(shown(Subscribe{1, {}, {{"a", 2}}}, v311), R"({"SUBSCRIBE":{"filters":[{"filter":"a","qos":2}],"packet_id":1}})");
  EXPECT_EQ(shown(Subscribe{1, {}, {{"a", 0x2e}}}, v5),
            R"({"SUBSCRIBE":{"filters":[{"filter":"a","no_local":true,"qos":2,"retain_as_published":true,"retain_handling":2}],"packet_id":1,"properties":{}}})");
  EXPECT_EQ(shown(Suback{1, {}, {0, 128}}, v311), R"({"SUBACK":{"packet_id":1,"reason_codes":[0,128]}})");
  EXPECT_EQ(shown(Unsubscribe{1, {}, {"a", "b"}}, v31), R"({"UNSUBSCRIBE":{"filters":["a","b"],"packet_id":1}})");
  EXPECT_EQ(shown(Unsuback{1, {}, {}}, v311), R"({"UNSUBACK":{"packet_id":1}})");
  EXPECT_EQ(shown(Unsuback{1, {}, {17}}, v5), R"({"UNSUBACK":{"packet_id":1,"properties":{},"reason_codes":[17]}})");
  EXPECT_EQ(shown(Pingresp{}, v311), R"({"PINGRESP":{}})");
  EXPECT_EQ(shown(Disconnect{}, v311), R"({"DISCONNECT":{}})");
  EXPECT_EQ(shown(Disconnect{0x8e, {}}, v5), R"({"DISCONNECT":{"properties":{},"reason_code":142}})");
  Connect connect;
  connect.client_id = "c";
  connect.username = "u";
  connect.password = Bytes{0xff};
  connect.will = Will{"w", bytes_of("bye"), 1, true, {}};
  EXPECT_EQ(shown(connect, v311),
            R"({"CONNECT":{"clean_start":true,"client_id":"c","keep_alive":0,"password":{"$raw":"ff"},"protocol_level":4,"protocol_name":"MQTT",)"
            R"("username":"u","will":{"payload":"bye","qos":1,"retain":true,"topic":"w"}}})");
}

TEST(PacketJson, ShowsIllFormedTextAsBytes) {
  EXPECT_EQ(to_json(Publish{false, 0, false, "\xc3(", 0, {}, {0xff}}, v311)["PUBLISH"]["topic"], json({{"$raw", "c3 28"}}));
  EXPECT_EQ(to_json(Publish{false, 0, false, "", 0, {}, {0x00, 0x41}}, v311)["PUBLISH"]["payload"], json(std::string("\0A", 2)));
}

TEST(PacketJson, ShowsPropertiesInTheWordsOfScenarios) {
  Publish p{false, 0, false, "a", 0, {{0x26, Pair{"k", "v"}}, {0x0b, 7u}, {0x26, Pair{"k", "w"}}, {0x09, Bytes{0xff}}}, {}};
  EXPECT_EQ(to_json(p, v5)["PUBLISH"]["properties"].dump(),
            R"({"correlation_data":{"$raw":"ff"},"subscription_identifier":[7],"user_property":[["k","v"],["k","w"]]})");
  p.properties = {{0x23, 1u}, {0x26, Pair{"k", "v"}}, {0x23, 2u}};
  EXPECT_EQ(to_json(p, v5)["PUBLISH"]["properties"].dump(), R"([{"topic_alias":1},{"user_property":["k","v"]},{"topic_alias":2}])");
}

TEST(PacketJson, ComesBackAsItWent) {
  for (auto version : all_versions)
    for (auto type : PacketGenerator::types(version))
      for (std::uint32_t seed = 0; seed < 30; ++seed) {
        auto packet = PacketGenerator(seed).packet(type, version).packet;
        auto shown = to_json(packet, version);
        auto made = packet_from_json(shown, version);
        ASSERT_TRUE(made.packet) << shown.dump() << " " << made.errors[0].pointer << " " << made.errors[0].text;
        ASSERT_EQ(to_json(*made.packet, version), shown);   // an object keeps no order of properties, so the packets may differ in that
      }
}

TEST(PacketFromJson, FillsInTheDefaults) {
  EXPECT_EQ(sent(R"("PINGREQ")", v311), "c0 00");
  EXPECT_EQ(sent(R"({"PINGREQ": {}})", v5), "c0 00");
  EXPECT_EQ(sent(R"("DISCONNECT")", v5), "e0 00");
  EXPECT_EQ(sent(R"({"CONNECT": {"client_id": "a"}})", v311), "10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 61");
  EXPECT_EQ(sent(R"("CONNECT")", v5), "10 0d 00 04 4d 51 54 54 05 02 00 3c 00 00 00");
  EXPECT_EQ(sent(R"("CONNECT")", v31), "10 0e 00 06 4d 51 49 73 64 70 03 02 00 3c 00 00");
  EXPECT_EQ(sent(R"({"PUBLISH": {"topic": "a"}})", v311), "30 03 00 01 61");
  EXPECT_EQ(sent(R"({"SUBSCRIBE": {"packet_id": 100, "filters": ["a", {"filter": "b", "qos": 1}]}})", v311), "82 0a 00 64 00 01 61 00 00 01 62 01");
}

TEST(PacketFromJson, TakesEveryForm) {
  EXPECT_EQ(sent(R"({"CONNECT": {"client_id": "a", "username": null, "password": null, "will": null, "keep_alive": 0, "clean_start": false}})", v311),
            "10 0d 00 04 4d 51 54 54 04 00 00 00 00 01 61");
  EXPECT_EQ(sent(R"({"CONNECT": {"username": "u", "password": {"$raw": "ff"}, "will": {"topic": "w", "qos": 2, "retain": true, "properties": {"will_delay_interval": 1}}}})", v5),
            "10 1e 00 04 4d 51 54 54 05 f6 00 3c 00 00 00 05 18 00 00 00 01 00 01 77 00 00 00 01 75 00 01 ff");
  EXPECT_EQ(sent(R"({"PUBLISH": {"topic": {"$raw": "c3 28"}, "payload": {"$raw": "'a'*3"}, "qos": 2, "dup": true, "retain": true, "packet_id": 1}})", v311),
            "3d 09 00 02 c3 28 00 01 61 61 61");
  EXPECT_EQ(sent(R"({"SUBSCRIBE": {"packet_id": 1, "filters": [{"$raw": "ff"}, {"filter": {"$raw": "fe"}, "no_local": true, "retain_as_published": true, "retain_handling": 2}]}})", v5),
            "82 0b 00 01 00 00 01 ff 00 00 01 fe 2c");
  EXPECT_EQ(sent(R"({"SUBSCRIBE": {"packet_id": 1, "filters": [{"filter": "a", "qos": 1, "no_local": true, "retain_handling": 1}]}})", v311), "82 06 00 01 00 01 61 01");
  EXPECT_EQ(sent(R"({"UNSUBSCRIBE": {"packet_id": 1, "filters": ["a", {"$raw": "ff"}]}})", v311), "a2 08 00 01 00 01 61 00 01 ff");
  EXPECT_EQ(sent(R"({"SUBSCRIBE": {"packet_id": 1, "filters": []}})", v311), "82 02 00 01");
  EXPECT_EQ(sent(R"({"DISCONNECT": {"reason_code": "Disconnect with Will Message"}})", v5), "e0 01 04");
  EXPECT_EQ(sent(R"({"DISCONNECT": {"reason_code": "Disconnect with Will Message", "properties": {"nonsense": 1}}})", v311), "e0 00");
  EXPECT_EQ(sent(R"({"SUBACK": {"packet_id": 1, "reason_codes": [0, "0x80", "Granted QoS 1"]}})", v311), "90 05 00 01 00 80 01");
  EXPECT_EQ(sent(R"({"CONNACK": {"session_present": true, "reason_code": "not AUTHORIZED"}})", v311), "20 02 01 05");
  EXPECT_EQ(sent(R"({"CONNACK": {"reason_code": "not AUTHORIZED"}})", v5), "20 03 00 87 00");
}

TEST(PacketFromJson, TakesPropertiesAsAnObjectOrAList) {
  auto publish = [](std::string properties) { return sent(R"({"PUBLISH": {"topic": "", "properties": )" + properties + "}}", v5); };
  EXPECT_EQ(publish(R"({"topic_alias": 1})"), "30 06 00 00 03 23 00 01");
  EXPECT_EQ(publish(R"([{"topic_alias": 1}, {"topic_alias": 2}])"), "30 09 00 00 06 23 00 01 23 00 02");
  EXPECT_EQ(publish(R"({"user_property": [["k", "v"], ["k", ""]]})"), "30 10 00 00 0d 26 00 01 6b 00 01 76 26 00 01 6b 00 00");
  EXPECT_EQ(publish(R"([{"user_property": ["k", {"$raw": "ff"}]}, {"payload_format_indicator": 1}])"), "30 0c 00 00 09 26 00 01 6b 00 01 ff 01 01");
  EXPECT_EQ(publish(R"({"subscription_identifier": [7, 268435455]})"), "30 0a 00 00 07 0b 07 0b ff ff ff 7f");
  EXPECT_EQ(publish(R"({"subscription_identifier": 7})"), "30 05 00 00 02 0b 07");
  EXPECT_EQ(publish(R"({"correlation_data": {"$raw": "00 ff"}})"), "30 08 00 00 05 09 00 02 00 ff");
  EXPECT_EQ(publish(R"({"payload_format_indicator": 255})"), "30 05 00 00 02 01 ff");
  EXPECT_EQ(publish("{}"), "30 03 00 00 00");
}

TEST(PacketFromJson, SaysWhatIsWrongAndWhere) {
  struct { const char* text; Version version; const char* complaints; } cases[] = {
      {R"(5)", v311, R"(: a packet is a name ("PINGREQ") or an object with one key, the packet's name, not 5)"},
      {R"({"PINGREQ": {}, "PUBACK": {}})", v311, R"(: a packet is a name ("PINGREQ") or an object with one key, the packet's name, not {"PINGREQ":{},"PUBACK":{}})"},
      {R"("PINGRQ")", v311, ": there is no packet 'PINGRQ'; did you mean 'PINGREQ'?"},
      {R"({"PUBLSH": {}})", v311, "/PUBLSH: there is no packet 'PUBLSH'; did you mean 'PUBLISH'?"},
      {R"({"PUBLISH": []})", v311, "/PUBLISH: PUBLISH must be an object, not []\n/PUBLISH: PUBLISH needs topic"},
      {R"({"PUBLISH": {"topik": "a", "topic": "a"}})", v311, "/PUBLISH/topik: PUBLISH has no field 'topik'; did you mean 'topic'?"},
      {R"({"DISCONNECT": {"xyzzy": "a"}})", v311, "/DISCONNECT/xyzzy: DISCONNECT has no field 'xyzzy'; there is reason_code, properties"},
      {R"({"PINGREQ": {"packet_id": 1}})", v311, "/PINGREQ/packet_id: PINGREQ has no field 'packet_id'; it has none"},
      {R"({"PUBACK": {"packet_id": 70000}})", v311, "/PUBACK/packet_id: packet_id 70000 does not fit 16 bits"},
      {R"({"PUBACK": {"packet_id": -1}})", v311, "/PUBACK/packet_id: packet_id -1 does not fit 16 bits"},
      {R"({"PUBACK": {"packet_id": "7"}})", v311, "/PUBACK/packet_id: packet_id must be a whole number, not \"7\""},
      {R"({"PUBACK": {"packet_id": 7.5}})", v311, "/PUBACK/packet_id: packet_id must be a whole number, not 7.5"},
      {R"({"PUBACK": {}})", v311, "/PUBACK: PUBACK needs packet_id"},
      {R"({"PUBLISH": {"topic": "a", "qos": 1}})", v311, "/PUBLISH: PUBLISH needs packet_id with qos 1"},
      {R"({"PUBLISH": {"topic": "a", "qos": 4}})", v311, "/PUBLISH/qos: qos 4 does not fit 2 bits"},
      {R"({"PUBLISH": {"topic": "a", "retain": 1}})", v311, "/PUBLISH/retain: retain must be true or false, not 1"},
      {R"({"PUBLISH": {"topic": 5}})", v311, "/PUBLISH/topic: topic must be a text or {\"$raw\": \"...\"}, not 5"},
      {R"({"PUBLISH": {"topic": "a", "payload": {"$raw": "0g"}}})", v311,
       "/PUBLISH/payload/$raw: character 1: '0g' is no token; write hex (c0), 'text', s5, s'text', m1234, r14, r, or ;"},
      {R"({"PUBLISH": {"topic": {"$raw": "'a'*65536"}}})", v311, "/PUBLISH/topic: topic of 65536 bytes is too long; at most 65535"},
      {R"({"SUBSCRIBE": {"packet_id": 1}})", v311, "/SUBSCRIBE: SUBSCRIBE needs filters"},
      {R"({"SUBSCRIBE": {"packet_id": 1, "filters": "a"}})", v311, "/SUBSCRIBE/filters: filters must be a list, not \"a\""},
      {R"({"SUBSCRIBE": {"packet_id": 1, "filters": ["a", 5]}})", v311, "/SUBSCRIBE/filters/1: filters[1] must be a text or {\"$raw\": \"...\"}, not 5"},
      {R"({"SUBSCRIBE": {"packet_id": 1, "filters": [{"filter": "a", "quos": 1}]}})", v311, "/SUBSCRIBE/filters/0/quos: filters[0] has no field 'quos'; did you mean 'qos'?"},
      {R"({"SUBSCRIBE": {"packet_id": 1, "filters": [{"qos": 1}]}})", v311, "/SUBSCRIBE/filters/0: filters[0] needs filter"},
      {R"({"CONNECT": {"will": {"payload": "x", "qos": 9}}})", v311, "/CONNECT/will: will needs topic\n/CONNECT/will/qos: qos 9 does not fit 2 bits"},
      {R"({"CONNECT": {"will": {"topic": "w", "delay": 9}}})", v311,
       "/CONNECT/will/delay: will has no field 'delay'; there is topic, payload, qos, retain, properties"},
      {R"({"CONNECT": {"protocol_level": 256}})", v311, "/CONNECT/protocol_level: protocol_level 256 does not fit 8 bits"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"topic_alais": 1}}})", v5, "/PUBLISH/properties/topic_alais: there is no property 'topic_alais'; did you mean 'topic_alias'?"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"topic_alias": 70000}}})", v5, "/PUBLISH/properties/topic_alias: topic_alias 70000 does not fit 16 bits"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"payload_format_indicator": 256}}})", v5,
       "/PUBLISH/properties/payload_format_indicator: payload_format_indicator 256 does not fit 8 bits"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"message_expiry_interval": 4294967296}}})", v5,
       "/PUBLISH/properties/message_expiry_interval: message_expiry_interval 4294967296 does not fit 32 bits"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"subscription_identifier": [1, 268435456]}}})", v5,
       "/PUBLISH/properties/subscription_identifier/1: subscription_identifier 268435456 does not fit 28 bits"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"topic_alias": [1, 2]}}})", v5, "/PUBLISH/properties/topic_alias: topic_alias must be a whole number, not [1,2]"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"content_type": 1}}})", v5, "/PUBLISH/properties/content_type: content_type must be a text or {\"$raw\": \"...\"}, not 1"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"user_property": {"k": "v"}}}})", v5,
       "/PUBLISH/properties/user_property: user_property must be a list of pairs [[\"key\", \"value\"]], not {\"k\":\"v\"}"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"user_property": [["k"]]}}})", v5,
       "/PUBLISH/properties/user_property/0: user_property must be a pair [\"key\", \"value\"], not [\"k\"]"},
      {R"({"PUBLISH": {"topic": "a", "properties": {"user_property": [["k", 1]]}}})", v5,
       "/PUBLISH/properties/user_property/0/1: user_property must be a text or {\"$raw\": \"...\"}, not 1"},
      {R"({"PUBLISH": {"topic": "a", "properties": 5}})", v5, "/PUBLISH/properties: properties must be an object or a list of one-key objects, not 5"},
      {R"({"PUBLISH": {"topic": "a", "properties": [{"topic_alias": 1, "content_type": "x"}]}})", v5,
       "/PUBLISH/properties/0: properties[0] must be an object with one key, the property's name, not {\"content_type\":\"x\",\"topic_alias\":1}"},
      {R"({"PUBLISH": {"topic": "a", "properties": [{"topic_alais": 1}]}})", v5,
       "/PUBLISH/properties/0/topic_alais: there is no property 'topic_alais'; did you mean 'topic_alias'?"},
      {R"({"DISCONNECT": {"reason_code": 256}})", v5, "/DISCONNECT/reason_code: reason_code 256 does not fit 8 bits"},
      {R"({"DISCONNECT": {"reason_code": true}})", v5, "/DISCONNECT/reason_code: reason_code must be a number, \"0x87\" or a name, not true"},
      {R"({"DISCONNECT": {"reason_code": "Protocol Eror"}})", v5, "/DISCONNECT/reason_code: MQTT 5.0 has no reason code \"Protocol Eror\"; did you mean 'Protocol Error'?"},
      {R"({"CONNACK": {"reason_code": "Banned"}})", v311, "/CONNACK/reason_code: MQTT 3.1.1 has no reason code \"Banned\"; write a number, \"0x87\", or the standard's name"},
      {R"({"SUBACK": {"packet_id": 1, "reason_codes": [0, 300]}})", v311, "/SUBACK/reason_codes/1: reason_codes[1] 300 does not fit 8 bits"},
      {R"({"PUBLISH": {"a/b": 1, "topic": "a", "qos": "x"}})", v311,
       "/PUBLISH/a~1b: PUBLISH has no field 'a/b'; there is topic, payload, qos, retain, dup, packet_id, properties\n/PUBLISH/qos: qos must be a whole number, not \"x\""},
  };
  for (auto& each : cases) EXPECT_EQ(complaints(each.text, each.version), each.complaints) << each.text;
}

TEST(ReasonCodes, AreUnderstoodInEveryForm) {
  EXPECT_EQ(reason_code_of(135, v5), 135);
  EXPECT_EQ(reason_code_of(7, v311), 7);          // a code may be illegal: that is what scenarios are for
  EXPECT_EQ(reason_code_of("0x87", v311), 0x87);
  EXPECT_EQ(reason_code_of("Not authorized", v5), 0x87);
  EXPECT_EQ(reason_code_of("NOT AUTHORIZED", v311), 5);
  EXPECT_EQ(reason_code_of("Bad User Name or Password", v31), 4);
  EXPECT_EQ(reason_code_of("Unsupported Protocol Version", v311), 1);
  EXPECT_EQ(reason_code_of("Identifier rejected", v5), 0x85);
  EXPECT_EQ(reason_code_of("Success", v31), 0);
  EXPECT_EQ(reason_code_of("Unspecified error", v311), 0x80);
  EXPECT_FALSE(reason_code_of("Unspecified error", v31));
  EXPECT_FALSE(reason_code_of("Banned", v311));
  EXPECT_FALSE(reason_code_of(256, v5));
  EXPECT_FALSE(reason_code_of(-1, v5));
  EXPECT_FALSE(reason_code_of("0x1", v5));
  EXPECT_FALSE(reason_code_of("0x100", v5));
  EXPECT_FALSE(reason_code_of(nullptr, v5));
  EXPECT_FALSE(reason_code_of(1.5, v5));
}

TEST(Names, AreThoseOfTheTables) {
  EXPECT_EQ(packet_names().size(), 15u);
  EXPECT_EQ(property_names().size(), 27u);
  for (auto& each : reason_code_names()) EXPECT_TRUE(reason_code_of(each, v5) || reason_code_of(each, v311)) << each;
  // Every field that is shown is one that a pattern may name.
  for (auto version : all_versions)
    for (auto type : PacketGenerator::types(version)) {
      auto known = field_names(type);
      auto shown = to_json(PacketGenerator(3).packet(type, version).packet, version);
      for (auto& [key, value] : shown.begin().value().items()) EXPECT_NE(std::find(known.begin(), known.end(), key), known.end()) << key;
    }
}

}  // namespace
}  // namespace mqtt::packet_json_test
