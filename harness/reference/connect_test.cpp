#include "harness/reference/bench_test.h"

namespace reference::connect_test {
namespace {

using Connecting = InEveryVersion;
IN_EVERY_VERSION(Connecting);

using Names = std::vector<std::string>;

// CONNECT from a packet, spoilt where `instead` says; names of what comes back.
Names answer(Bench& bench, Handle& who, mqtt::Connect packet, const mqtt::Instead& instead = {}) {
  who = bench.open();
  bench.send(who, packet, instead);
  return bench.names(who);
}

TEST_P(Connecting, IsAnsweredByConnack) {
  Bench bench(GetParam());
  Handle a;
  EXPECT_THAT(answer(bench, a, bench.connect_packet("a")), ElementsAre("CONNACK"));
  EXPECT_TRUE(bench.goes_on(a));
}

TEST_P(Connecting, WorksByteByByte) {
  Bench bench(GetParam());
  auto a = bench.open();
  auto bytes = mqtt::encode(bench.connect_packet("a"), GetParam()).bytes;
  for (auto byte : bytes) {
    EXPECT_THAT(bench.names(a), IsEmpty());
    bench.raw(a, mqtt::Bytes{byte});
  }
  EXPECT_THAT(bench.names(a), ElementsAre("CONNACK"));
}

TEST_P(Connecting, TwiceClosesAndPublishesTheWill) {
  Bench bench(GetParam());
  auto w = bench.connect("w");
  bench.subscribe(w, "will");
  mqtt::Connect packet;
  packet.will = mqtt::Will{"will", mqtt::bytes_of("gone"), 0, false, {}};
  auto a = bench.connect("a", packet);
  bench.send(a, bench.connect_packet("a"));
  EXPECT_TRUE(bench.closed(a));
  EXPECT_EQ(bench.names(a), GetParam() == Version::v5_0 ? Names{"DISCONNECT 82"} : Names{});
  EXPECT_THAT(bench.messages(w), ElementsAre("0 will gone"));
}

TEST_P(Connecting, TwiceIsIgnoredWhereThatIsBroken) {
  Bench bench(GetParam(), Rule::second_connect_closes);
  auto a = bench.connect("a");
  bench.send(a, bench.connect_packet("a"));
  EXPECT_TRUE(bench.goes_on(a));
}

TEST_P(Connecting, ComesFirst) {
  Bench bench(GetParam());
  auto a = bench.open();
  bench.send(a, mqtt::Pingreq{});
  EXPECT_TRUE(bench.closed(a));
  EXPECT_THAT(bench.names(a), IsEmpty());
}

TEST_P(Connecting, ServesStrangersWhereThatIsBroken) {
  Bench bench(GetParam(), Rule::connect_comes_first);
  auto s = bench.connect("s"), a = bench.open();
  bench.subscribe(s, "t");
  bench.send(a, mqtt::Pingreq{});
  bench.send(a, mqtt::Publish{false, 1, false, "t", 7, {}, mqtt::bytes_of("x")});
  EXPECT_FALSE(bench.closed(a));
  EXPECT_THAT(bench.names(a), ElementsAre("PINGRESP", "PUBACK"));
  EXPECT_THAT(bench.messages(s), ElementsAre("0 t x"));
}

TEST_P(Connecting, ForeverIsNotWaitedFor) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::connect_timeout});
    auto a = bench.open();
    bench.raw(a, "10");
    bench.wait(std::chrono::milliseconds(9999));
    EXPECT_FALSE(bench.closed(a));
    bench.wait(std::chrono::milliseconds(1));
    EXPECT_EQ(bench.closed(a), kept);
  }
}

TEST_P(Connecting, WithAnUnknownLevelIsRefusedInItsOwnShape) {
  Bench bench(GetParam());
  auto packet = bench.connect_packet("a");
  packet.protocol_level = 9;
  auto a = bench.open();
  bench.send(a, packet);
  EXPECT_TRUE(bench.closed(a));
  auto frames = bench.frames(a);
  ASSERT_EQ(frames.size(), 1u);
  if (GetParam() == Version::v5_0) EXPECT_EQ(frames[0][3], 0x84);
  else EXPECT_EQ(mqtt::hex(frames[0]), "20 02 00 01");
}

