#include "reports/packets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::packets_test {
namespace {

using record::Event;
using record::What;
using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr auto v4 = mqtt::Version::v3_1_1;

Event event(What what, mqtt::Bytes bytes = {}, bool fence = false, int step = -1) { return {1ms, what, "A", v4, step, std::move(bytes), "", fence}; }

record::Result traced(record::Trace trace) {
  record::Result result;
  result.trace = std::move(trace);
  return result;
}

std::vector<std::string> texts(const record::Result& result) {
  std::vector<std::string> all;
  for (const auto& each : moments(result)) all.push_back(each.who + ": " + each.text);
  return all;
}

const mqtt::Bytes publish{0x30, 0x05, 0x00, 0x01, 'a', 'h', 'i'}, pingreq{0xc0, 0x00};

TEST(Packets, OneWriteMayHoldSeveral) {
  mqtt::Bytes both = publish;
  both.insert(both.end(), pingreq.begin(), pingreq.end());
  const auto result = traced({event(What::sent, both)});
  EXPECT_THAT(texts(result), ElementsAre("A \xe2\x86\x92 broker: PUBLISH qos 0, topic 'a', 2 bytes of payload + PINGREQ"));
  EXPECT_EQ(moments(result)[0].packets[1].at, 7);
}

TEST(Packets, OnePacketMayComeInSeveralWrites) {
  const auto result = traced({event(What::opened), event(What::sent, {0x30, 0x05, 0x00}), event(What::sent, {0x01, 'a', 'h', 'i'}), event(What::received, {0xd0, 0x00})});
  EXPECT_THAT(texts(result), ElementsAre("A: connection opened", "A \xe2\x86\x92 broker: the first 3 bytes of a packet",
                                         "A \xe2\x86\x92 broker: PUBLISH qos 0, topic 'a', 2 bytes of payload (began in an earlier write)",
                                         "broker \xe2\x86\x92 A: PINGRESP"));
  EXPECT_EQ(moments(result)[2].packets[0].at, -3);
}

TEST(Packets, APacketThatIsNeverWholeIsToldAllTheSame) {
  const auto result = traced({event(What::sent, {0x30, 0x05, 0x00, 0x01, 'a'}), event(What::sent, pingreq, true), event(What::opened), event(What::sent, pingreq)});
  const auto all = moments(result);
  EXPECT_EQ(all[0].packets.at(0).note, "not whole: 5 bytes");
  EXPECT_FALSE(all[0].packets[0].told.faults.empty());
  EXPECT_EQ(all[1].text, "PINGREQ");
  EXPECT_EQ(all[3].text, "PINGREQ");
}

TEST(Packets, BytesWithoutAFrameAreShown) {
  const auto all = moments(traced({event(What::sent, {0x30, 0xff, 0xff, 0xff, 0xff, 0x01}), event(What::sent, pingreq)}));
  ASSERT_EQ(all[0].packets.size(), 1u);
  EXPECT_EQ(all[0].packets[0].bytes.size(), 6u);
  EXPECT_EQ(all[1].text, "PINGREQ");
}

record::Result proven(mqtt::Bytes bytes, std::uint32_t offset, std::uint32_t size) {
  auto result = traced({event(What::received, std::move(bytes))});
  result.findings = {{"s", record::Kept::fail, "", "", "", -1, 0, offset, size}, {"held", record::Kept::pass, "", "", "", -1, 0, 0, 1}};
  return result;
}

std::string shown(const record::Result& result, std::size_t most) {
  const auto all = moments(result);
  std::string text;
  for (const auto& stretch : hex_of(all[0].packets.at(0), all[0], most)) text += stretch.marked ? "[" + stretch.hex + "]" : stretch.hex;
  return text;
}

TEST(Packets, MarksTheBytesThatBroke) {
  EXPECT_EQ(shown(proven(publish, 2, 3), 100), "30 05 [00 01 61] 68 69");
  EXPECT_EQ(shown(proven(publish, 6, 9), 100), "30 05 00 01 61 68 [69]");
  EXPECT_EQ(shown(proven(publish, 0, 0), 100), "30 05 00 01 61 68 69");
  const auto result = proven(publish, 4, 1);
  const auto all = moments(result);
  std::vector<std::string> fields;
  for (const auto& line : all[0].packets[0].told.lines)
    if (marked(all[0].packets[0], line.field, all[0])) fields.push_back(line.field.path);
  EXPECT_THAT(fields, ElementsAre("topic"));
  EXPECT_EQ(all[0].proves.size(), 1u);
}

TEST(Packets, LongOnesAreCutAroundTheMark) {
  EXPECT_EQ(shown(proven(publish, 0, 0), 4), "30 05 00 01 (3 bytes more)");
  EXPECT_EQ(shown(proven(publish, 6, 1), 4), "(5 bytes before) 68 [69]");
}

std::vector<std::string> grouped(const record::Result& result, std::size_t most) {
  const auto all = moments(result);
  std::vector<std::string> texts;
  for (const auto& group : groups_of(all[0].packets.at(0), all[0], most)) {
    std::string text = group.field < 0 ? "none:" : all[0].packets[0].told.lines[static_cast<std::size_t>(group.field)].field.path + ":";
    for (const auto& stretch : group.stretches) text += stretch.marked ? "[" + stretch.hex + "]" : stretch.hex;
    texts.push_back(text);
  }
  return texts;
}

TEST(Packets, GroupsAreTheFieldsWithTheirMarks) {
  EXPECT_THAT(grouped(proven(publish, 3, 2), 100), ElementsAre("header:30", "remaining_length:05", "topic:00 [01 61]", "payload:68 69"));
  EXPECT_THAT(grouped(proven(publish, 0, 0), 4), ElementsAre("header:30", "remaining_length:05", "topic:00 01", "payload:", "none:(3 bytes more)"));
  EXPECT_THAT(grouped(proven({0xf1, 0x00}, 0, 0), 9).back(), testing::EndsWith("00"));
}

TEST(Packets, StepsStandBeforeWhatTheyCaused) {
  auto result = traced({event(What::opened, {}, false, 0), event(What::sent, pingreq, false, 1), event(What::ended)});
  result.steps = {{"", "open", record::Outcome::held, 0us, 0us}, {"", "send", record::Outcome::held, 0us, 0us}, {"", "expect", record::Outcome::held, 900us, 0us},
                  {"", "never", record::Outcome::not_reached, 0us, 0us}};
  const auto all = moments(result);
  std::vector<std::string> lines;
  for (const auto& line : story(result, all)) lines.push_back(line.step ? line.step->text : line.moment->text);
  EXPECT_THAT(lines, ElementsAre("open", "connection opened", "send", "PINGREQ", "expect", "broker ended the connection (FIN)", "never"));
}

}  // namespace
}  // namespace reports::packets_test
