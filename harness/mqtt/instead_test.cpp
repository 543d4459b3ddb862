// One field of a packet spoilt, everything around it right.
#include <gtest/gtest.h>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/generated_packets.h"
#include "harness/mqtt/raw.h"

namespace mqtt::instead_test {
namespace {

constexpr auto v31 = Version::v3_1, v311 = Version::v3_1_1, v5 = Version::v5_0;

Publish hello() { return Publish{false, 1, false, "a/b", 7, {{0x23, 1u}, {0x26, Pair{"k", "v"}}, {0x26, Pair{"l", "w"}}}, bytes_of("hi")}; }

std::string spoilt(const Packet& packet, Version version, std::string_view path, std::string_view raw) {
  auto frame = encode(packet, version, {{std::string(path), parse_raw(raw).bytes}});
  EXPECT_EQ(frame.not_replaced, std::vector<std::string>{}) << path;
  return hex(frame.bytes);
}

TEST(Instead, ReplacesOneFieldAndKeepsTheLengthsRight) {
  EXPECT_EQ(hex(encode(hello(), v311).bytes), "32 09 00 03 61 2f 62 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "topic", "s3 eda080"), "32 09 00 03 ed a0 80 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "topic", "s200 'a'"), "32 07 00 c8 61 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "topic", ""), "32 04 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "packet_id", ""), "32 07 00 03 61 2f 62 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "packet_id", "m0"), "32 09 00 03 61 2f 62 00 00 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "payload", "'x'*3"), "32 0a 00 03 61 2f 62 00 07 78 78 78");
  EXPECT_EQ(spoilt(hello(), v311, "header", "36"), "36 09 00 03 61 2f 62 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "remaining_length", "ffffffff7f"), "32 ff ff ff ff 7f 00 03 61 2f 62 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "remaining_length", ""), "32 00 03 61 2f 62 00 07 68 69");
  EXPECT_EQ(spoilt(hello(), v311, "surplus", "ff ff"), "32 0b 00 03 61 2f 62 00 07 68 69 ff ff");
}

TEST(Instead, ReachesIntoProperties) {
  EXPECT_EQ(hex(encode(hello(), v5).bytes), "32 1b 00 03 61 2f 62 00 07 11 23 00 01 26 00 01 6b 00 01 76 26 00 01 6c 00 01 77 68 69");
  EXPECT_EQ(spoilt(hello(), v5, "properties_length", "05"), "32 1b 00 03 61 2f 62 00 07 05 23 00 01 26 00 01 6b 00 01 76 26 00 01 6c 00 01 77 68 69");
  EXPECT_EQ(spoilt(hello(), v5, "properties.topic_alias.id", "7f"), "32 1b 00 03 61 2f 62 00 07 11 7f 00 01 26 00 01 6b 00 01 76 26 00 01 6c 00 01 77 68 69");
  EXPECT_EQ(spoilt(hello(), v5, "properties.topic_alias.value", ""), "32 19 00 03 61 2f 62 00 07 0f 23 26 00 01 6b 00 01 76 26 00 01 6c 00 01 77 68 69");
  EXPECT_EQ(spoilt(hello(), v5, "properties.user_property.key", "s'kk'"), "32 1c 00 03 61 2f 62 00 07 12 23 00 01 26 00 02 6b 6b 00 01 76 26 00 01 6c 00 01 77 68 69");
  EXPECT_EQ(spoilt(hello(), v5, "properties.user_property[1].key", "s0"), "32 1a 00 03 61 2f 62 00 07 10 23 00 01 26 00 01 6b 00 01 76 26 00 00 00 01 77 68 69");
}

TEST(Instead, ReachesIntoListsAndTheWill) {
  Subscribe subscribe{10, {}, {{"a", 1}, {"b", 2}}};
  EXPECT_EQ(spoilt(subscribe, v311, "filters[1].filter", "s'b+'"), "82 0b 00 0a 00 01 61 01 00 02 62 2b 02");
  EXPECT_EQ(spoilt(subscribe, v311, "filters[0].options", "03"), "82 0a 00 0a 00 01 61 03 00 01 62 02");
  EXPECT_EQ(spoilt(Suback{10, {}, {0, 1}}, v5, "reason_codes[1]", "7f"), "90 05 00 0a 00 00 7f");
  Connect connect;
  connect.protocol_level = 5;
  connect.will = Will{"w", bytes_of("x"), 0, false, {{0x18, 1u}}};
  EXPECT_EQ(spoilt(connect, v5, "will.properties_length", "00"), "10 19 00 04 4d 51 54 54 05 06 00 00 00 00 00 00 18 00 00 00 01 00 01 77 00 01 78");
  EXPECT_EQ(spoilt(connect, v5, "will.topic", "s''"), "10 18 00 04 4d 51 54 54 05 06 00 00 00 00 00 05 18 00 00 00 01 00 00 00 01 78");
  EXPECT_EQ(spoilt(connect, v5, "will.properties.will_delay_interval.value", ""), "10 15 00 04 4d 51 54 54 05 06 00 00 00 00 00 01 18 00 01 77 00 01 78");
  EXPECT_EQ(spoilt(connect, v5, "connect_flags", "07"), "10 19 00 04 4d 51 54 54 05 07 00 00 00 00 00 05 18 00 00 00 01 00 01 77 00 01 78");
  EXPECT_EQ(spoilt(Connack{}, v311, "acknowledge_flags", "ff"), "20 02 ff 00");
}

