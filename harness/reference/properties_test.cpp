#include "harness/reference/bench_test.h"
#include "harness/reference/message.h"

namespace reference::properties_test {
namespace {

using Texts = std::vector<std::string>;
using Ids = std::vector<std::uint32_t>;

struct Pair {
  Bench bench;
  Handle s, p;
  explicit Pair(Rules rules = {}, mqtt::Properties of_subscriber = {}, Options options = {}) : bench(Version::v5_0, rules, options) {
    mqtt::Connect packet;
    packet.properties = of_subscriber;
    s = bench.connect("s", packet);
    p = bench.connect("p");
    bench.subscribe(s, "t/#", 2);
  }
  std::vector<mqtt::Publish> publishes() {
    std::vector<mqtt::Publish> all;
    for (auto& packet : bench.take(s))
      if (auto publish = std::get_if<mqtt::Publish>(&packet)) all.push_back(*publish);
    return all;
  }
};

Ids numbers(const mqtt::Publish& publish, std::uint8_t id) {
  Ids all;
  for (auto& each : publish.properties)
    if (each.id == id) all.push_back(std::get<std::uint32_t>(each.value));
  return all;
}

const mqtt::Properties passed_on = {{0x01, 1u}, {0x03, std::string("text")}, {0x08, std::string("r/x")}, {0x09, mqtt::Bytes{0, 255}},
                                    {0x26, mqtt::Pair{"b", "1"}}, {0x26, mqtt::Pair{"a", "2"}}, {0x26, mqtt::Pair{"b", "3"}}};

TEST(Properties, ArePassedOnUnaltered) {
  Pair pair;
  pair.bench.publish(pair.p, "t/a", "x", 0, false, passed_on);
  auto got = pair.publishes();
  ASSERT_EQ(got.size(), 1u);
  EXPECT_EQ(got[0].properties, passed_on);
}

TEST(Properties, AreAlteredWhereThatIsBroken) {
  for (auto rule : {Rule::payload_format_forwarded, Rule::content_type_forwarded, Rule::response_topic_forwarded, Rule::correlation_data_forwarded,
                    Rule::user_properties_forwarded, Rule::user_properties_in_order, Rule::nothing_added}) {
    Pair pair(Rules{rule});
    pair.bench.publish(pair.p, "t/a", "x", 0, false, passed_on);
    auto got = pair.publishes();
    ASSERT_EQ(got.size(), 1u) << row(rule).name;
    EXPECT_NE(got[0].properties, passed_on) << row(rule).name;
    EXPECT_EQ(mqtt::text_of(got[0].payload), "x");
  }
}

TEST(MessageExpiry, IsCountedDownAndEnds) {
  struct { Rules rules; Ids left; } cases[] = {
      {{}, {55}}, {Rules{Rule::expiry_counted_down}, {60}}, {Rules{Rule::expiry_forwarded}, {}}};
  for (auto& [rules, left] : cases) {
    Pair pair(rules);
    pair.bench.publish(pair.p, "r", "long", 0, true, {{0x02, 60u}});
    pair.bench.publish(pair.p, "r/short", "short", 0, true, {{0x02, 2u}});
    pair.bench.wait(std::chrono::seconds(5));
    pair.bench.subscribe(pair.s, "r/#");
    auto got = pair.publishes();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(numbers(got[0], 0x02), left);
  }
}

TEST(MessageExpiry, ReachesQueues) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::queued_message_expires});
    auto s = bench.keep("s");
    bench.subscribe(s, "t", 1);
    bench.cut(s);
    bench.publish(bench.connect("p"), "t", "x", 1, false, {{0x02, 1u}});
    bench.wait(std::chrono::seconds(3));
    bench.keep("s");
    EXPECT_EQ(bench.after_connack.size(), kept ? 0u : 1u);
  }
}

