#include "harness/reference/bench_test.h"

namespace reference::publish_test {
namespace {

using Publishing = InEveryVersion;
IN_EVERY_VERSION(Publishing);

// A subscriber "s" at QoS 2 to "t/#" that stays, and a publisher.
struct Pair {
  Bench bench;
  Handle s, p;
  explicit Pair(Version version, Rules rules = {}) : bench(version, rules), s(bench.keep("s")), p(bench.connect("p")) { bench.subscribe(s, "t/#", 2); }
  Handle back() {
    bench.cut(s);
    return s = bench.keep("s");
  }
  std::vector<std::string> after() {
    std::vector<std::string> all;
    for (auto& packet : bench.after_connack) {
      auto publish = std::get_if<mqtt::Publish>(&packet);
      all.push_back(publish ? Bench::text(*publish) : std::string(mqtt::name(mqtt::type_of(packet))));
    }
    return all;
  }
};

TEST_P(Publishing, BadTopicsAreRefusedAndNotMended) {
  struct { Rule rule; std::string topic; const char* mended; } cases[] = {
      {Rule::null_does_not_end_topic, std::string("t/a\0b", 5), "0 t/a x"}, {Rule::wildcards_not_left_out, "t/a+/#", "0 t/a/ x"}};
  for (auto& [rule, topic, mended] : cases) {
    Pair right(GetParam()), wrong(GetParam(), Rules{rule});
    for (auto pair : {&right, &wrong}) pair->bench.send(pair->p, pair->bench.message(topic, "x"));
    EXPECT_TRUE(right.bench.closed(right.p)) << mended;
    EXPECT_THAT(right.bench.messages(right.s), IsEmpty()) << mended;
    EXPECT_THAT(wrong.bench.messages(wrong.s), ElementsAre(mended));
  }
}

TEST_P(Publishing, AnswersByQos) {
  Bench bench(GetParam());
  auto p = bench.connect("p");
  bench.send(p, mqtt::Publish{false, 0, false, "t", 0, {}, {}});
  EXPECT_THAT(bench.names(p), IsEmpty());
  auto nobody = GetParam() == Version::v5_0 ? " 10" : "";
  bench.send(p, mqtt::Publish{false, 1, false, "t", 0x1234, {}, {}});
  EXPECT_THAT(bench.names(p), ElementsAre(std::string("PUBACK") + nobody));
  bench.send(p, mqtt::Publish{false, 2, false, "t", 0x1234, {}, {}});
  EXPECT_THAT(bench.names(p), ElementsAre(std::string("PUBREC") + nobody));
  bench.send(p, mqtt::Pubrel{0x1234, 0, {}});
  auto answer = bench.take(p);
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(std::get<mqtt::Pubcomp>(answer[0]).packet_id, 0x1234);
}

TEST_P(Publishing, AnswersWrongWhereThatIsBroken) {
  struct { Rule rule; std::uint8_t qos; std::vector<std::string> answers; } cases[] = {
      {Rule::qos0_not_answered, 0, {"PUBACK"}}, {Rule::puback_sent, 1, {}}, {Rule::pubrec_sent, 2, {}}};
  for (auto& [rule, qos, answers] : cases) {
    Pair pair(GetParam(), Rules{rule});
    pair.bench.send(pair.p, pair.bench.message("t/a", "x", qos));
    EXPECT_EQ(pair.bench.names(pair.p), answers) << row(rule).name;
    EXPECT_EQ(pair.bench.messages(pair.s).size(), 1u) << row(rule).name;
  }
}

TEST_P(Publishing, RepeatsTheIdentifierUnlessThatIsBroken) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::puback_repeats_id});
    auto p = bench.connect("p");
    bench.send(p, mqtt::Publish{false, 1, false, "t", 65535, {}, {}});
    auto answer = bench.take(p);
    ASSERT_EQ(answer.size(), 1u);
    EXPECT_EQ(std::get<mqtt::Puback>(answer[0]).packet_id, kept ? 65535 : 1);
  }
}

TEST_P(Publishing, DeliversAtTheLowerQos) {
  for (std::uint8_t published : {0, 1, 2})
    for (std::uint8_t granted : {0, 1, 2}) {
      Bench bench(GetParam());
      auto s = bench.connect("s");
      EXPECT_THAT(bench.subscribe(s, "t", granted), ElementsAre(granted));
      bench.publish(bench.connect("p"), "t", "x", published);
      EXPECT_THAT(bench.messages(s), ElementsAre(std::to_string(std::min(published, granted)) + " t x"));
    }
}