TEST(Instead, BringsOutWhatAnAcknowledgementMayLeaveOut) {
  EXPECT_EQ(hex(encode(Puback{7, 0, {}}, v5).bytes), "40 02 00 07");
  EXPECT_EQ(spoilt(Puback{7, 0, {}}, v5, "reason_code", "ff"), "40 03 00 07 ff");
  EXPECT_EQ(spoilt(Puback{7, 0, {}}, v5, "properties_length", "05"), "40 04 00 07 00 05");
  EXPECT_EQ(spoilt(Disconnect{}, v5, "reason_code", "05"), "e0 01 05");
  EXPECT_EQ(spoilt(Disconnect{}, v5, "properties_length", "80"), "e0 02 00 80");
  EXPECT_EQ(spoilt(Auth{0x18, {}}, v5, "properties_length", "7f"), "f0 02 18 7f");
}

TEST(Instead, ReturnsThePathsThatThePacketDoesNotHave) {
  auto frame = encode(hello(), v311, {{"properties_length", {0}}, {"topik", {}}, {"topic", {0, 0}}, {"filters[0].filter", {1}}});
  EXPECT_EQ(frame.not_replaced, (std::vector<std::string>{"filters[0].filter", "properties_length", "topik"}));
  EXPECT_EQ(hex(frame.bytes), "32 06 00 00 00 07 68 69");
  EXPECT_EQ(encode(Puback{7, 0, {}}, v311, {{"reason_code", {0}}}).not_replaced, std::vector<std::string>{"reason_code"});
  EXPECT_EQ(encode(Pingreq{}, v31, {{"topic", {0}}}).not_replaced, std::vector<std::string>{"topic"});
}

// Whatever field of whatever packet is replaced: the bytes stand there, and nothing else changes but the lengths around them.
TEST(Instead, WorksOnEveryField) {
  const Bytes strange{0xde, 0xad, 0xbe, 0xef, 0x99};
  for (auto version : all_versions)
    for (auto type : PacketGenerator::types(version)) {
      auto packet = PacketGenerator(std::uint32_t(type)).packet(type, version).packet;
      auto plain = encode(packet, version);
      for (std::size_t i = 0; i < plain.fields.size(); ++i) {
        auto& path = plain.fields[i].path;
        SCOPED_TRACE(std::string(name(type)) + " " + path);
        auto frame = encode(packet, version, {{path, strange}});
        ASSERT_TRUE(frame.not_replaced.empty());
        ASSERT_EQ(frame.fields.size(), plain.fields.size());
        for (std::size_t j = 0; j < frame.fields.size(); ++j) {
          auto bytes = [&](const Frame& f) { return hex(View(f.bytes).subspan(f.fields[j].offset, f.fields[j].size)); };
          ASSERT_EQ(frame.fields[j].path, plain.fields[j].path);
          if (i == j) ASSERT_EQ(bytes(frame), hex(strange));
          else if (!frame.fields[j].path.ends_with("_length")) ASSERT_EQ(bytes(frame), bytes(plain)) << frame.fields[j].path;
        }
      }
    }
}

TEST(Encode, CutsWhatItsLengthFieldCannotSay) {
  Publish p;
  p.topic = std::string(70000, 'a');
  auto frame = encode(p, v311);
  EXPECT_EQ(frame.fields[2], (Field{"topic", 4, 65537}));
  EXPECT_TRUE(decode(frame.bytes, v311, Sender::client).clean());
}

TEST(Encode, WritesNothingThatTheVersionDoesNotKnow) {
  EXPECT_EQ(hex(encode(Connack{true, 0, {{0x21, 5u}}}, v31).bytes), "20 02 00 00");
  EXPECT_EQ(hex(encode(Puback{1, 0x87, {}}, v311).bytes), "40 02 00 01");
  EXPECT_EQ(hex(encode(Disconnect{0x82, {}}, v311).bytes), "e0 00");
  EXPECT_EQ(hex(encode(Unsuback{1, {}, {0}}, v311).bytes), "b0 02 00 01");
}

TEST(Encode, KeepsAPropertyOfTheWrongTypeInShape) {
  auto frame = encode(Disconnect{0, {{0x1f, 7u}, {0x11, std::string("x")}, {0x7f, 1u}}}, v5);
  EXPECT_EQ(hex(frame.bytes), "e0 0b 00 09 1f 00 00 11 00 00 00 00 7f");
}

}  // namespace
}  // namespace mqtt::instead_test