TEST(SubscriptionIdentifiers, OfAllMatchingSubscriptionsAreSent) {
  struct { Rules rules; std::vector<Ids> got; } cases[] = {
      {{}, {{1, 2}}}, {Rules{Rule::subscription_identifiers_sent}, {{}}}, {Rules{Rule::every_subscription_identifier}, {{1}}},
      {Rules{Rule::copies_have_own_identifier}, {{1}, {1}}}};
  for (auto& [rules, got] : cases) {
    Pair pair(rules);
    pair.bench.subscribe(pair.s, "o/#", 0, {{0x0b, 1u}});
    pair.bench.subscribe(pair.s, "o/+", 0, {{0x0b, 2u}});
    pair.bench.publish(pair.p, "o/x", "x");
    std::vector<Ids> ids;
    for (auto& publish : pair.publishes()) ids.push_back(numbers(publish, 0x0b));
    for (auto& each : ids) std::sort(each.begin(), each.end());
    if (rules.broken.none() || ids.size() == 2) EXPECT_EQ(ids.front().size(), got.front().size());
    EXPECT_EQ(ids.size(), got.size());
    if (!ids.empty()) EXPECT_EQ(ids[0].size(), got[0].size());
  }
}

TEST(TopicAlias, OfTheClientIsRemembered) {
  struct { Rules rules; std::uint32_t alias; bool served; } cases[] = {
      {{}, 1, true}, {{}, 10, true}, {{}, 11, false}, {{}, 0, false}, {Rules{Rule::alias_maximum_enforced}, 11, true},
      {Rules{Rule::highest_alias_served}, 10, false}, {Rules{Rule::alias_remembered}, 1, false}};
  for (auto& [rules, alias, served] : cases) {
    Pair pair(rules);
    pair.bench.send(pair.p, pair.bench.message("t/a", "1", 0, false, {{0x23, alias}}));
    pair.bench.send(pair.p, pair.bench.message("", "2", 0, false, {{0x23, alias}}));
    EXPECT_EQ(pair.bench.closed(pair.p), !served) << alias;
    if (served) EXPECT_THAT(pair.bench.messages(pair.s), ElementsAre("0 t/a 1", "0 t/a 2"));
  }
}

TEST(TopicAlias, EndsWithTheConnection) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v5_0, kept ? Rules{} : Rules{Rule::alias_ends_with_connection});
    auto p = bench.keep("p");
    bench.send(p, bench.message("t", "1", 0, false, {{0x23, 1u}}));
    bench.cut(p);
    p = bench.keep("p");
    bench.send(p, bench.message("", "2", 0, false, {{0x23, 1u}}));
    EXPECT_EQ(bench.closed(p), kept);
  }
}

TEST(TopicAlias, OfTheBrokerKeepsToTheClientsMaximum) {
  struct { Rules rules; std::uint32_t maximum; std::vector<Ids> aliases; Texts topics; } cases[] = {
      {{}, 1, {{1}, {1}, {}}, {"t/a", "", "t/b"}},
      {{}, 0, {{}, {}, {}}, {"t/a", "t/a", "t/b"}},
      {Rules{Rule::own_alias_needs_maximum}, 0, {{1}, {1}, {1}}, {"t/a", "t/a", "t/b"}},
      {Rules{Rule::own_alias_within_maximum}, 1, {{2}, {2}, {2}}, {"t/a", "t/a", "t/b"}},
      {Rules{Rule::own_alias_not_zero}, 1, {{0}, {0}, {0}}, {"t/a", "t/a", "t/b"}}};
  for (auto& [rules, maximum, aliases, topics] : cases) {
    Pair pair(rules, {{0x22, maximum}});
    for (auto topic : {"t/a", "t/a", "t/b"}) pair.bench.publish(pair.p, topic, "x");
    std::vector<Ids> got;
    Texts names;
    for (auto& publish : pair.publishes()) got.push_back(numbers(publish, 0x23)), names.push_back(publish.topic);
    EXPECT_EQ(got, aliases);
    EXPECT_EQ(names, topics);
  }
}

TEST(ReceiveMaximum, OfTheClientIsKept) {
  struct { Rules rules; std::size_t first, after; } cases[] = {
      {{}, 2, 1}, {Rules{Rule::receive_maximum_kept}, 4, 0}, {Rules{Rule::receive_maximum_exact}, 0, 0}, {Rules{Rule::puback_frees_quota}, 2, 0}};
  for (auto& [rules, first, after] : cases) {
    Pair pair(rules, {{0x21, 2u}});
    for (auto text : {"1", "2", "3", "4"}) pair.bench.publish(pair.p, "t/a", text, 1);
    auto got = pair.publishes();
    EXPECT_EQ(got.size(), first);
    if (got.empty()) continue;
    pair.bench.send(pair.s, mqtt::Puback{got[0].packet_id, 0, {}});
    EXPECT_EQ(pair.publishes().size(), after);
  }
}

