#include "fuzz/network/shrinking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/raw.h"

namespace network::shrinking_test {
namespace {

using What = Act::What;
namespace asio = boost::asio;

mqtt::Bytes raw(const char* text) { return mqtt::parse_raw(text).bytes; }

int tries = 0;

Sessions shrunk(const Sessions& sessions, bool (*bad)(const mqtt::Bytes& packet), int attempts = 400) {
  asio::io_context io;
  Sessions small;
  tries = 0;
  Again again = [bad](const Sessions& all) -> asio::awaitable<bool> {
    ++tries;
    bool any = false;
    for (auto& session : all)
      for (auto& act : session.acts) any |= act.what == What::send && bad(act.bytes);
    co_return any;
  };
  asio::co_spawn(io, shrink(sessions, again, Effort{attempts}), [&](std::exception_ptr, Sessions made) { small = std::move(made); });
  io.run();
  return small;
}

Session session(std::vector<mqtt::Bytes> packets) {
  Session made{7, mqtt::Version::v5_0, {{What::open, 0, {}}}};
  for (auto& each : packets) made.acts.push_back({What::send, 0, std::move(each)});
  made.acts.push_back({What::finish, 0, {}});
  return made;
}

bool shares_without_filter(const mqtt::Bytes& packet) {
  auto decoded = mqtt::decode(packet, mqtt::Version::v5_0, mqtt::Sender::client);
  auto subscribe = decoded.packet ? std::get_if<mqtt::Subscribe>(&*decoded.packet) : nullptr;
  return subscribe && std::any_of(subscribe->filters.begin(), subscribe->filters.end(), [](auto& each) { return each.filter == "$share/g"; });
}

TEST(Shrinking, LeavesTheOnePacketThatMatters) {
  auto guilty = session({raw("10 r s'MQTT' 05 02 003c 00 s'c'"), raw("30 r s'a' 00 'hi'"), raw("82 r m7 0d 26 s'key' s'value' s'a/b' 00 s'$share/g' 01 s'c' 02"), raw("c0 00")});
  auto small = shrunk({session({raw("c0 00")}), guilty, session({raw("e0 00")})}, shares_without_filter);
  ASSERT_EQ(small.size(), 1u);
  ASSERT_EQ(small[0].acts.size(), 2u) << "the packet, and the FIN behind it";
  auto& bytes = small[0].acts[0].bytes;
  EXPECT_TRUE(shares_without_filter(bytes));
  EXPECT_EQ(bytes.size(), 15u) << mqtt::hex(bytes) << ": header, length, identifier, no properties, the filter; its options and the other filters are gone";
}

bool long_payload(const mqtt::Bytes& packet) { return packet.size() > 40 && packet[0] == 0x30; }

TEST(Shrinking, KeepsTheLengthsRight) {
  auto small = shrunk({session({raw("30 r s'topic' 00 'x'*100")})}, long_payload);
  ASSERT_EQ(small.size(), 1u);
  auto& bytes = small[0].acts.at(0).bytes;
  EXPECT_EQ(bytes.size(), 41u);
  EXPECT_EQ(bytes[1], 39);
}

TEST(Shrinking, KeepsALengthOfTwoBytesRight) {
  auto small = shrunk({session({raw("40 r m1 00 00 'x'*147")})}, [](const mqtt::Bytes& packet) { return !packet.empty() && packet[0] == 0x40 && packet.size() > 6; });
  ASSERT_EQ(small.size(), 1u);
  EXPECT_EQ(small[0].acts.at(0).bytes.size(), 7u);
  EXPECT_EQ(small[0].acts[0].bytes.at(1), 5);
}

bool connects(const mqtt::Bytes& packet) {
  auto decoded = mqtt::decode(packet, mqtt::Version::v5_0, mqtt::Sender::client);
  auto connect = decoded.clean() ? std::get_if<mqtt::Connect>(&*decoded.packet) : nullptr;
  return connect && !connect->client_id.empty();
}

TEST(Shrinking, LeavesClientIdentifiersAsTheyAre) {
  auto small = shrunk({session({raw("10 r s'MQTT' 05 02 003c 06 21 000a 22 0000 s'fz000007A'")})}, connects);
  ASSERT_EQ(small.size(), 1u);
  EXPECT_EQ(mqtt::hex(small[0].acts.at(0).bytes), "10 16 00 04 4d 51 54 54 05 02 00 3c 00 00 09 66 7a 30 30 30 30 30 37 41");
}

TEST(Shrinking, StopsWhenItsEffortIsSpent) {
  Sessions many(64, session({raw("c0 00")}));
  shrunk(many, [](const mqtt::Bytes&) { return false; }, 10);
  EXPECT_EQ(tries, 10);
}

TEST(Simpler, IsAlwaysShorterAndNeverTheSameTwice) {
  auto packet = raw("10 29 00 04 4d 51 54 54 05 ce 00 0a 05 11 00 00 00 0a 00 02 69 64 05 18 00 00 00 05 00 01 77 00 03 62 79 65 00 01 75 00 02 70 77");
  auto all = simpler(packet, mqtt::Version::v5_0);
  EXPECT_GT(all.size(), 20u);
  for (auto& each : all) {
    EXPECT_LT(each.size(), packet.size());
    EXPECT_EQ(std::count(all.begin(), all.end(), each), 1) << mqtt::hex(each);
  }
}

}  // namespace
}  // namespace network::shrinking_test