TEST_P(Connecting, WithAnUnknownNameOrLevelWorksWhereThatIsBroken) {
  Bench bench(GetParam(), Rules{Rule::protocol_level_checked, Rule::protocol_name_checked});
  auto packet = bench.connect_packet("a");
  Handle a;
  packet.protocol_level = 9;
  EXPECT_THAT(answer(bench, a, packet), ElementsAre("CONNACK"));
  packet = bench.connect_packet("b");
  packet.protocol_name = "MQTX";
  EXPECT_THAT(answer(bench, a, packet), ElementsAre("CONNACK"));
  EXPECT_TRUE(bench.goes_on(a));
}

TEST_P(Connecting, IllFormedIsRefused) {
  struct { Rule rule; mqtt::Instead instead; } cases[] = {
      {Rule::client_id_utf8, {{"client_id", {0, 2, 0xc3, 0x28}}}},
      {Rule::connect_surplus_refused, {{"surplus", {1, 2}}}},
      {Rule::protocol_name_checked, {{"protocol_name", {0, 4, 'm', 'q', 't', 't'}}}},
      {Rule::client_id_demanded, {{"client_id", {}}}}};
  for (auto& [rule, instead] : cases) {
    Bench right(GetParam()), wrong(GetParam(), rule);
    Handle a, b;
    answer(right, a, right.connect_packet("abcd"), instead);
    EXPECT_TRUE(right.closed(a)) << row(rule).name;
    if (GetParam() == Version::v3_1 && rule == Rule::client_id_demanded) continue;   // an empty identifier is refused there too
    EXPECT_EQ(answer(wrong, b, wrong.connect_packet("abcd"), instead), Names{"CONNACK"}) << row(rule).name;
    EXPECT_TRUE(wrong.goes_on(b)) << row(rule).name;
  }
}

TEST_P(Connecting, ClientIdsAreAcceptedByTheVersionsRules) {
  Bench bench(GetParam());
  bool old = GetParam() == Version::v3_1;
  Handle a;
  auto code = [&](const std::string& id, bool clean) {
    auto packet = bench.connect_packet(id);
    packet.clean_start = clean;
    return answer(bench, a, packet);
  };
  EXPECT_EQ(code(std::string(23, 'Z'), true), Names{"CONNACK"});
  EXPECT_EQ(code(std::string(24, 'a'), true), Names{old ? "CONNACK 02" : "CONNACK"});
  EXPECT_EQ(code("", true), Names{old ? "CONNACK 02" : "CONNACK"});
  EXPECT_EQ(code("", false), Names{GetParam() == Version::v5_0 ? "CONNACK" : "CONNACK 02"});
}

TEST(ConnectingIn50, AssignsIdentifiersThatStayTheClients) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::assigned_id_used});
    std::vector<std::string> ids;
    for (int i = 0; i < 2; ++i) {
      bench.cut(bench.keep(""));
      for (auto& each : bench.last_connack.properties)
        if (each.id == 0x12) ids.push_back(std::get<std::string>(each.value));
    }
    ASSERT_EQ(ids.size(), 2u);
    EXPECT_NE(ids[0], ids[1]);
    bench.keep(ids[0]);
    EXPECT_EQ(bench.last_connack.session_present, kept);
  }
}

TEST_P(Connecting, ChecksAccounts) {
  Options options;
  options.accounts = {{"user", "pass"}};
  options.anonymous = false;
  auto old = GetParam() != Version::v5_0;
  struct { Rules rules; std::optional<std::string> user; std::string password; Names got; } cases[] = {
      {{}, "user", "pass", {"CONNACK"}},
      {{}, "user", "no", {old ? "CONNACK 04" : "CONNACK 86"}},
      {{}, "nobody", "pass", {old ? "CONNACK 04" : "CONNACK 86"}},
      {{}, std::nullopt, "", {old ? "CONNACK 05" : "CONNACK 87"}},
      {Rules{Rule::password_checked}, "user", "no", {"CONNACK"}},
      {Rules{Rule::unknown_user_refused}, "nobody", "pass", {"CONNACK"}},
      {Rules{Rule::anonymous_refused}, std::nullopt, "", {"CONNACK"}},
      {Rules{Rule::good_login_admitted}, "user", "pass", {old ? "CONNACK 04" : "CONNACK 86"}}};
  for (auto& [rules, user, password, got] : cases) {
    Bench bench(GetParam(), rules, options);
    auto packet = bench.connect_packet("a");
    packet.username = user;
    if (user) packet.password = mqtt::bytes_of(password);
    Handle a;
    EXPECT_EQ(answer(bench, a, packet), got);
    EXPECT_EQ(bench.closed(a), got[0] != "CONNACK");
  }
}