TEST(ReceiveMaximum, LeavesOtherPacketsAlone) {
  for (bool kept : {true, false}) {
    Pair pair(kept ? Rules{} : Rules{Rule::served_without_quota}, {{0x21, 1u}});
    pair.bench.publish(pair.p, "t/a", "1", 1);
    EXPECT_EQ(pair.bench.goes_on(pair.s), kept);
  }
}

TEST(ReceiveMaximum, OfTheBrokerIsEnforced) {
  for (bool kept : {true, false}) {
    Options options;
    options.receive_maximum = 2;
    Pair pair(kept ? Rules{} : Rules{Rule::receive_maximum_enforced}, {}, options);
    for (int i = 0; i < 3; ++i) pair.bench.send(pair.p, pair.bench.message("t/a", "x", 2));
    EXPECT_EQ(pair.bench.closed(pair.p), kept);
    if (kept) EXPECT_EQ(pair.bench.names(pair.p).back(), "DISCONNECT 93");
  }
}

TEST(ReceiveMaximum, OfTheBrokerMayBeReached) {
  for (bool kept : {true, false}) {
    Options options;
    options.receive_maximum = 2;
    Pair pair(kept ? Rules{} : Rules{Rule::receive_maximum_reachable}, {}, options);
    for (int i = 0; i < 2; ++i) pair.bench.send(pair.p, pair.bench.message("t/a", "x", 2));
    EXPECT_EQ(pair.bench.closed(pair.p), !kept);
  }
}

TEST(MaximumPacketSize, OfTheClientIsKept) {
  struct { Rules rules; std::size_t large, exact; } cases[] = {{{}, 0, 1}, {Rules{Rule::too_large_not_sent}, 1, 1}, {Rules{Rule::largest_sent}, 0, 0}};
  for (auto& [rules, large, exact] : cases) {
    Pair pair(rules, {{0x27, 50u}});
    pair.bench.publish(pair.p, "t/a", std::string(43, 'x'));
    EXPECT_EQ(pair.publishes().size(), large);
    pair.bench.publish(pair.p, "t/a", std::string(42, 'x'));
    EXPECT_EQ(pair.publishes().size(), exact);
    EXPECT_TRUE(pair.bench.goes_on(pair.s));
  }
}

TEST(MaximumPacketSize, DropsReasonStringsUnlessThatIsBroken) {
  struct { Rules rules; bool fits; } cases[] = {{{}, true}, {Rules{Rule::puback_reason_fits}, false}, {Rules{Rule::puback_user_property_fits}, false}};
  for (auto& [rules, fits] : cases) {
    Pair pair(rules, {{0x27, 20u}});
    pair.bench.send(pair.s, pair.bench.message("nobody", "x", 1));
    auto frames = pair.bench.frames(pair.s);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].size() <= 20, fits);
  }
}

TEST(MaximumPacketSize, LeavesOutAnAnswerThatCannotShrinkUnlessThatIsBroken) {
  for (bool kept : {true, false}) {
    Pair pair(kept ? Rules{} : Rules{Rule::large_answer_not_sent}, {{0x27, 20u}});
    mqtt::Subscribe subscribe{10, {}, std::vector<mqtt::Filter>(15, {"t/b"})};
    pair.bench.send(pair.s, subscribe);
    EXPECT_EQ(pair.bench.frames(pair.s).size(), 1u) << "20 bytes";
    subscribe.filters.push_back({"t/b"});
    pair.bench.send(pair.s, subscribe);
    EXPECT_EQ(pair.bench.frames(pair.s).size(), kept ? 0u : 1u) << "21 bytes";
    EXPECT_TRUE(pair.bench.goes_on(pair.s));
  }
}

