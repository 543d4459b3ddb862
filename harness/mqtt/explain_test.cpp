#include "harness/mqtt/explain.h"

#include <gtest/gtest.h>

#include "harness/mqtt/generated_packets.h"
#include "harness/mqtt/raw.h"

namespace mqtt::explain_test {
namespace {

constexpr auto v31 = Version::v3_1, v311 = Version::v3_1_1, v5 = Version::v5_0;
constexpr auto client = Sender::client, broker = Sender::broker;

std::string told(std::string_view raw, Version version, Sender sender) {
  auto explanation = explain(parse_raw(raw).bytes, version, sender);
  std::string all = explanation.summary + "\n";
  for (auto& each : explanation.lines) all += std::to_string(each.field.offset) + " " + each.field.path + ": " + each.value + "\n";
  for (auto& each : explanation.faults) all += "! " + each.text + "\n";
  return all;
}
std::string summary(std::string_view raw, Version version, Sender sender) { return explain(parse_raw(raw).bytes, version, sender).summary; }

TEST(Explain, TellsAPublishFieldByField) {
  EXPECT_EQ(told("33 r s'a/b' m7 0a 23 0001 26 s'k' s'v' 'hi'", v5, client),
            "PUBLISH qos 1, packet_id 7, topic 'a/b', 2 bytes of payload, retain\n"
            "0 header: PUBLISH dup=0 qos=1 retain=1\n"
            "1 remaining_length: 20\n"
            "2 topic: 'a/b'\n"
            "7 packet_id: 7\n"
            "9 properties_length: 10\n"
            "10 properties.topic_alias.id: 0x23 topic_alias\n"
            "11 properties.topic_alias.value: 1\n"
            "13 properties.user_property.id: 0x26 user_property\n"
            "14 properties.user_property.key: 'k'\n"
            "17 properties.user_property.value: 'v'\n"
            "20 payload: 'hi'\n");
}

TEST(Explain, TellsAConnectFieldByField) {
  EXPECT_EQ(told("10 r s'MQTT' 05 ce 000a 05 11 0000000a s'id' 05 18 00000005 s'w' s'bye' s'u' s'pw'", v5, client),
            "CONNECT client_id 'id', clean_start 1, keep_alive 10, username 'u', a password, will to 'w'\n"
            "0 header: CONNECT flags=0\n"
            "1 remaining_length: 41\n"
            "2 protocol_name: 'MQTT'\n"
            "8 protocol_level: 5\n"
            "9 connect_flags: clean_start=1 will=1 will_qos=1 will_retain=0 password=1 username=1\n"
            "10 keep_alive: 10 s\n"
            "12 properties_length: 5\n"
            "13 properties.session_expiry_interval.id: 0x11 session_expiry_interval\n"
            "14 properties.session_expiry_interval.value: 10\n"
            "18 client_id: 'id'\n"
            "22 will.properties_length: 5\n"
            "23 will.properties.will_delay_interval.id: 0x18 will_delay_interval\n"
            "24 will.properties.will_delay_interval.value: 5\n"
            "28 will.topic: 'w'\n"
            "31 will.payload: 'bye'\n"
            "36 username: 'u'\n"
            "39 password: 'pw'\n");
  EXPECT_EQ(told("10 r s'MQIsdp' 03 03 0000 s''", v31, client),
            "CONNECT client_id '', clean_session 1, keep_alive 0; 1 fault\n"
            "0 header: CONNECT flags=0\n"
            "1 remaining_length: 14\n"
            "2 protocol_name: 'MQIsdp'\n"
            "10 protocol_level: 3\n"
            "11 connect_flags: clean_session=1 will=0 will_qos=0 will_retain=0 password=0 username=0 reserved=1\n"
            "12 keep_alive: 0 s\n"
            "14 client_id: ''\n"
            "! connect_flags: the reserved bit is set\n");
}

TEST(Explain, TellsCodesAndOptions) {
  EXPECT_EQ(told("82 r m1 00 s'a/#' 2e s'b' c1", v5, client),
            "SUBSCRIBE packet_id 1, 'a/#' qos 2, 'b' qos 1; 1 fault\n"
            "0 header: SUBSCRIBE flags=2\n"
            "1 remaining_length: 13\n"
            "2 packet_id: 1\n"
            "4 properties_length: 0\n"
            "5 filters[0].filter: 'a/#'\n"
            "10 filters[0].options: qos=2 no_local=1 retain_as_published=1 retain_handling=2\n"
            "11 filters[1].filter: 'b'\n"
            "14 filters[1].options: qos=1 no_local=0 retain_as_published=0 retain_handling=0 reserved=0xc0\n"
            "! filters[1].options: a reserved bit is set\n");
  EXPECT_EQ(told("20 r 01 87 02 24 01", v5, broker),
            "CONNACK 0x87 Not authorized, session present; 1 fault\n"
            "0 header: CONNACK flags=0\n"
            "1 remaining_length: 5\n"
            "2 acknowledge_flags: session_present=1\n"
            "3 reason_code: 0x87 Not authorized\n"
            "4 properties_length: 2\n"
            "5 properties.maximum_qos.id: 0x24 maximum_qos\n"
            "6 properties.maximum_qos.value: 1\n"
            "! acknowledge_flags: Session Present beside a refusal\n");
  EXPECT_EQ(told("90 r m1 00 80 07", v311, broker),
            "SUBACK packet_id 1, 0x00 Granted QoS 0, 0x80 Failure, 0x07 (not a code of SUBACK); 1 fault\n"
            "0 header: SUBACK flags=0\n"
            "1 remaining_length: 5\n"
            "2 packet_id: 1\n"
            "4 reason_codes[0]: 0x00 Granted QoS 0\n"
            "5 reason_codes[1]: 0x80 Failure\n"
            "6 reason_codes[2]: 0x07 (not a code of SUBACK)\n"
            "! reason_codes[2]: 0x07 is not a code that a broker may put into SUBACK\n");
}

TEST(Explain, ShowsTextsAsPrintableAscii) {
  EXPECT_EQ(told("30 r s5 c3 a9 27 5c 0a 22 7f", v311, broker),
            "PUBLISH qos 0, topic '\\u00e9\\'\\\\\\n', 2 bytes of payload\n"
            "0 header: PUBLISH dup=0 qos=0 retain=0\n"
            "1 remaining_length: 9\n"
            "2 topic: '\\u00e9\\'\\\\\\n'\n"
            "9 payload: '\"\\u007f'\n");
  EXPECT_EQ(told("30 r s1 5c 22 ff 'x'", v311, broker),
            "PUBLISH qos 0, topic '\\\\', 3 bytes of payload\n"
            "0 header: PUBLISH dup=0 qos=0 retain=0\n"
            "1 remaining_length: 6\n"
            "2 topic: '\\\\'\n"
            "5 payload: 22 ff 78\n");
}

TEST(Explain, ShowsWhatIsCutOrCannotBeRead) {
  EXPECT_EQ(told("30 r s200 'abc'", v311, broker),
            "PUBLISH qos 0, topic 'abc', 0 bytes of payload; 1 fault\n"
            "0 header: PUBLISH dup=0 qos=0 retain=0\n"
            "1 remaining_length: 5\n"
            "2 topic: 'abc', cut: 200 bytes announced, 3 bytes here\n"
            "! topic: cut off by the end\n");
  EXPECT_EQ(told("30 r s'a' 03 7f 01 02 'hi'", v5, broker),
            "PUBLISH qos 0, topic 'a', 2 bytes of payload; 1 fault\n"
            "0 header: PUBLISH dup=0 qos=0 retain=0\n"
            "1 remaining_length: 9\n"
            "2 topic: 'a'\n"
            "5 properties_length: 3\n"
            "6 properties.unknown.id: 7f\n"
            "7 unread: 01 02\n"
            "9 payload: 'hi'\n"
            "! properties.unknown.id: there is no property 127\n");
  EXPECT_EQ(told("00 02 aa bb", v5, broker),
            "4 bytes of no known packet\n"
            "0 header: packet type 0, flags 0\n"
            "1 remaining_length: 2\n"
            "2 unread: aa bb\n"
            "! header: packet type 0 does not exist in MQTT 5.0\n");
  EXPECT_EQ(told("c0 00 ff", v311, client),
            "PINGREQ; 1 fault\n"
            "0 header: PINGREQ flags=0\n"
            "1 remaining_length: 0\n"
            "2 surplus: ff\n"
            "! surplus: 1 byte more than the packet has room for\n");
  EXPECT_EQ(told("", v311, client), "no bytes\n! header: missing\n");
}

TEST(Explain, ShortensWhatIsLong) {
  EXPECT_EQ(told("30 r s'a' 'x'*300", v311, broker),
            "PUBLISH qos 0, topic 'a', 300 bytes of payload\n"
            "0 header: PUBLISH dup=0 qos=0 retain=0\n"
            "1 remaining_length: 303\n"
            "3 topic: 'a'\n"
            "6 payload: '" + std::string(200, 'x') + "' ... (300 bytes in all)\n");
  auto long_text = explain(parse_raw("30 r s'a' 'x' e282ac*100").bytes, v311, broker).lines.back().value;
  EXPECT_TRUE(long_text.ends_with("\\u20ac' ... (301 bytes in all)")) << long_text;   // never half a character
  EXPECT_EQ(summary("82 r m1 s'a' 00 s'b' 01 s'c' 02 s'd' 00 s'e' 00", v311, client), "SUBSCRIBE packet_id 1, 'a' qos 0, 'b' qos 1, 'c' qos 2 and 2 more");
}

TEST(Explain, SumsUpEachPacket) {
  EXPECT_EQ(summary("20 r 00 05", v311, broker), "CONNACK 0x05 Not authorized");
  EXPECT_EQ(summary("3b r s'a' m9 'x'", v311, client), "PUBLISH qos 1, packet_id 9, topic 'a', 1 byte of payload, retain, dup");
  EXPECT_EQ(summary("40 r m9", v311, client), "PUBACK packet_id 9");
  EXPECT_EQ(summary("50 r m9 97", v5, client), "PUBREC packet_id 9, 0x97 Quota exceeded");
  EXPECT_EQ(summary("82 r m9", v311, client), "SUBSCRIBE packet_id 9, no filter; 1 fault");
  EXPECT_EQ(summary("a2 r m9 s'a/+' s'b'", v311, client), "UNSUBSCRIBE packet_id 9, 'a/+', 'b'");
  EXPECT_EQ(summary("b0 r m9", v31, broker), "UNSUBACK packet_id 9");
  EXPECT_EQ(summary("b0 r m9 00 11", v5, broker), "UNSUBACK packet_id 9, 0x11 No subscription existed");
  EXPECT_EQ(summary("c0 00", v311, client), "PINGREQ");
  EXPECT_EQ(summary("e0 00", v311, client), "DISCONNECT");
  EXPECT_EQ(summary("e0 00", v5, client), "DISCONNECT 0x00 Normal disconnection");
  EXPECT_EQ(summary("f0 r 19", v5, client), "AUTH 0x19 Re-authenticate");
}

// Every byte of every packet has a line, and every line is printable ASCII.
TEST(Explain, LeavesNoByteOut) {
  for (auto version : all_versions)
    for (auto type : PacketGenerator::types(version))
      for (std::uint32_t seed = 0; seed < 10; ++seed) {
        auto made = PacketGenerator(seed).packet(type, version);
        auto frame = encode_bytes(made.packet, version);
        for (auto size : {frame.size(), frame.size() / 2}) {
          auto explanation = explain(View(frame).first(size), version, made.sender);
          std::size_t end = 0;
          for (auto& line : explanation.lines) {
            EXPECT_EQ(line.field.offset, end) << line.field.path;
            end += line.field.size;
            for (char c : line.value) ASSERT_TRUE(c >= ' ' && c < 0x7f) << line.field.path << ": " << line.value;
          }
          EXPECT_EQ(end, size) << name(type);
        }
      }
}

}  // namespace
}  // namespace mqtt::explain_test