TEST_P(Publishing, DeliversAtAnotherQosWhereThatIsBroken) {
  struct { Rule rule; std::uint8_t published, granted; const char* got; } cases[] = {
      {Rule::qos_not_above_published, 0, 2, "2 t x"}, {Rule::qos_not_above_granted, 2, 0, "2 t x"}, {Rule::qos_kept, 2, 2, "1 t x"}};
  for (auto& [rule, published, granted, got] : cases) {
    Bench bench(GetParam(), rule);
    auto s = bench.connect("s");
    bench.subscribe(s, "t", granted);
    bench.publish(bench.connect("p"), "t", "x", published);
    EXPECT_THAT(bench.messages(s), ElementsAre(got)) << row(rule).name;
  }
}

TEST_P(Publishing, SendsAgainAfterAReconnectUntilAcknowledged) {
  Pair pair(GetParam());
  auto& bench = pair.bench;
  bench.publish(pair.p, "t/1", "one", 1);
  bench.publish(pair.p, "t/2", "two", 2);
  bench.publish(pair.p, "t/3", "three", 2);
  auto first = bench.take(pair.s);
  ASSERT_EQ(first.size(), 3u);
  auto id = [&](std::size_t i) { return std::get<mqtt::Publish>(first[i]).packet_id; };
  bench.send(pair.s, mqtt::Pubrec{id(2), 0, {}});
  EXPECT_THAT(bench.names(pair.s), ElementsAre("PUBREL"));
  pair.back();
  EXPECT_THAT(pair.after(), testing::UnorderedElementsAre("1D t/1 one", "2D t/2 two", "PUBREL"));
  bench.send(pair.s, mqtt::Puback{id(0), 0, {}});
  bench.send(pair.s, mqtt::Pubcomp{id(2), 0, {}});
  bench.send(pair.s, mqtt::Pubrec{id(1), 0, {}});
  bench.send(pair.s, mqtt::Pubcomp{id(1), 0, {}});
  pair.back();
  EXPECT_THAT(pair.after(), IsEmpty());
}

TEST_P(Publishing, SendsAgainWronglyWhereThatIsBroken) {
  struct { Rule rule; std::vector<std::string> got; } cases[] = {
      {Rule::resend_has_dup, {"1 t/1 one", "2 t/2 two"}}, {Rule::qos1_resent, {"2D t/2 two"}}, {Rule::qos2_resent, {"1D t/1 one"}},
      {Rule::resent_in_order, {"2D t/2 two", "1D t/1 one"}}};
  for (auto& [rule, got] : cases) {
    Pair pair(GetParam(), Rules{rule});
    pair.bench.publish(pair.p, "t/1", "one", 1);
    pair.bench.publish(pair.p, "t/2", "two", 2);
    pair.back();
    EXPECT_EQ(pair.after(), got) << row(rule).name;
  }
}

TEST_P(Publishing, MistakesTheStageOfAnExchangeWhereThatIsBroken) {
  struct { Rule rule; bool complete; std::vector<std::string> got; } cases[] = {
      {Rule::pubrel_resent, false, {}}, {Rule::no_publish_after_pubrel, false, {"2D t/1 one"}}, {Rule::completed_not_resent, true, {"PUBREL"}}};
  for (auto& [rule, complete, got] : cases) {
    Pair pair(GetParam(), Rules{rule});
    pair.bench.publish(pair.p, "t/1", "one", 2);
    auto id = std::get<mqtt::Publish>(pair.bench.take(pair.s)[0]).packet_id;
    pair.bench.send(pair.s, mqtt::Pubrec{id, 0, {}});
    if (complete) pair.bench.send(pair.s, mqtt::Pubcomp{id, 0, {}});
    pair.back();
    EXPECT_EQ(pair.after(), got) << row(rule).name;
  }
}

TEST_P(Publishing, AnswersARepeatedPubrecUnlessThatIsBroken) {
  for (bool kept : {true, false}) {
    Pair pair(GetParam(), kept ? Rules{} : Rules{Rule::repeated_pubrec_answered});
    pair.bench.publish(pair.p, "t/1", "one", 2);
    auto id = std::get<mqtt::Publish>(pair.bench.take(pair.s)[0]).packet_id;
    pair.bench.send(pair.s, mqtt::Pubrec{id, 0, {}});
    EXPECT_THAT(pair.bench.names(pair.s), ElementsAre("PUBREL"));
    pair.bench.send(pair.s, mqtt::Pubrec{id, 0, {}});
    EXPECT_EQ(pair.bench.names(pair.s), kept ? std::vector<std::string>{"PUBREL"} : std::vector<std::string>{});
  }
}

TEST_P(Publishing, PassesAQos2MessageOnOnce) {
  for (bool kept : {true, false}) {
    Pair pair(GetParam(), kept ? Rules{} : Rules{Rule::qos2_repeat_not_delivered});
    auto message = pair.bench.message("t/1", "one", 2);
    pair.bench.send(pair.p, message);
    message.dup = true;
    pair.bench.send(pair.p, message);
    EXPECT_THAT(pair.bench.names(pair.p), ElementsAre("PUBREC", "PUBREC"));
    EXPECT_EQ(pair.bench.messages(pair.s).size(), kept ? 1u : 2u);
    pair.bench.send(pair.p, mqtt::Pubrel{message.packet_id, 0, {}});
    pair.bench.send(pair.p, message);
    EXPECT_EQ(pair.bench.messages(pair.s).size(), 1u);
  }
}

