#include "harness/mqtt/reason.h"

#include <gtest/gtest.h>

namespace mqtt::reason_test {
namespace {

std::vector<int> codes(Type packet, Version version, Sender sender) {
  std::vector<int> all;
  for (int code = 0; code < 256; ++code)
    if (reason_allowed(std::uint8_t(code), packet, version, sender)) all.push_back(code);
  return all;
}
using Codes = std::vector<int>;
constexpr auto broker = Sender::broker, client = Sender::client;

TEST(Reasons, OfEachPacketAreThoseOfItsTable) {
  auto v5 = Version::v5_0;
  EXPECT_EQ(codes(Type::connack, v5, broker), (Codes{0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99,
                                                    0x9a, 0x9b, 0x9c, 0x9d, 0x9f}));
  EXPECT_EQ(codes(Type::puback, v5, broker), (Codes{0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}));
  EXPECT_EQ(codes(Type::puback, v5, client), (Codes{0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99}));
  EXPECT_EQ(codes(Type::pubrec, v5, broker), codes(Type::puback, v5, broker));
  EXPECT_EQ(codes(Type::pubrel, v5, client), (Codes{0x00, 0x92}));
  EXPECT_EQ(codes(Type::pubcomp, v5, broker), (Codes{0x00, 0x92}));
  EXPECT_EQ(codes(Type::suback, v5, broker), (Codes{0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2}));
  EXPECT_EQ(codes(Type::unsuback, v5, broker), (Codes{0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91}));
  EXPECT_EQ(codes(Type::disconnect, v5, client), (Codes{0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99}));
  EXPECT_EQ(codes(Type::disconnect, v5, broker),
            (Codes{0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
                   0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2}));
  EXPECT_EQ(codes(Type::auth, v5, client), (Codes{0x18, 0x19}));
  EXPECT_EQ(codes(Type::auth, v5, broker), (Codes{0x00, 0x18}));
}

TEST(Reasons, OfOlderVersionsAreReturnCodes) {
  for (auto version : {Version::v3_1, Version::v3_1_1}) EXPECT_EQ(codes(Type::connack, version, broker), (Codes{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(codes(Type::suback, Version::v3_1, broker), (Codes{0, 1, 2}));
  EXPECT_EQ(codes(Type::suback, Version::v3_1_1, broker), (Codes{0, 1, 2, 0x80}));
  EXPECT_EQ(codes(Type::connack, Version::v3_1_1, client), Codes{});
}

TEST(Reasons, AreNamedByPacketAndVersion) {
  EXPECT_EQ(reason_name(0x87, Type::connack, Version::v5_0), "Not authorized");
  EXPECT_EQ(reason_name(5, Type::connack, Version::v3_1_1), "Not authorized");
  EXPECT_EQ(reason_name(0, Type::puback, Version::v5_0), "Success");
  EXPECT_EQ(reason_name(0, Type::suback, Version::v5_0), "Granted QoS 0");
  EXPECT_EQ(reason_name(0, Type::disconnect, Version::v5_0), "Normal disconnection");
  EXPECT_EQ(reason_name(0, Type::connack, Version::v3_1), "Connection accepted");
  EXPECT_EQ(reason_name(0x80, Type::suback, Version::v3_1_1), "Failure");
  EXPECT_EQ(reason_name(0x80, Type::suback, Version::v3_1), "");
  EXPECT_EQ(reason_name(0x01, Type::puback, Version::v5_0), "");
  EXPECT_EQ(reason_name(6, Type::connack, Version::v3_1_1), "");
}

}  // namespace
}  // namespace mqtt::reason_test
