#include "reports/topics.h"

#include <gmock/gmock.h>

#include "harness/mqtt/codec.h"
#include "reports/view.h"

namespace reports::topics_test {
namespace {

using record::What;
using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr auto v5 = mqtt::Version::v5_0;

record::Event sent(const mqtt::Packet& packet, std::string client = "A") { return {1ms, What::sent, std::move(client), v5, -1, mqtt::encode_bytes(packet, v5), "", false}; }

mqtt::Packet publish(std::string topic, std::string payload, std::uint32_t alias = 0, bool retain = false) {
  mqtt::Publish made;
  made.topic = std::move(topic), made.payload = mqtt::bytes_of(payload), made.retain = retain;
  if (alias) made.properties.push_back({0x23, alias});
  return made;
}

void tell(const std::vector<Topic>& topics, const std::string& indent, std::vector<std::string>& all) {
  for (const auto& topic : topics) {
    all.push_back(indent + topic.level);
    for (const auto& part : topic.history)
      for (const auto& one : part.messages) all.push_back(indent + "- " + one.who + " " + one.value + " " + one.how);
    tell(topic.below, indent + "  ", all);
  }
}

std::vector<std::string> told(record::Trace trace) {
  record::Result result;
  result.trace = std::move(trace);
  std::vector<std::string> all;
  tell(topics({{nullptr, messages(moments(result))}}), "", all);
  return all;
}

TEST(Topics, ATreeWithTheHistoryOfEachTopic) {
  EXPECT_THAT(told({sent(publish("m/r/1/a", "on")), sent(publish("m/r/1/b", "", 0, true), "B"), sent(publish("m/r/1/a", "\x01\x02")), sent(publish("/", "x"))}),
              ElementsAre("m/r/1", "  a", "  - A 'on' QoS 0", "  - A 01 02 QoS 0", "  b", "  - B (empty) QoS 0, retain", "/", "- A 'x' QoS 0"));
}

TEST(Topics, AnAliasIsTheTopicItStoodForOnItsConnection) {
  EXPECT_THAT(told({sent(publish("t", "1", 7)), sent(publish("", "2", 7)), sent(publish("", "unknown", 7), "B"), {2ms, What::opened, "A", v5, -1, {}, "", false}, sent(publish("", "gone", 7))}),
              ElementsAre("t", "- A '1' QoS 0, topic_alias 7", "- A '2' QoS 0, topic_alias 7"));
}

TEST(Topics, AWillIsSomethingItsClientWrote) {
  mqtt::Connect connect;
  connect.protocol_level = 5, connect.client_id = "c";
  connect.will = mqtt::Will{"w", mqtt::bytes_of("bye"), 1, true, {{0x18, std::uint32_t{5}}}};
  EXPECT_THAT(told({sent(connect)}), ElementsAre("w", "- the Will of A 'bye' QoS 1, retain, will_delay_interval 5"));
}

TEST(Topics, OfSeveralCasesEachHasItsPart) {
  const Case one{}, two{};
  const auto tree = topics({{&one, {{"a/b", {}}, {"a/b", {}}}}, {&two, {{"a/b", {}}, {"a/c", {}}}}});
  ASSERT_EQ(tree.size(), 1u);
  const auto& history = tree[0].below.at(0).history;
  ASSERT_EQ(history.size(), 2u);
  EXPECT_TRUE(history[0].at == &one && history[1].at == &two);
  EXPECT_EQ(history[0].messages.size(), 2u);
}

TEST(Topics, AVeryDeepOneIsToldTogether) {
  auto levels = 0;
  const auto tree = topics({{nullptr, {{std::string(65'535, '/'), {}}, {"x", {}}}}});
  for (auto* at = &tree.front(); !at->below.empty(); at = &at->below.front()) ++levels;
  EXPECT_LT(levels, 40);
}

TEST(TopicIndex, GroupsByThreeLevelsALevelBesideWhatIsBelowIt) {
  const Case one{}, two{};
  TopicIndex index;
  index.add(one, {{"m/r/1/a/b", {}}, {"m/r/1/c", {}}, {"a", {}}});
  index.add(two, {{"a/b", {}}, {"a-b", {}}, {"a", {}}});
  std::vector<std::string> told;
  for (const auto& [group, by] : index.groups()) {
    told.push_back(group + ":");
    for (const auto& each : by) told.back() += (each.at == &one ? " one " : " two ") + std::to_string(each.messages);
  }
  EXPECT_THAT(told, ElementsAre("a: one 1 two 1", "a/b: two 1", "a-b: two 1", "m/r/1: one 2"));
}

TEST(Topics, WhatTheBrokerSentIsNotWritten) {
  auto event = sent(publish("t", "1"));
  event.what = What::received;
  EXPECT_TRUE(told({event}).empty());
}

}  // namespace
}  // namespace reports::topics_test