TEST_P(Connecting, RefusedBringsNothingBehindItIn) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::nothing_behind_refusal});
    auto s = bench.connect("s");
    bench.subscribe(s, "t");
    auto packet = bench.connect_packet("a");
    packet.protocol_level = 9;
    auto bytes = mqtt::encode(packet, GetParam()).bytes;
    for (auto byte : mqtt::encode(mqtt::Publish{false, 0, false, "t", 0, {}, mqtt::bytes_of("x")}, GetParam()).bytes) bytes.push_back(byte);
    auto a = bench.open();
    bench.raw(a, bytes);
    EXPECT_TRUE(bench.closed(a));
    EXPECT_EQ(bench.messages(s).size(), kept ? 0u : 1u);
  }
}

TEST_P(Connecting, KeepAliveIsOneAndAHalfPeriods) {
  struct { Rules rules; int open_at, closed_at; } cases[] = {
      {{}, 2999, 3000}, {Rules{Rule::keep_alive_patience}, 999, 1000}, {Rules{Rule::keep_alive_punctual}, 19999, 20000}};
  for (auto& [rules, open_at, closed_at] : cases) {
    Bench bench(GetParam(), rules);
    mqtt::Connect packet;
    packet.keep_alive = 2;
    auto a = bench.connect("a", packet);
    bench.wait(std::chrono::milliseconds(open_at));
    EXPECT_FALSE(bench.closed(a));
    bench.wait(std::chrono::milliseconds(closed_at - open_at));
    EXPECT_TRUE(bench.closed(a));
    EXPECT_EQ(bench.names(a), GetParam() == Version::v5_0 ? Names{"DISCONNECT 8d"} : Names{});
  }
}

TEST_P(Connecting, KeepAliveIsResetByAnyPacket) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::any_packet_counts});
    mqtt::Connect packet;
    packet.keep_alive = 2;
    auto a = bench.connect("a", packet);
    for (int i = 0; i < 2; ++i) {
      bench.wait(std::chrono::milliseconds(1900));
      bench.publish(a, "t", "x");
    }
    EXPECT_EQ(bench.closed(a), !kept);
  }
}

TEST_P(Connecting, KeepAliveZeroIsForEver) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::keep_alive_zero});
    auto a = bench.connect("a");
    bench.wait(std::chrono::hours(24));
    EXPECT_EQ(bench.closed(a), !kept);
  }
}

TEST(ConnectingIn50, UsesTheServersKeepAlive) {
  Options options;
  options.server_keep_alive = 4;
  Bench bench(Version::v5_0, Rules{}, options);
  auto a = bench.connect("a");
  bench.wait(std::chrono::milliseconds(5999));
  EXPECT_FALSE(bench.closed(a));
  bench.wait(std::chrono::milliseconds(1));
  EXPECT_TRUE(bench.closed(a));
}

TEST(ConnectingIn31, MissesTextsInSpiteOfTheirFlags) {
  struct { Rule rule; std::string bytes; } cases[] = {
      {Rule::missing_username_legal, "10 r s'MQIsdp' 03 82 0000 s'a'"},
      {Rule::missing_password_legal, "10 r s'MQIsdp' 03 c2 0000 s'a' s'u'"},
      {Rule::will_bits_disregarded, "10 r s'MQIsdp' 03 0a 0000 s'a'"}};
  for (auto& [rule, bytes] : cases)
    for (bool kept : {true, false}) {
      Bench bench(Version::v3_1, kept ? Rules{} : Rules{rule});
      auto a = bench.open();
      bench.raw(a, bytes);
      EXPECT_EQ(bench.closed(a), !kept) << row(rule).name;
    }
}

}  // namespace
}  // namespace reference::connect_test
