// Frames typed by hand from the figures and tables of the standards: the witnesses against a layout that is wrong both ways.
#include <gtest/gtest.h>

#include "harness/mqtt/codec.h"

namespace mqtt::codec_vectors_test {
namespace {

struct Vector { const char* what; Version version; Sender sender; const char* bytes; Packet packet; };
constexpr auto v31 = Version::v3_1, v311 = Version::v3_1_1, v5 = Version::v5_0;
constexpr auto client = Sender::client, broker = Sender::broker;

Connect connect(Version version) {
  Connect p;
  p.protocol_name = version == v31 ? "MQIsdp" : "MQTT";
  p.protocol_level = std::uint8_t(version);
  p.clean_start = true;
  return p;
}

std::vector<Vector> vectors() {
  std::vector<Vector> all;
  auto add = [&](const char* what, Version version, Sender sender, const char* bytes, Packet packet) {
    all.push_back({what, version, sender, bytes, std::move(packet)});
  };

  // CONNECT. The variable header is the non-normative example (3.1: section 3.1; 3.1.1: figure 3.6): user name, password, Will QoS 1, clean, keep alive 10.
  auto full = connect(v311);
  full.keep_alive = 10;
  full.client_id = "id";
  full.will = Will{"w", bytes_of("bye"), 1, false, {}};
  full.username = "u";
  full.password = bytes_of("pw");
  add("3.1.1 example", v311, client, "10 1d 00 04 4d 51 54 54 04 ce 00 0a  00 02 69 64  00 01 77  00 03 62 79 65  00 01 75  00 02 70 77", full);
  full.protocol_name = "MQIsdp";
  full.protocol_level = 3;
  add("3.1 example", v31, client, "10 1f 00 06 4d 51 49 73 64 70 03 ce 00 0a  00 02 69 64  00 01 77  00 03 62 79 65  00 01 75  00 02 70 77", full);
  // 5.0, figure 3-6: the same with properties, Session Expiry Interval 10
  full.protocol_name = "MQTT";
  full.protocol_level = 5;
  full.properties = {{0x11, 10u}};
  full.will->properties = {{0x18, 5u}};
  add("5.0 example", v5, client,
      "10 29 00 04 4d 51 54 54 05 ce 00 0a  05 11 00 00 00 0a  00 02 69 64  05 18 00 00 00 05  00 01 77  00 03 62 79 65  00 01 75  00 02 70 77", full);
  auto bare = connect(v311);
  bare.clean_start = false;
  bare.client_id = "a";
  add("bare", v311, client, "10 0d 00 04 4d 51 54 54 04 00 00 00 00 01 61", bare);
  auto retained = connect(v311);
  retained.will = Will{"w", {}, 2, true, {}};
  add("Will QoS 2, retained, empty, no id", v311, client, "10 11 00 04 4d 51 54 54 04 36 00 00 00 00 00 01 77 00 00", retained);

  // CONNACK
  add("accepted", v31, broker, "20 02 00 00", Connack{false, 0, {}});
  add("session present", v311, broker, "20 02 01 00", Connack{true, 0, {}});
  add("refused", v311, broker, "20 02 00 05", Connack{false, 5, {}});
  add("5.0", v5, broker, "20 03 00 87 00", Connack{false, 0x87, {}});
  add("5.0 with properties", v5, broker, "20 10 01 00 0d 21 00 14 22 00 0a 27 00 01 00 00 24 01",
      Connack{true, 0, {{0x21, 20u}, {0x22, 10u}, {0x27, 65536u}, {0x24, 1u}}});

  // PUBLISH, figure 3.11 of 3.1.1: topic a/b, packet identifier 10
  add("figure", v311, client, "32 07 00 03 61 2f 62 00 0a", Publish{false, 1, false, "a/b", 10, {}, {}});
  add("figure", v31, client, "32 07 00 03 61 2f 62 00 0a", Publish{false, 1, false, "a/b", 10, {}, {}});
  add("figure 3-9, no properties", v5, client, "32 08 00 03 61 2f 62 00 0a 00", Publish{false, 1, false, "a/b", 10, {}, {}});
  add("dup, QoS 2, retain", v311, client, "3d 09 00 03 61 2f 62 12 34 68 69", Publish{true, 2, true, "a/b", 0x1234, {}, bytes_of("hi")});
  add("QoS 0", v311, broker, "30 07 00 03 61 2f 62 68 69", Publish{false, 0, false, "a/b", 0, {}, bytes_of("hi")});
  add("A and U+2A6D4 (figure 1.1)", v311, client, "30 07 00 05 41 f0 aa 9b 94", Publish{false, 0, false, "A\xf0\xaa\x9b\x94", 0, {}, {}});
  add("an alias instead of a topic", v5, client, "30 07 00 00 03 23 00 07 78", Publish{false, 0, false, "", 0, {{0x23, 7u}}, bytes_of("x")});
  add("identifiers of subscriptions", v5, broker, "30 0b 00 01 61 07 0b 80 01 0b 01 01 01", Publish{false, 0, false, "a", 0, {{0x0b, 128u}, {0x0b, 1u}, {0x01, 1u}}, {}});
  add("user properties, repeated", v5, client, "30 16 00 01 61 0f 26 00 01 6b 00 01 76 26 00 01 6b 00 02 76 32 2e 2e 2e",
      Publish{false, 0, false, "a", 0, {{0x26, Pair{"k", "v"}}, {0x26, Pair{"k", "v2"}}}, bytes_of("...")});

  // acknowledgements
  add("", v31, broker, "40 02 00 0a", Puback{10, 0, {}});
  add("", v311, broker, "50 02 12 34", Pubrec{0x1234, 0, {}});
  add("", v311, client, "62 02 00 01", Pubrel{1, 0, {}});
  add("", v311, client, "70 02 ff ff", Pubcomp{0xffff, 0, {}});
  add("code 0 is left out", v5, broker, "40 02 00 0a", Puback{10, 0, {}});
  add("a code, no properties", v5, broker, "40 03 00 0a 10", Puback{10, 0x10, {}});
  add("a code and a reason", v5, broker, "50 08 00 0a 97 04 1f 00 01 78", Pubrec{10, 0x97, {{0x1f, std::string("x")}}});
  add("not found", v5, client, "62 03 00 0a 92", Pubrel{10, 0x92, {}});
  add("not found", v5, client, "70 03 00 0a 92", Pubcomp{10, 0x92, {}});

  // SUBSCRIBE, figure 3.23 of 3.1.1: a/b with QoS 1, c/d with QoS 2
  Subscribe subscribe{10, {}, {{"a/b", 1}, {"c/d", 2}}};
  add("figure", v311, client, "82 0e 00 0a 00 03 61 2f 62 01 00 03 63 2f 64 02", subscribe);
  add("figure", v31, client, "82 0e 00 0a 00 03 61 2f 62 01 00 03 63 2f 64 02", subscribe);
  add("figure", v5, client, "82 0f 00 0a 00 00 03 61 2f 62 01 00 03 63 2f 64 02", subscribe);
  add("all options", v5, client, "82 0b 00 0a 02 0b 07 00 03 61 2f 62 2e", Subscribe{10, {{0x0b, 7u}}, {{"a/b", 0x2e}}});
  // SUBACK, figure 3.26: granted 0, granted 2, failure
  add("figure", v311, broker, "90 05 00 0a 00 02 80", Suback{10, {}, {0, 2, 0x80}});
  add("figure", v31, broker, "90 04 00 0a 00 02", Suback{10, {}, {0, 2}});
  add("figure", v5, broker, "90 06 00 0a 00 00 02 8f", Suback{10, {}, {0, 2, 0x8f}});
  // UNSUBSCRIBE, figure 3.30
  add("figure", v311, client, "a2 0c 00 0a 00 03 61 2f 62 00 03 63 2f 64", Unsubscribe{10, {}, {"a/b", "c/d"}});
  add("figure", v5, client, "a2 0d 00 0a 00 00 03 61 2f 62 00 03 63 2f 64", Unsubscribe{10, {}, {"a/b", "c/d"}});
  add("", v31, broker, "b0 02 00 0a", Unsuback{10, {}, {}});
  add("", v311, broker, "b0 02 00 0a", Unsuback{10, {}, {}});
  add("", v5, broker, "b0 05 00 0a 00 00 11", Unsuback{10, {}, {0, 0x11}});

  add("", v31, client, "c0 00", Pingreq{});
  add("", v5, broker, "d0 00", Pingresp{});
  add("", v31, client, "e0 00", Disconnect{});
  add("", v311, client, "e0 00", Disconnect{});
  add("code 0 is left out", v5, client, "e0 00", Disconnect{});
  add("", v5, client, "e0 01 04", Disconnect{4, {}});
  add("", v5, broker, "e0 02 8e 00", Disconnect{0x8e, {}});
  add("", v5, client, "e0 07 00 05 11 00 00 00 00", Disconnect{0, {{0x11, 0u}}});
  add("success", v5, broker, "f0 00", Auth{});
  add("", v5, client, "f0 0a 18 08 15 00 01 6d 16 00 01 ff", Auth{0x18, {{0x15, std::string("m")}, {0x16, Bytes{0xff}}}});
  return all;
}

std::string told(const std::vector<Fault>& faults) {
  std::string all;
  for (auto& each : faults) all += each.text + "\n";
  return all;
}

TEST(Vectors, AreReadAsTheStandardSays) {
  for (auto& each : vectors()) {
    SCOPED_TRACE(std::string(name(each.version)) + " " + std::string(name(type_of(each.packet))) + " " + each.what + ": " + each.bytes);
    auto bytes = parse_hex(each.bytes);
    ASSERT_TRUE(bytes);
    auto decoded = decode(*bytes, each.version, each.sender);
    EXPECT_EQ(told(decoded.faults), "");
    EXPECT_EQ(decoded.packet, each.packet);
  }
}

TEST(Vectors, AreWrittenAsTheStandardSays) {
  for (auto& each : vectors()) {
    auto shortest = hex(encode(each.packet, each.version).bytes);
    auto bytes = hex(*parse_hex(each.bytes));
    if (bytes == "e0 02 8e 00") continue;   // legal, but not the shortest: checked below
    EXPECT_EQ(shortest, bytes) << each.what;
  }
  EXPECT_EQ(hex(encode(Disconnect{0x8e, {}}, v5).bytes), "e0 01 8e");
}

// 3.1.1, table 2.4: the borders of each size of the Remaining Length.
TEST(Vectors, OfTheRemainingLength) {
  struct { std::size_t length; const char* bytes; } cases[] = {
      {127, "7f"}, {128, "80 01"}, {321, "c1 02"}, {16383, "ff 7f"}, {16384, "80 80 01"}, {2097151, "ff ff 7f"}, {2097152, "80 80 80 01"}};
  for (auto& each : cases) {
    Publish p;
    p.topic = "a";
    p.payload.resize(each.length - 3);
    auto frame = encode(p, v311);
    ASSERT_EQ(frame.fields[1].path, "remaining_length");
    EXPECT_EQ(hex(View(frame.bytes).subspan(1, frame.fields[1].size)), each.bytes);
    EXPECT_EQ(decode(frame.bytes, v311, client).packet, Packet(p));
  }
}

TEST(Vectors, NameTheirFields) {
  auto decoded = decode(*parse_hex("32 14 00 03 61 2f 62 00 0a 0a 23 00 07 26 00 01 6b 00 01 76 68 69"), v5, client);
  EXPECT_EQ(told(decoded.faults), "");
  std::vector<Field> fields{{"header", 0, 1}, {"remaining_length", 1, 1}, {"topic", 2, 5}, {"packet_id", 7, 2}, {"properties_length", 9, 1},
                            {"properties.topic_alias.id", 10, 1}, {"properties.topic_alias.value", 11, 2}, {"properties.user_property.id", 13, 1},
                            {"properties.user_property.key", 14, 3}, {"properties.user_property.value", 17, 3}, {"payload", 20, 2}};
  EXPECT_EQ(decoded.fields, fields);
}

TEST(Vectors, OfConnectNameTheFieldsOfTheWill) {
  auto decoded = decode(*parse_hex("10 29 00 04 4d 51 54 54 05 ce 00 0a  05 11 00 00 00 0a  00 02 69 64  05 18 00 00 00 05  00 01 77  00 03 62 79 65  00 01 75  00 02 70 77"), v5, client);
  std::vector<std::string> paths;
  for (auto& each : decoded.fields) paths.push_back(each.path);
  EXPECT_EQ(paths, (std::vector<std::string>{
                       "header", "remaining_length", "protocol_name", "protocol_level", "connect_flags", "keep_alive", "properties_length",
                       "properties.session_expiry_interval.id", "properties.session_expiry_interval.value", "client_id", "will.properties_length",
                       "will.properties.will_delay_interval.id", "will.properties.will_delay_interval.value", "will.topic", "will.payload", "username", "password"}));
}

TEST(Versions31, MayLeaveOutTextsThatTheFlagsAnnounce) {
  auto decoded = decode(*parse_hex("10 0f 00 06 4d 51 49 73 64 70 03 c2 00 0a 00 01 61"), v31, client);
  EXPECT_EQ(told(decoded.faults), "");
  EXPECT_FALSE(std::get<Connect>(*decoded.packet).username);
  auto in_311 = decode(*parse_hex("10 0d 00 04 4d 51 54 54 04 c2 00 0a 00 01 61"), v311, client);
  EXPECT_EQ(told(in_311.faults), "username: missing\n");
}

TEST(VersionAsked, IsTheLevelOfTheConnect) {
  EXPECT_EQ(version_asked(*parse_hex("10 0d 00 04 4d 51 54 54 04 00 00 00 00 01 61")), v311);
  EXPECT_EQ(version_asked(*parse_hex("10 0e 00 04 4d 51 54 54 05 00 00 00 00 00 01 61")), v5);
  EXPECT_EQ(version_asked(*parse_hex("10 0f 00 06 4d 51 49 73 64 70 03 02 00 0a 00 01 61")), v31);
  EXPECT_EQ(version_asked(*parse_hex("10 0d 00 04 4d 51 54 54 06 00 00 00 00 01 61")), std::nullopt);
  EXPECT_EQ(version_asked(*parse_hex("10 07 00 04 4d 51 54 54")), std::nullopt);
  EXPECT_EQ(version_asked(*parse_hex("c0 00")), std::nullopt);
  EXPECT_EQ(version_asked({}), std::nullopt);
}

}  // namespace
}  // namespace mqtt::codec_vectors_test
