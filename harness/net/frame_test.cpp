#include "harness/net/frame.h"

#include <gtest/gtest.h>

namespace net::frame_test {
namespace {

using namespace std::string_literals;

std::optional<Frame> read(std::string_view bytes) {
  FrameReader reader;
  reader.feed(bytes);
  return reader.next();
}

// RFC 6455, 5.7
const auto hello = "\x81\x05Hello"s, masked_hello = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s;

TEST(Frame, IsWrittenAsTheStandardShows) {
  EXPECT_EQ(to_bytes({Opcode::text, "Hello"}, {}), hello);
  EXPECT_EQ(to_bytes({Opcode::text, "Hello", true, true}, {0x37, 0xfa, 0x21, 0x3d}), masked_hello);
  EXPECT_EQ(to_bytes({Opcode::text, "Hel", false}, {}), "\x01\x03Hel"s);
  EXPECT_EQ(to_bytes({Opcode::continuation, "lo"}, {}), "\x80\x02lo"s);
  EXPECT_EQ(to_bytes({Opcode::ping, "Hello"}, {}), "\x89\x05Hello"s);
  EXPECT_EQ(to_bytes({Opcode::binary, std::string(256, 'x')}, {}), "\x82\x7e\x01\x00"s + std::string(256, 'x'));
  EXPECT_EQ(to_bytes({Opcode::binary, std::string(65536, 'x')}, {}), "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s + std::string(65536, 'x'));
  EXPECT_EQ(to_bytes({Opcode::reserved, "", true, false, 4}, {}), "\xc3\x00"s);
}

TEST(Frame, IsReadAsTheStandardShows) {
  EXPECT_EQ(read(hello), (Frame{Opcode::text, "Hello"}));
  EXPECT_EQ(read(masked_hello), (Frame{Opcode::text, "Hello", true, true}));
  EXPECT_EQ(read("\x01\x03Hel"s), (Frame{Opcode::text, "Hel", false}));
  EXPECT_EQ(read("\x82\x7e\x01\x00"s + std::string(256, 'x')), (Frame{Opcode::binary, std::string(256, 'x')}));
  EXPECT_EQ(read("\xc7\x00"s), (Frame{Opcode::reserved, "", true, false, 4}));
}

TEST(Frame, OfEverySizeComesThroughInAnyPieces) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 127u, 65535u, 65536u, 100000u}) {
    const Frame frame{Opcode::binary, std::string(size, 'a'), true, true};
    const auto bytes = to_bytes(frame, {1, 2, 3, 4});
    FrameReader reader;
    reader.feed(std::string_view(bytes).substr(0, 1));
    EXPECT_FALSE(reader.next());
    reader.feed(std::string_view(bytes).substr(1, bytes.size() - 2));
    EXPECT_FALSE(reader.next());
    reader.feed(bytes.substr(bytes.size() - 1) + hello);
    EXPECT_EQ(reader.next(), frame) << size;
    EXPECT_EQ(reader.next()->payload, "Hello");
    EXPECT_FALSE(reader.lost());
  }
}

TEST(Frame, TooLongToBeTrueIsNotWaitedFor) {
  FrameReader reader;
  reader.feed("\x82\x7f\x00\x00\x00\x00\x04\x00\x00\x01"s);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.lost());
  FrameReader wraps;
  wraps.feed("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_FALSE(wraps.next());
  EXPECT_TRUE(wraps.lost());
}

TEST(Frame, OfCloseHoldsACode) {
  EXPECT_EQ(close_code({Opcode::close, closing(1002)}), 1002);
  EXPECT_EQ(close_code({Opcode::close, "\x03\xe8goodbye"}), 1000);
  EXPECT_EQ(close_code({Opcode::close, ""}), std::nullopt);
  EXPECT_EQ(close_code({Opcode::close, "\x03"}), std::nullopt);
}

}  // namespace
}  // namespace net::frame_test
