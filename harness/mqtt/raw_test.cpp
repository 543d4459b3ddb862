#include "harness/mqtt/raw.h"

#include <gtest/gtest.h>

namespace mqtt::raw_test {
namespace {

std::string bytes(std::string_view text) {
  auto raw = parse_raw(text);
  return raw.error ? "error at " + std::to_string(raw.error->offset) + ": " + raw.error->text : hex(raw.bytes);
}

TEST(Raw, SaysEveryKindOfToken) {
  EXPECT_EQ(bytes("c0 00"), "c0 00");
  EXPECT_EQ(bytes("c000"), "c0 00");
  EXPECT_EQ(bytes("C0\t\nff"), "c0 ff");
  EXPECT_EQ(bytes(""), "");
  EXPECT_EQ(bytes("  "), "");
  EXPECT_EQ(bytes("'hi'"), "68 69");
  EXPECT_EQ(bytes("'\xc3\xa9; r'"), "c3 a9 3b 20 72");
  EXPECT_EQ(bytes("''"), "");
  EXPECT_EQ(bytes("s5"), "00 05");
  EXPECT_EQ(bytes("s65535"), "ff ff");
  EXPECT_EQ(bytes("s'ab'"), "00 02 61 62");
  EXPECT_EQ(bytes("s''"), "00 00");
  EXPECT_EQ(bytes("m1234"), "04 d2");
  EXPECT_EQ(bytes("r14 r127 r128 r268435455"), "0e 7f 80 01 ff ff ff 7f");
  EXPECT_EQ(bytes("'ab'*3 00*2 s'a'*2 ff*0"), "61 62 61 62 61 62 00 00 00 01 61 00 01 61");
}

TEST(Raw, CountsABareLengthToTheEndOfThePacket) {
  EXPECT_EQ(bytes("30 r s'a' 'hi'"), "30 05 00 01 61 68 69");
  EXPECT_EQ(bytes("c0 r"), "c0 00");
  EXPECT_EQ(bytes("30 r s'a' r 01 00"), "30 06 00 01 61 02 01 00");
  EXPECT_EQ(bytes("c0 r; 30 r s'a'; e0 r"), "c0 00 30 03 00 01 61 e0 00");
  EXPECT_EQ(bytes("c0 00;c0 00;"), "c0 00 c0 00");
  EXPECT_EQ(bytes("30 r 'x'*200").substr(0, 11), "30 c8 01 78");
  EXPECT_EQ(parse_raw("30 r s65535 'a'*65535").bytes.size(), 1 + 3 + 65537u);
}

TEST(Raw, LetsLengthsLie) {
  EXPECT_EQ(bytes("30 r14 s5 'topic' m1234 'payload'"), "30 0e 00 05 74 6f 70 69 63 04 d2 70 61 79 6c 6f 61 64");
  EXPECT_EQ(bytes("10 r s'MQTT' 04 02 003c s200 'abc'"), "10 0f 00 04 4d 51 54 54 04 02 00 3c 00 c8 61 62 63");
}

TEST(Raw, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(bytes("c0 0"), "error at 3: '0' is half a byte; hex has two digits a byte");
  EXPECT_EQ(bytes("30 xyz"), "error at 3: 'xyz' is no token; write hex (c0), 'text', s5, s'text', m1234, r14, r, or ;");
  EXPECT_EQ(bytes("30 0x55"), "error at 3: '0x55' is no token; write hex (c0), 'text', s5, s'text', m1234, r14, r, or ;");
  EXPECT_EQ(bytes("'abc"), "error at 0: a text without its closing '");
  EXPECT_EQ(bytes("30 s'abc"), "error at 4: a text without its closing '");
  EXPECT_EQ(bytes("30 s"), "error at 3: 's' needs a length or a text: s5 or s'text'");
  EXPECT_EQ(bytes("sx"), "error at 0: 's' needs a length or a text: s5 or s'text'");
  EXPECT_EQ(bytes("s65536"), "error at 0: s65536 is too large; at most 65535");
  EXPECT_EQ(bytes("s'" + std::string(65536, 'a') + "'"), "error at 0: 65536 bytes do not fit a two-byte length; at most 65535");
  EXPECT_EQ(bytes("m"), "error at 0: 'm' needs a packet identifier in decimal: m1234");
  EXPECT_EQ(bytes("m70000"), "error at 0: m70000 is too large; at most 65535");
  EXPECT_EQ(bytes("r268435456"), "error at 0: r268435456 is too large; at most 268435455");
  EXPECT_EQ(bytes("r99999999999999999999999"), "error at 0: r99999999999999999999999 is too large; at most 268435455");
  EXPECT_EQ(bytes("rx"), "error at 1: 'x' follows 'r' without a blank between them");
  EXPECT_EQ(bytes("00*"), "error at 2: '*' needs how often, in decimal: 'a'*100");
  EXPECT_EQ(bytes("00*2*3"), "error at 4: a token can be repeated only once");
  EXPECT_EQ(bytes("00 *3"), "error at 3: '*' has no token in front of it; write 'a'*3 or 00*3, without a blank before the *");
  EXPECT_EQ(bytes("30 r*2"), "error at 3: a bare r cannot be repeated; give its length: r14");
  EXPECT_EQ(bytes("'a''b'"), "error at 3: ''b'' follows ''a'' without a blank between them");
  EXPECT_EQ(bytes("m1x"), "error at 2: 'x' follows 'm1' without a blank between them");
  EXPECT_EQ(bytes("'ab'*200000000"), "error at 0: more than 268435456 bytes in all; one packet cannot be larger");
  EXPECT_EQ(bytes("00 zz yy"), "error at 3: 'zz' is no token; write hex (c0), 'text', s5, s'text', m1234, r14, r, or ;");
}

TEST(Raw, GivesNoBytesBesideAnError) { EXPECT_TRUE(parse_raw("00 zz").bytes.empty()); }

}  // namespace
}  // namespace mqtt::raw_test
