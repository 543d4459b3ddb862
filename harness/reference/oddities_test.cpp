// Rules whose breaking shows only in what several packets, or several connections, have to do with each other.
#include "harness/reference/bench_test.h"

namespace reference::oddities_test {
namespace {

using Oddities = InEveryVersion;
IN_EVERY_VERSION(Oddities);

using Names = std::vector<std::string>;

mqtt::Bytes joined(Version version, std::initializer_list<mqtt::Packet> packets) {
  mqtt::Bytes all;
  for (auto& packet : packets)
    for (auto byte : mqtt::encode_bytes(packet, version)) all.push_back(byte);
  return all;
}

TEST_P(Oddities, PacketsMayComeInPiecesAndTogether) {
  struct { Rules rules; std::size_t together, pieces; } cases[] = {{{}, 2, 1}, {Rules{Rule::packets_together}, 1, 1}, {Rules{Rule::packets_in_pieces}, 2, 0}};
  for (auto& [rules, together, pieces] : cases) {
    Bench bench(GetParam(), rules);
    auto a = bench.connect("a");
    bench.raw(a, joined(GetParam(), {mqtt::Pingreq{}, mqtt::Pingreq{}}));
    EXPECT_EQ(bench.names(a).size(), together);
    bench.raw(a, "c0");
    bench.raw(a, "00");
    EXPECT_EQ(bench.names(a).size(), pieces);
  }
}

TEST_P(Oddities, ConnackComesFirst) {
  struct { Rules rules; Names got; } cases[] = {
      {{}, {"CONNACK", "PINGRESP"}}, {Rules{Rule::connect_with_others}, {"PINGRESP"}}, {Rules{Rule::connack_first}, {"PINGRESP", "CONNACK", "PINGRESP"}},
      {Rules{Rule::connect_answered}, {"PINGRESP"}}};
  for (auto& [rules, got] : cases) {
    Bench bench(GetParam(), rules);
    auto a = bench.open();
    bench.raw(a, joined(GetParam(), {bench.connect_packet("a"), mqtt::Pingreq{}}));
    EXPECT_EQ(bench.names(a), got);
  }
}

TEST_P(Oddities, HugeAnnouncementsHarmTheirSenderOnly) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::announcement_harmless});
    auto a = bench.connect("a"), b = bench.connect("b");
    bench.raw(a, "30 ff ff ff 7f 0003 'abc'");
    EXPECT_TRUE(bench.closed(a));
    EXPECT_TRUE(bench.goes_on(b));
    auto c = bench.open();
    bench.send(c, bench.connect_packet("c"));
    EXPECT_EQ(bench.names(c), kept ? Names{"CONNACK"} : Names{});
  }
}

TEST_P(Oddities, UsedIdentifiersAreFreeAgain) {
  struct { Rules rules; Names second; } cases[] = {
      {{}, {"PUBREC", "PUBCOMP"}}, {Rules{Rule::used_id_answered}, {"PUBCOMP"}}, {Rules{Rule::used_id_completed}, {"PUBREC"}}};
  for (auto& [rules, second] : cases) {
    Bench bench(GetParam(), rules);
    auto s = bench.connect("s"), p = bench.connect("p");
    bench.subscribe(s, "t");
    for (int i = 0; i < 2; ++i) {
      bench.names(p);
      bench.send(p, mqtt::Publish{false, 2, false, "t", 7, {}, mqtt::bytes_of("x")});
      bench.send(p, mqtt::Pubrel{7, 0, {}});
    }
    EXPECT_EQ(bench.names(p), second);
    EXPECT_EQ(bench.messages(s).size(), 2u);
  }
}

TEST_P(Oddities, ExchangesOfBothDirectionsKeepApart) {
  struct { Rules rules; Names after; bool finished; } cases[] = {
      {{}, {"PUBREC", "PUBCOMP"}, false}, {Rules{Rule::directions_have_own_ids}, {}, false}, {Rules{Rule::pubrel_of_either_direction}, {"PUBREC"}, false},
      {Rules{Rule::exchanges_keep_apart}, {"PUBREC", "PUBCOMP"}, true}};
  for (auto& [rules, after, finished] : cases) {
    Bench bench(GetParam(), rules);
    auto s = bench.keep("s");
    bench.subscribe(s, "t", 1);
    bench.publish(bench.connect("p"), "t", "x", 1);
    auto got = bench.take(s);
    ASSERT_EQ(got.size(), 1u);
    auto id = std::get<mqtt::Publish>(got[0]).packet_id;
    bench.send(s, mqtt::Publish{false, 2, false, "u", id, {}, mqtt::bytes_of("y")});
    if (!after.empty()) bench.send(s, mqtt::Pubrel{id, 0, {}});
    Names types;
    for (auto& packet : bench.take(s)) types.emplace_back(mqtt::name(mqtt::type_of(packet)));
    EXPECT_EQ(types, after);
    bench.cut(s);
    bench.keep("s");
    EXPECT_EQ(bench.after_connack.empty(), finished);
  }
}

TEST_P(Oddities, EveryReconnectSendsAgain) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::resent_at_every_reconnect});
    auto s = bench.keep("s");
    bench.subscribe(s, "t", 1);
    bench.publish(bench.connect("p"), "t", "x", 1);
    for (std::size_t i = 0; i < 2; ++i) {
      bench.cut(s);
      s = bench.keep("s");
      EXPECT_EQ(bench.after_connack.size(), kept || i == 0 ? 1u : 0u);
    }
  }
}