TEST(MaximumPacketSize, OfTheBrokerIsEnforced) {
  for (bool kept : {true, false}) {
    Options options;
    options.maximum_packet_size = 100;
    Pair pair(kept ? Rules{} : Rules{Rule::broker_packet_size_enforced}, {}, options);
    pair.bench.raw(pair.p, "30 r98 s't/a' 00 'x'*92");
    EXPECT_FALSE(pair.bench.closed(pair.p)) << "100 bytes fit";
    EXPECT_EQ(pair.publishes().size(), 1u);
    auto whole = pair.bench.connect("w"), early = pair.bench.open();
    pair.bench.raw(whole, "30 r99 s't/a' 00 'x'*93");
    EXPECT_EQ(pair.bench.closed(whole), kept) << "101 bytes, all there";
    EXPECT_EQ(pair.publishes().size(), kept ? 0u : 1u);
    pair.bench.raw(pair.p, "30 r200 s't/a'");
    EXPECT_EQ(pair.bench.closed(pair.p), kept) << "announced only";
    pair.bench.send(early, pair.bench.connect_packet(std::string(100, 'c')));
    EXPECT_EQ(pair.bench.closed(early), kept) << "a CONNECT";
  }
}

TEST(MaximumQos, IsAnnouncedAndNothingLessIsServed) {
  struct { Rules rules; std::uint8_t limit; bool announced, served; } cases[] = {
      {{}, 2, false, true}, {{}, 1, true, false}, {Rules{Rule::connack_maximum_qos}, 1, false, false},
      {Rules{Rule::qos2_served_unless_announced}, 2, false, false}};
  for (auto& [rules, limit, announced, served] : cases) {
    Options options;
    options.maximum_qos = limit;
    Pair pair(rules, {}, options);
    EXPECT_EQ(find(pair.bench.last_connack.properties, 0x24) != nullptr, announced);
    pair.bench.send(pair.p, pair.bench.message("t/a", "x", 2));
    EXPECT_EQ(!pair.bench.closed(pair.p), served);
  }
}

TEST(Refusals, OfTheClientEndTheExchange) {
  struct { Rules rules; std::size_t qos1, qos2; } cases[] = {
      {{}, 0, 0}, {Rules{Rule::refused_qos1_not_resent}, 1, 0}, {Rules{Rule::refused_qos2_not_resent}, 0, 1}};
  for (auto& [rules, qos1, qos2] : cases)
    for (std::uint8_t qos : {1, 2}) {
      Bench bench(Version::v5_0, rules);
      auto s = bench.keep("s");
      bench.subscribe(s, "t", qos);
      bench.send(s, bench.message("t", "x", 1));
      bench.send(s, bench.message("t", "x", 2));
      std::uint16_t id = 0;
      for (auto& packet : bench.take(s))
        if (auto publish = std::get_if<mqtt::Publish>(&packet); publish && publish->qos == qos) id = publish->packet_id;
      qos == 1 ? bench.send(s, mqtt::Puback{id, 0x80, {}}) : bench.send(s, mqtt::Pubrec{id, 0x80, {}});
      bench.cut(s);
      bench.keep("s");
      std::size_t again = 0;
      for (auto& packet : bench.after_connack)
        if (auto publish = std::get_if<mqtt::Publish>(&packet)) again += publish->packet_id == id;
      EXPECT_EQ(again, qos == 1 ? qos1 : qos2) << int(qos);
    }
}

TEST(MaximumPacketSize, OfTheBrokerIsNotAboveItself) {
  for (bool kept : {true, false}) {
    Options options;
    options.maximum_packet_size = 100;
    Pair pair(kept ? Rules{} : Rules{Rule::largest_packet_served}, {}, options);
    pair.bench.raw(pair.p, "30 r97 s't/a' 00 'x'*91");
    EXPECT_FALSE(pair.bench.closed(pair.p));
    pair.bench.raw(pair.p, "30 r98 s't/a' 00 'x'*92");
    EXPECT_EQ(pair.bench.closed(pair.p), !kept);
  }
}

TEST(ProblemInformation, IsLeftOutWhenNotWanted) {
  for (bool kept : {true, false}) {
    Pair pair(kept ? Rules{} : Rules{Rule::problem_information}, {{0x17, 0u}});
    pair.bench.send(pair.s, pair.bench.message("nobody", "x", 1));
    auto answer = pair.bench.take(pair.s);
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(std::get<mqtt::Puback>(answer[0]).properties.empty(), kept);
  }
}

