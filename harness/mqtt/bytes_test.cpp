#include "harness/mqtt/bytes.h"

#include <gtest/gtest.h>

#include "harness/mqtt/packet.h"

namespace mqtt::bytes_test {
namespace {

TEST(Bytes, AreWrittenAsPairsOfDigits) {
  EXPECT_EQ(hex(Bytes{0x30, 0x05, 0x00, 0xff}), "30 05 00 ff");
  EXPECT_EQ(hex(Bytes{}), "");
}

TEST(Bytes, AreReadWithOrWithoutBlanks) {
  EXPECT_EQ(parse_hex("30 05 00FF"), (Bytes{0x30, 0x05, 0x00, 0xff}));
  EXPECT_EQ(parse_hex(" c0\n00 "), (Bytes{0xc0, 0x00}));
  EXPECT_EQ(parse_hex(""), Bytes{});
}

TEST(Bytes, RefuseWhatIsNotHex) {
  EXPECT_FALSE(parse_hex("3"));
  EXPECT_FALSE(parse_hex("30 5"));
  EXPECT_FALSE(parse_hex("3 0"));
  EXPECT_FALSE(parse_hex("0x30"));
  EXPECT_FALSE(parse_hex("zz"));
}

TEST(Bytes, AndTextsAreTheSameBytes) {
  EXPECT_EQ(bytes_of("a\xff"), (Bytes{0x61, 0xff}));
  EXPECT_EQ(text_of(Bytes{0x61, 0x00, 0xff}), std::string("a\0\xff", 3));
}

TEST(Types, HaveTheStandardsNames) {
  EXPECT_EQ(name(Type::connect), "CONNECT");
  EXPECT_EQ(name(Type::auth), "AUTH");
  for (std::uint8_t type = 1; type <= 15; ++type) EXPECT_EQ(type_named(name(Type(type))), Type(type));
  EXPECT_FALSE(type_named("publish"));
  EXPECT_FALSE(type_named(""));
}

TEST(Versions, HaveNamesAndProtocolNames) {
  for (auto version : all_versions) EXPECT_EQ(version_named(name(version)), version);
  EXPECT_FALSE(version_named("4"));
  EXPECT_EQ(protocol_name_of(Version::v3_1), "MQIsdp");
  EXPECT_EQ(protocol_name_of(Version::v5_0), "MQTT");
}

}  // namespace
}  // namespace mqtt::bytes_test