TEST_P(Oddities, MisplacedWildcardsDeliverNothing) {
  struct { Rule rule; const char* filter; bool misplaced; } cases[] = {
      {Rule::misplaced_hash_delivers_nothing, "t#", true}, {Rule::misplaced_plus_delivers_nothing, "t+", true}, {Rule::hash_matches_only_below, "x/#", false}};
  for (auto& [rule, filter, misplaced] : cases) {
    Bench right(GetParam()), wrong(GetParam(), rule);
    auto a = right.connect("a"), b = wrong.connect("b");
    right.subscribe(a, filter);
    wrong.subscribe(b, filter);
    right.publish(right.connect("p"), "t/y", "x");
    wrong.publish(wrong.connect("p"), "t/y", "x");
    EXPECT_THAT(right.messages(a), IsEmpty()) << filter;
    EXPECT_THAT(wrong.messages(b), ElementsAre("0 t/y x")) << filter;
    wrong.send(b, mqtt::Unsubscribe{8, {}, {filter}});
    if (!misplaced) EXPECT_THAT(wrong.names(b), ElementsAre("UNSUBACK"));
  }
}

TEST_P(Oddities, UnsubscribeConcernsItsFilterAndItsClient) {
  struct { Rules rules; bool own_other, others; } cases[] = {
      {{}, true, true}, {Rules{Rule::unsubscribe_only_named}, false, true}, {Rules{Rule::unsubscribe_own}, true, false}};
  for (auto& [rules, own_other, others] : cases) {
    Bench bench(GetParam(), rules);
    auto a = bench.connect("a"), b = bench.connect("b"), p = bench.connect("p");
    bench.subscribe(a, "t");
    bench.subscribe(a, "u");
    bench.subscribe(b, "t");
    bench.send(a, mqtt::Unsubscribe{8, {}, {"t"}});
    bench.names(a);
    bench.publish(p, "t", "x");
    bench.publish(p, "u", "x");
    EXPECT_EQ(bench.messages(a).size(), own_other ? 1u : 0u);
    EXPECT_EQ(bench.messages(b).size(), others ? 1u : 0u);
  }
}

TEST_P(Oddities, APacketThatTheEndCutsOffIsForgotten) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::half_packet_ignored});
    auto w = bench.connect("w"), p = bench.connect("p");
    bench.subscribe(w, "t");
    bench.raw(p, "30 r100 s't' 00 'x'");
    bench.cut(p);
    EXPECT_EQ(bench.messages(w).size(), kept ? 0u : 1u);
  }
}

TEST_P(Oddities, WhatIsNotAcknowledgedComesAgainWhileConnectedIn31) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::repeated_while_connected});
    auto s = bench.connect("s"), p = bench.connect("p");
    bench.subscribe(s, "t", 1);
    bench.publish(p, "t", "x", 1);
    EXPECT_EQ(bench.messages(s), Names{"1 t x"});
    bench.wait(std::chrono::milliseconds(19999));
    EXPECT_EQ(bench.messages(s), Names{});
    bench.wait(std::chrono::milliseconds(1));
    EXPECT_EQ(bench.messages(s).size(), kept && GetParam() == Version::v3_1 ? 1u : 0u);
  }
}

TEST_P(Oddities, KeepAliveCountsFromTheLastPacket) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::keep_alive_from_last_packet});
    mqtt::Connect packet;
    packet.keep_alive = 2;
    auto a = bench.connect("a", packet);
    bench.wait(std::chrono::milliseconds(2000));
    EXPECT_TRUE(bench.goes_on(a));
    bench.wait(std::chrono::milliseconds(1500));
    EXPECT_EQ(bench.closed(a), !kept);
  }
}

TEST(Listeners, MayAdmitClientsWithoutUserName) {
  Options options;
  options.accounts = {{"user", "pass"}};
  options.anonymous = false;
  Broker broker(options);
  mqtt::Connect connect;
  connect.client_id = "a";
  for (bool admitted : {true, false}) {
    Actions out;
    auto handle = broker.connect({}, admitted);
    broker.receive(handle, mqtt::encode_bytes(connect, Version::v3_1_1), {}, out);
    ASSERT_FALSE(out.empty());
    EXPECT_EQ(mqtt::hex(out[0].bytes), admitted ? "20 02 00 00" : "20 02 00 05");
  }
}

TEST(HostileBytes, AreSurvivedByAThousandConnections) {
  Broker broker;
  Actions out;
  std::uint32_t state = 1;
  auto next = [&] { return state = state * 1664525u + 1013904223u, std::uint8_t(state >> 24); };
  for (int i = 0; i < 1000; ++i) {
    auto handle = broker.connect({});
    mqtt::Connect connect;
    connect.client_id = "c" + std::to_string(i);
    if (i % 2) broker.receive(handle, mqtt::encode_bytes(connect, Version::v3_1_1), {}, out);
    mqtt::Bytes bytes(200);
    for (auto& each : bytes) each = next();
    broker.receive(handle, bytes, {}, out);
  }
  EXPECT_LE(broker.connections(), 1000u);
  broker.tick(Time{} + std::chrono::hours(1), out);
  EXPECT_LE(broker.sessions(), 1000u);
}

}  // namespace
}  // namespace reference::oddities_test
