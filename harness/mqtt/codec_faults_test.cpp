// Each rule that bytes can break, broken once in a frame typed by hand: the rule, the place and the words.
#include <gtest/gtest.h>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/raw.h"
#include "harness/mqtt/rules.h"

#include <set>

namespace mqtt::codec_faults_test {
namespace {

constexpr auto v31 = Version::v3_1, v311 = Version::v3_1_1, v5 = Version::v5_0;
constexpr auto client = Sender::client, broker = Sender::broker;

struct Case { Version version; Sender sender; const char* raw; const char* faults; };   // "offset+size rule: text", one a line

const Case cases[] = {
    // the frame
    {v311, client, "", "0+0 truncated: header: missing"},
    {v311, client, "c0", "1+0 truncated: remaining_length: missing"},
    {v311, client, "00 00", "0+1 packet_type: header: packet type 0 does not exist in MQTT 3.1.1"},
    {v5, client, "0f 01 55", "0+1 packet_type: header: packet type 0 does not exist in MQTT 5.0"},
    {v311, client, "f0 00", "0+1 packet_type: header: packet type 15 does not exist in MQTT 3.1.1"},
    {v31, client, "f0 00", "0+1 packet_type: header: packet type 15 does not exist in MQTT 3.1"},
    {v311, client, "30 ff ff ff ff 7f", "1+4 integer_too_long: remaining_length: more than four bytes"},
    {v5, client, "c0 80 00", "1+2 integer_not_minimal: remaining_length: uses more bytes than the number needs"},
    {v311, client, "c0 80 00", ""},
    {v311, client, "30 05 s'a'", "1+1 truncated: remaining_length: announces 5 bytes, but 3 are left"},
    {v311, client, "c0 00 c0", "2+1 surplus: surplus: 1 byte more than the packet has room for"},
    {v311, client, "c0 02 00 00", "2+2 surplus: surplus: 2 bytes more than the packet has room for"},
    {v311, broker, "40 r m1 00", "4+1 surplus: surplus: 1 byte more than the packet has room for"},
    {v311, broker, "40 r 00", "2+1 truncated: packet_id: cut off by the end"},
    {v311, client, "30 r s9 'ab'", "2+4 truncated: topic: cut off by the end"},
    // header flags
    {v311, client, "c1 00", "0+1 header_flags: header: flags 1 instead of 0"},
    {v5, broker, "41 r m1", "0+1 header_flags: header: flags 1 instead of 0"},
    {v311, client, "60 r m1", "0+1 header_flags_pubrel: header: flags 0 instead of 2"},
    {v31, client, "6a r m1", ""},
    {v311, client, "6a r m1", "0+1 header_flags_pubrel: header: flags 10 instead of 2"},
    {v311, client, "80 r m1 s'a' 00", "0+1 header_flags_subscribe: header: flags 0 instead of 2"},
    {v31, client, "8a r m1 s'a' 00", ""},
    {v5, client, "a3 r m1 00 s'a'", "0+1 header_flags_unsubscribe: header: flags 3 instead of 2"},
    {v311, client, "e2 00", "0+1 header_flags_disconnect: header: flags 2 instead of 0"},
    {v5, client, "f1 r 18 00", "0+1 header_flags_auth: header: flags 1 instead of 0"},
    {v311, client, "36 r s'a' m1", "0+1 qos_3: header: QoS 3"},
    {v311, client, "38 r s'a'", "0+1 dup_without_qos: header: DUP with QoS 0"},
    // text
    {v311, client, "30 r s2 c328", "2+4 utf8: topic: ill-formed UTF-8 at byte 0 of the text"},
    {v5, client, "30 r s'a' r 03 s3 eda080", "7+5 utf8: properties.content_type.value: ill-formed UTF-8 at byte 0 of the text"},
    {v5, client, "30 r s'a' r 26 s'k' s2 61ff", "10+4 utf8: properties.user_property.value: ill-formed UTF-8 at byte 1 of the text"},
    {v311, client, "82 r m1 s3 610062 00", "4+5 null_character: filters[0].filter: holds U+0000"},
    {v31, client, "30 r s3 610062", "2+5 null_character: topic: holds U+0000"},
    {v31, client, "10 r s'MQIsdp' 03 02 0000 s1 00", ""},
    {v311, client, "10 r s'MQTT' 04 02 0000 s1 00", "12+3 null_character: client_id: holds U+0000"},
    // packet identifiers
    {v311, client, "32 r s'a' m0", "5+2 packet_id_zero: packet_id: is 0"},
    {v5, broker, "32 r s'a' m0 00", "5+2 packet_id_zero_from_broker: packet_id: is 0"},
    {v311, client, "82 r m0 s'a' 00", "2+2 packet_id_zero: packet_id: is 0"},
    {v311, client, "a2 r m0 s'a'", "2+2 packet_id_zero: packet_id: is 0"},
    {v311, client, "40 r m0", "2+2 packet_id_zero_answer: packet_id: is 0"},
    {v311, broker, "90 r m0 00", "2+2 packet_id_zero_suback: packet_id: is 0"},
    {v311, broker, "b0 r m0", "2+2 packet_id_zero_suback: packet_id: is 0"},
    // topics
    {v311, client, "30 r s'a/+'", "2+5 topic_wildcard: topic: a topic name with a wildcard"},
    {v5, client, "30 r s'#' 00", "2+3 topic_wildcard: topic: a topic name with a wildcard"},
    {v311, client, "30 r s''", "2+2 topic_empty: topic: an empty topic name"},
    {v5, client, "30 r s'' 00", "2+2 topic_missing: topic: an empty topic name without a topic alias"},
    {v5, client, "30 r s'' r 23 0001", ""},
    {v5, client, "30 r s'a' r 08 s'b/#'", "7+5 response_topic_wildcard: properties.response_topic.value: a topic name with a wildcard"},
    {v311, client, "82 r m1 s'' 00", "4+2 filter_empty: filters[0].filter: an empty topic filter"},
    {v311, client, "82 r m1 s'a' 00 s'a#' 00", "8+4 filter_hash: filters[1].filter: '#' is not a level of its own at the end"},
    {v311, client, "a2 r m1 s'a/b+'", "4+6 filter_plus: filters[0].filter: '+' is not a level of its own"},
    {v5, client, "82 r m1 00 s'$share//a' 00", "5+11 share_name: filters[0].filter: a shared filter without a share name"},
    {v5, client, "82 r m1 00 s'$share/' 00", "5+9 share_name: filters[0].filter: a shared filter without a share name"},
    {v5, client, "82 r m1 00 s'$share/g+/a' 00", "5+13 share_filter: filters[0].filter: a share name with a wildcard"},
    {v5, client, "82 r m1 00 s'$share/g' 00", "5+10 share_filter: filters[0].filter: a shared filter without a filter behind the share name"},
    {v5, client, "82 r m1 00 s'$share/g/' 00", "5+11 share_filter: filters[0].filter: a shared filter without a filter behind the share name"},
    {v5, client, "82 r m1 00 s'$share/g/a#' 00", "5+13 filter_hash: filters[0].filter: '#' is not a level of its own at the end"},
    {v311, client, "82 r m1 s'$share//a' 00", ""},
    // CONNECT
    {v311, client, "10 r s'MQTt' 04 02 0000 s'a'", "2+6 protocol_name: protocol_name: not the name 'MQTT' of this version"},
    {v31, client, "10 r s'MQTT' 03 02 0000 s'a'", "2+6 protocol_name: protocol_name: not the name 'MQIsdp' of this version"},
    {v311, client, "10 r s'MQTT' 06 02 0000 s'a'", "8+1 protocol_level: protocol_level: 6 is not the level 4 of this version"},
    {v311, client, "10 r s'MQTT' 04 03 0000 s'a'", "9+1 connect_flags_reserved: connect_flags: the reserved bit is set"},
    {v311, client, "10 r s'MQTT' 04 0a 0000 s'a'", "9+1 will_qos_without_will: connect_flags: Will QoS without the Will Flag"},
    {v5, client, "10 r s'MQTT' 05 22 0000 00 s'a'", "9+1 will_retain_without_will: connect_flags: Will Retain without the Will Flag"},
    {v31, client, "10 r s'MQIsdp' 03 3a 0000 s'a'", ""},
    {v311, client, "10 r s'MQTT' 04 1e 0000 s'a' s'w' s''", "9+1 will_qos_3: connect_flags: Will QoS 3"},
    {v311, client, "10 r s'MQTT' 04 42 0000 s'a' s'p'", "9+1 password_without_username: connect_flags: the Password Flag without the User Name Flag"},
    {v5, client, "10 r s'MQTT' 05 42 0000 00 s'a' s'p'", ""},
    {v311, client, "10 r s'MQTT' 04 06 0000 s'a' s'w/#' s''", "15+5 topic_wildcard: will.topic: a topic name with a wildcard"},
    {v311, client, "10 r s'MQTT' 04 06 0000 s'a' s'' s''", "15+2 topic_empty: will.topic: an empty topic name"},
    {v311, client, "10 r s'MQTT' 04 06 0000 s'a' s'w'", "18+0 truncated: will.payload: missing"},
    {v5, client, "10 r s'MQTT' 05 06 0000 00 s'a' 05 11 00000001 s'w' s''", "17+1 property_not_allowed: will.properties.session_expiry_interval.id: this property is not allowed here"},
    // CONNACK
    {v311, broker, "20 r 02 00", "2+1 acknowledge_flags: acknowledge_flags: a reserved bit is set"},
    {v31, broker, "20 r 01 00", "2+1 acknowledge_flags: acknowledge_flags: a reserved bit is set"},
    {v311, broker, "20 r 01 05", "2+1 session_present_on_error: acknowledge_flags: Session Present beside a refusal"},
    {v311, broker, "20 r 00 06", "3+1 connack_code: reason_code: 0x06 is not a code that a broker may put into CONNACK"},
    {v5, broker, "20 r 00 01 00", "3+1 connack_code: reason_code: 0x01 is not a code that a broker may put into CONNACK"},
    {v5, broker, "20 r 00 00", "4+0 truncated: properties_length: missing"},
    // acknowledgements
    {v5, broker, "40 r m1 01", "4+1 puback_code: reason_code: 0x01 is not a code that a broker may put into PUBACK"},
    {v5, client, "50 r m1 10", "4+1 pubrec_code: reason_code: 0x10 is not a code that a client may put into PUBREC"},
    {v5, client, "62 r m1 91", "4+1 pubrel_code: reason_code: 0x91 is not a code that a client may put into PUBREL"},
    {v5, client, "70 r m1 80", "4+1 pubcomp_code: reason_code: 0x80 is not a code that a client may put into PUBCOMP"},
    {v5, broker, "e0 r 00", "2+1 disconnect_code: reason_code: 0x00 is not a code that a broker may put into DISCONNECT"},
    {v5, client, "f0 r 00", "2+1 auth_code: reason_code: 0x00 is not a code that a client may put into AUTH"},
    {v311, broker, "90 r m1 03", "4+1 suback_code: reason_codes[0]: 0x03 is not a code that a broker may put into SUBACK"},
    {v31, broker, "90 r m1 00 80", "5+1 suback_code: reason_codes[1]: 0x80 is not a code that a broker may put into SUBACK"},
    {v5, broker, "b0 r m1 00 01", "5+1 unsuback_code: reason_codes[0]: 0x01 is not a code that a broker may put into UNSUBACK"},
    {v311, broker, "90 r m1", "4+0 no_suback_codes: reason_codes: a SUBACK without a code"},
    {v5, broker, "b0 r m1 00", "5+0 no_unsuback_codes: reason_codes: an UNSUBACK without a code"},
    {v311, broker, "b0 r m1", ""},
    // SUBSCRIBE, UNSUBSCRIBE
    {v311, client, "82 r m1", "4+0 no_filters: filters: a SUBSCRIBE without a topic filter"},
    {v5, client, "a2 r m1 00", "5+0 no_unsubscribe_filters: filters: an UNSUBSCRIBE without a topic filter"},
    {v311, client, "82 r m1 s'a'", "7+0 truncated: filters[0].options: missing"},
    {v311, client, "82 r m1 s'a' 03", "7+1 subscription_qos_3: filters[0].options: QoS 3"},
    {v311, client, "82 r m1 s'a' 04", "7+1 subscription_options: filters[0].options: a reserved bit is set"},
    {v5, client, "82 r m1 00 s'a' 40", "8+1 subscription_options: filters[0].options: a reserved bit is set"},
    {v5, client, "82 r m1 00 s'a' 30", "8+1 subscription_options: filters[0].options: Retain Handling 3"},
    {v5, client, "82 r m1 00 s'a' 2e", ""},
    {v31, client, "82 r m1 s'a' 81", "7+1 subscription_options: filters[0].options: a reserved bit is set"},
    // properties
    {v5, client, "30 r s'a' 09 01 01 'x'", "5+1 properties_length: properties_length: announces 9 bytes, but 3 are left\n8+1 property_unknown: properties.unknown.id: there is no property 120"},
    {v5, client, "30 r s'a' r 7f 01; ", "6+1 property_unknown: properties.unknown.id: there is no property 127"},
    {v5, client, "30 r s'a' 80808080 01", "5+4 integer_too_long: properties_length: more than four bytes"},
    {v5, client, "30 r s'a' 8100 01", "5+2 integer_not_minimal: properties_length: uses more bytes than the number needs\n8+0 truncated: properties.payload_format_indicator.value: missing"},
    {v5, client, "30 r s'a' r 12 s'c'", "6+1 property_not_allowed: properties.assigned_client_identifier.id: this property is not allowed here"},
    {v5, client, "30 r s'a' r 01 00 01 00", "8+1 property_twice: properties.payload_format_indicator[1].id: stands more than once"},
    {v5, client, "82 r m1 04 0b01 0b02 s'a' 00", "7+1 property_twice: properties.subscription_identifier[1].id: stands more than once"},
    {v5, client, "30 r s'a' r 01 02", "7+1 property_range: properties.payload_format_indicator.value: 2 is out of range: 0 or 1"},
    {v5, client, "10 r s'MQTT' 05 02 0000 03 21 0000 s'a'", "14+2 property_range: properties.receive_maximum.value: 0 is out of range: at least 1"},
    {v5, client, "10 r s'MQTT' 05 02 0000 05 27 00000000 s'a'", "14+4 property_range: properties.maximum_packet_size.value: 0 is out of range: at least 1"},
    {v5, client, "10 r s'MQTT' 05 02 0000 02 19 02 s'a'", "14+1 property_range: properties.request_response_information.value: 2 is out of range: 0 or 1"},
    {v5, broker, "20 r 00 00 02 24 02", "6+1 property_range: properties.maximum_qos.value: 2 is out of range: 0 or 1"},
    {v5, client, "30 r s'a' r 23 0000", "7+2 topic_alias_zero: properties.topic_alias.value: 0 is out of range: at least 1"},
    {v5, client, "82 r m1 02 0b 00 s'a' 00", "6+1 property_range: properties.subscription_identifier.value: 0 is out of range: at least 1"},
    {v5, client, "82 r m1 05 0b 80808000 s'a' 00", "6+4 integer_not_minimal: properties.subscription_identifier.value: uses more bytes than the number needs\n6+4 property_range: properties.subscription_identifier.value: 0 is out of range: at least 1"},
    {v5, client, "30 r s'a' r 0b 01", "6+1 subscription_identifier_from_client: properties.subscription_identifier.id: only a broker may send this property"},
    {v5, broker, "30 r s'a' r 0b 01", ""},
    {v5, broker, "e0 r 80 05 11 00000001", "4+1 session_expiry_from_broker: properties.session_expiry_interval.id: only a client may send this property"},
    {v5, client, "10 r s'MQTT' 05 02 0000 04 16 s'x' s'a'", "14+3 authentication_data_alone: properties.authentication_data: needs an authentication_method beside it"},
    {v5, client, "30 r s'a' 04 03 s9 'x' 'hi'", "7+3 truncated: properties.content_type.value: cut off by the end"},
};

std::string told(const std::vector<Fault>& faults) {
  std::string all;
  for (auto& each : faults) {
    if (!all.empty()) all += '\n';
    all += std::to_string(each.offset) + "+" + std::to_string(each.size) + " " + std::string(name(each.rule)) + ": " + each.text;
  }
  return all;
}

TEST(Faults, NamePlaceRuleAndField) {
  for (auto& each : cases) {
    auto raw = parse_raw(each.raw);
    ASSERT_FALSE(raw.error) << each.raw;
    EXPECT_EQ(told(decode(raw.bytes, each.version, each.sender).faults), each.faults) << name(each.version) << "  " << each.raw;
  }
}

TEST(Faults, OfEveryRuleAreShownHere) {
  std::set<Rule> shown;
  for (auto& each : cases)
    for (auto& fault : decode(parse_raw(each.raw).bytes, each.version, each.sender).faults) shown.insert(fault.rule);
  for (auto& row : all_rules()) EXPECT_TRUE(shown.count(row.rule)) << row.name << " is never broken by a case of this file";
}

TEST(Faults, DoNotStopTheReading) {
  // Unknown property, ill-formed topic, then a payload that is still found.
  auto decoded = decode(parse_raw("33 r s2 c328 m0 r3 7f 0102 'hi'").bytes, v5, client);
  EXPECT_EQ(told(decoded.faults),
            "2+4 utf8: topic: ill-formed UTF-8 at byte 0 of the text\n6+2 packet_id_zero: packet_id: is 0\n"
            "9+1 property_unknown: properties.unknown.id: there is no property 127");
  auto& publish = std::get<Publish>(*decoded.packet);
  EXPECT_EQ(publish.payload, bytes_of("hi"));
  EXPECT_EQ(publish.qos, 1);
  EXPECT_EQ(decoded.fields.back(), (Field{"payload", 12, 2}));
  EXPECT_EQ(decoded.fields[decoded.fields.size() - 2], (Field{"unread", 10, 2}));
}

TEST(Faults, KeepWhatCouldBeReadOfACutField) {
  auto decoded = decode(parse_raw("30 r s200 'abc'").bytes, v311, client);
  EXPECT_EQ(std::get<Publish>(*decoded.packet).topic, "abc");
  EXPECT_EQ(decoded.fields.back(), (Field{"topic", 2, 5}));
}

}  // namespace
}  // namespace mqtt::codec_faults_test
