#include "harness/mqtt/framer.h"

#include <gtest/gtest.h>

#include <random>

namespace mqtt::framer_test {
namespace {

Bytes frame_of(std::size_t payload) {
  Bytes frame{0x30};
  auto length = payload;
  do {
    frame.push_back(std::uint8_t(length % 128 | (length > 127 ? 128 : 0)));
    length /= 128;
  } while (length);
  for (std::size_t i = 0; i < payload; ++i) frame.push_back(std::uint8_t(i * 7));
  return frame;
}

TEST(Framer, GivesTheSameFramesWhateverThePieces) {
  std::mt19937 random(20190307);
  const std::size_t sizes[] = {0, 1, 126, 127, 128, 129, 16383, 16384, 5, 0, 0, 70000};
  for (int round = 0; round < 200; ++round) {
    std::vector<Bytes> sent, came;
    Bytes stream;
    for (int i = 0; i < 8; ++i) {
      sent.push_back(frame_of(sizes[random() % std::size(sizes)]));
      stream.insert(stream.end(), sent.back().begin(), sent.back().end());
    }
    Framer framer;
    for (std::size_t at = 0; at < stream.size();) {
      auto most = std::uniform_int_distribution<std::size_t>(1, round % 2 ? 5000 : 100000)(random);
      auto piece = std::min(most, stream.size() - at);
      framer.feed(View(stream).subspan(at, piece));
      at += piece;
      while (auto frame = framer.next()) came.push_back(*frame);
    }
    ASSERT_EQ(came, sent);
    EXPECT_TRUE(framer.held().empty());
    EXPECT_FALSE(framer.lost());
  }
}

TEST(Framer, WorksByteByByte) {
  Framer framer;
  auto frame = frame_of(200);
  for (std::size_t i = 0; i + 1 < frame.size(); ++i) {
    framer.feed(View(frame).subspan(i, 1));
    ASSERT_FALSE(framer.next());
    ASSERT_EQ(framer.held().size(), i + 1);
  }
  framer.feed(View(frame).last(1));
  EXPECT_EQ(framer.next(), frame);
  EXPECT_FALSE(framer.next());
}

TEST(Framer, HoldsNoMoreThanWhatCame) {
  Framer framer;
  framer.feed(Bytes{0x30, 0xff, 0xff, 0xff, 0x7f, 'x'});   // 268,435,455 bytes announced
  EXPECT_FALSE(framer.next());
  EXPECT_FALSE(framer.lost());
  EXPECT_EQ(framer.held().size(), 6u);
}

TEST(Framer, ForgetsWhatItGaveAway) {
  Framer framer;
  auto frame = frame_of(1000);
  framer.feed(View(frame).first(500));
  for (int i = 0; i < 10000; ++i) {   // always half a frame behind
    framer.feed(View(frame).subspan(500));
    ASSERT_TRUE(framer.next());
    framer.feed(View(frame).first(500));
    ASSERT_EQ(framer.held().size(), 500u);
  }
  EXPECT_LT(framer.capacity(), 5 * frame.size());
}

TEST(Framer, IsLostAfterFiveBytesOfRemainingLength) {
  Framer framer;
  framer.feed(Bytes{0xc0, 0x00, 0x30, 0xff, 0xff, 0xff});
  EXPECT_EQ(framer.next(), (Bytes{0xc0, 0x00}));
  EXPECT_FALSE(framer.next());
  EXPECT_FALSE(framer.lost());
  framer.feed(Bytes{0xff});
  EXPECT_FALSE(framer.next());
  EXPECT_TRUE(framer.lost());
  framer.feed(Bytes{0xc0, 0x00});
  EXPECT_FALSE(framer.next());
  EXPECT_EQ(framer.held().size(), 5u);
}

TEST(Framer, TakesALengthInMoreBytesThanItNeeds) {
  Framer framer;
  framer.feed(Bytes{0xc0, 0x80, 0x80, 0x00, 0xd0, 0x00});
  EXPECT_EQ(framer.next(), (Bytes{0xc0, 0x80, 0x80, 0x00}));
  EXPECT_EQ(framer.next(), (Bytes{0xd0, 0x00}));
}

}  // namespace
}  // namespace mqtt::framer_test