TEST(BadProperties, AResponseTopicWithWildcardsMayBeDroppedByABrokenBroker) {
  struct { Rule rule; std::size_t properties; } cases[] = {{Rule::response_topic_without_wildcards, 1}, {Rule::bad_response_topic_not_dropped, 0}};
  for (auto& [rule, properties] : cases) {
    Pair pair(Rules{rule});
    pair.bench.send(pair.p, pair.bench.message("t/a", "x", 1, false, {{0x08, std::string("a/+")}}));
    auto got = pair.publishes();
    ASSERT_EQ(got.size(), 1u);
    EXPECT_EQ(got[0].properties.size(), properties) << row(rule).name;
  }
}

TEST(BadProperties, AreRefusedInEveryPacket) {
  struct { Rule rule; mqtt::Properties properties; } cases[] = {
      {Rule::property_misplaced_refused, {{0x24, 1u}}}, {Rule::property_repeated_refused, {{0x01, 1u}, {0x01, 1u}}},
      {Rule::property_values_checked, {{0x01, 2u}}}, {Rule::alias_zero_refused, {{0x23, 0u}}},
      {Rule::client_subscription_identifier_refused, {{0x0b, 1u}}}, {Rule::response_topic_without_wildcards, {{0x08, std::string("a/#")}}},
      {Rule::bad_response_topic_not_dropped, {{0x08, std::string("a/+")}}},
      {Rule::user_property_utf8, {{0x26, mqtt::Pair{"a", "\xC3\x28"}}}}, {Rule::content_type_utf8, {{0x03, std::string("\xC3\x28")}}},
      {Rule::properties_without_null, {{0x03, std::string("a\0b", 3)}}}};
  for (auto& [rule, properties] : cases) {
    Pair right, wrong(Rules{rule});
    for (auto pair : {&right, &wrong}) pair->bench.send(pair->p, pair->bench.message("t/a", "x", 1, false, properties));
    EXPECT_TRUE(right.bench.closed(right.p)) << row(rule).name;
    EXPECT_THAT(right.publishes(), IsEmpty()) << row(rule).name;
    EXPECT_FALSE(wrong.bench.closed(wrong.p)) << row(rule).name;
    EXPECT_EQ(wrong.publishes().size(), 1u) << row(rule).name;
  }
}

TEST(Violations, OfEveryKindCloseTheConnection) {
  struct { Rule rule; const char* bytes; } cases[] = {
      {Rule::type_zero_refused, "00 00"}, {Rule::broker_packets_refused, "d0 00"}, {Rule::five_byte_length_refused, "30 80 80 80 80 01"},
      {Rule::pingreq_header_checked, "c1 00"}, {Rule::surplus_refused, "c0 01 00"}, {Rule::qos3_refused, "36 r s't/a' 0001 00 'x'"},
      {Rule::subscribe_header_checked, "80 r 0007 00 s'a' 00"}, {Rule::client_puback_code_checked, "40 03 0001 05"},
      {Rule::disconnect_codes_checked, "e0 01 01"}, {Rule::auth_needs_method, "f0 r 18 00"},
      {Rule::topic_or_alias_demanded, "30 r s'' 00 'x'"}, {Rule::properties_length_in_four_bytes, "30 r s't/a' 80 80 80 80 00 'x'"},
      {Rule::disconnect_header_closes, "e1 00"}, {Rule::reason_string_utf8, "40 r 0001 00 05 1f 0002 c328"}};
  for (auto& [rule, bytes] : cases) {
    Bench right(Version::v5_0), wrong(Version::v5_0, rule), lax(Version::v5_0, Rule::violation_closes);
    auto a = right.connect("a"), b = wrong.connect("b");
    right.raw(a, bytes);
    EXPECT_TRUE(right.closed(a)) << row(rule).name;
    EXPECT_EQ(right.names(a).size(), 1u) << row(rule).name;
    wrong.raw(b, bytes);
    EXPECT_TRUE(wrong.goes_on(b)) << row(rule).name;
    if (rule == Rule::five_byte_length_refused) continue;
    auto c = lax.connect("c");
    lax.raw(c, bytes);
    EXPECT_TRUE(lax.goes_on(c)) << row(rule).name;
  }
}

}  // namespace
}  // namespace reference::properties_test