TEST_P(Publishing, KeepsTheOrderUnlessThatIsBroken) {
  struct { Rules rules; std::vector<std::string> got; } cases[] = {
      {{}, {"1 t/a 1", "1 t/a 2", "1 t/a 3"}}, {Rules{Rule::messages_in_order}, {"1 t/a 1", "1 t/a 3", "1 t/a 2"}},
      {Rules{Rule::first_message_in_order}, {"1 t/a 2", "1 t/a 1", "1 t/a 3"}}};
  for (auto& [rules, got] : cases) {
    Pair pair(GetParam(), rules);
    for (auto text : {"1", "2", "3"}) pair.bench.publish(pair.p, "t/a", text, 1);
    pair.bench.wait(std::chrono::milliseconds(200));
    EXPECT_EQ(pair.bench.messages(pair.s), got);
  }
}

TEST_P(Publishing, AnswersInOrderUnlessThatIsBroken) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::pubacks_in_order});
    auto p = bench.connect("p");
    mqtt::Bytes both;
    for (std::uint16_t id : {4, 5})
      for (auto byte : mqtt::encode(mqtt::Publish{false, 1, false, "t", id, {}, {}}, GetParam()).bytes) both.push_back(byte);
    bench.raw(p, both);
    auto answer = bench.take(p);
    ASSERT_EQ(answer.size(), 2u);
    EXPECT_EQ(std::get<mqtt::Puback>(answer[0]).packet_id, kept ? 4 : 5);
  }
}

TEST_P(Publishing, GivesEachOpenMessageItsOwnIdentifier) {
  for (bool kept : {true, false}) {
    Pair pair(GetParam(), kept ? Rules{} : Rules{Rule::sends_unused_ids});
    std::set<std::uint16_t> ids;
    for (auto text : {"1", "2", "3"}) pair.bench.publish(pair.p, "t/a", text, 1);
    for (auto& packet : pair.bench.take(pair.s)) ids.insert(std::get<mqtt::Publish>(packet).packet_id);
    EXPECT_EQ(ids.size(), kept ? 3u : 1u);
    EXPECT_FALSE(ids.contains(0));
  }
}

TEST_P(Publishing, CarriesBytesAsTheyAre) {
  struct { Rule rule; std::string topic, payload, got; } cases[] = {
      {Rule::payload_untouched, "t/a", std::string("a\0b", 3), "0 t/a a"},
      {Rule::topic_as_published, "t/a", "x", "0 t/# x"},
      {Rule::multi_byte_text_carried, "t/\xC3\xA4", "x", "0 t/?? x"},
      {Rule::byte_order_mark_kept, "t/\xEF\xBB\xBF" "a", "x", "0 t/a x"},
      {Rule::qos0_without_dup, "t/a", "x", "0D t/a x"}};
  for (auto& [rule, topic, payload, got] : cases) {
    Pair right(GetParam()), wrong(GetParam(), Rules{rule});
    right.bench.publish(right.p, topic, payload);
    EXPECT_THAT(right.bench.messages(right.s), ElementsAre("0 " + topic + " " + payload));
    wrong.bench.publish(wrong.p, topic, payload);
    EXPECT_THAT(wrong.bench.messages(wrong.s), ElementsAre(got)) << row(rule).name;
  }
}

TEST_P(Publishing, SpoilsBytesOnTheWireWhereThatIsBroken) {
  struct { Rule rule; std::string got; } cases[] = {
      {Rule::sends_fixed_flags, "d1 00"}, {Rule::lengths_sent_short, "d0 80 00"}};
  for (auto& [rule, got] : cases) {
    Bench bench(GetParam(), rule);
    auto a = bench.connect("a");
    bench.frames(a);
    bench.send(a, mqtt::Pingreq{});
    auto frames = bench.frames(a);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(mqtt::hex(frames[0]), got) << row(rule).name;
  }
}

TEST_P(Publishing, RefusesWhatTheAccessListDenies) {
  for (bool kept : {true, false}) {
    Options options;
    options.denied_publish = {"t/secret/#"};
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::denied_publish_dropped}, options);
    auto s = bench.connect("s"), p = bench.connect("p");
    bench.subscribe(s, "t/#");
    bench.send(p, bench.message("t/secret/a", "x", 1));
    EXPECT_THAT(bench.names(p), ElementsAre(GetParam() == Version::v5_0 ? "PUBACK 87" : "PUBACK"));
    EXPECT_EQ(bench.messages(s).size(), kept ? 0u : 1u);
  }
}

}  // namespace
}  // namespace reference::publish_test
