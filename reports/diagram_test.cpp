#include "reports/diagram.h"

#include <gmock/gmock.h>

namespace reports::diagram_test {
namespace {

using record::What;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

record::Event event(What what, std::string client, mqtt::Bytes bytes = {}, int step = -1) { return {1ms, what, std::move(client), mqtt::Version::v3_1_1, step, std::move(bytes), "", false}; }

Diagram drawn(const record::Result& result, bool detailed) { return diagram(result, moments(result), "case-x", detailed); }

TEST(Diagram, ClientsAreLifelinesInTheirOrderAndTheBrokerIsTheLast) {
  record::Result result;
  result.trace = {event(What::opened, "P"), event(What::opened, "A"), event(What::sent, "P", {0xc0, 0x00})};
  const auto of = drawn(result, false);
  std::vector<std::string> names;
  for (const auto& lane : of.lanes) names.push_back(lane.name);
  EXPECT_THAT(names, ElementsAre("P", "A", "broker"));
  EXPECT_EQ(of.height, 40 + 3 * 20);
  EXPECT_TRUE(of.labels.empty() && of.times.empty() && of.notes.empty());
  EXPECT_EQ(of.arrows, "M78 48h200m0-4v8M148 68h130m0-4v8M78 88h200m-6-4l6 4 -6 4");
}

TEST(Diagram, ArrowsPointTheWayTheBytesWentAndEndsAreCrosses) {
  record::Result result;
  result.trace = {event(What::received, "A", {0xd0, 0x00}), event(What::ended, "A"), event(What::dropped, "A"), event(What::control, ""), event(What::frame_received, "A")};
  EXPECT_EQ(drawn(result, false).arrows, "M208 48h-130m6-4l-6 4 6 4M208 68h-130m-4-4l8 8m0-8l-8 8M78 88h130m-4-4l8 8m0-8l-8 8M200 108h16M208 128h-130m6-4l-6 4 6 4");
}

TEST(Diagram, ADetailedOneHasNamesTimesAndNotes) {
  record::Result result;
  result.trace = {event(What::sent, "A", {0x32, 0x05, 0x00, 0x01, 'a', 0x00, 0x07}, 0), event(What::received, "A", {0x40, 0x02, 0x00, 0x07}, 1), event(What::received, "A", {0xd0, 0x00}, 1)};
  result.steps = {{"", "send", record::Outcome::held, 0us, 0us, 0us}, {"", "expect", record::Outcome::held, 0us, 34ms, 2s}};
  result.findings = {{"5.0:a", record::Kept::fail, "", "", "", 1, 1, 0, 0}, {"5.0:b", record::Kept::fail, "", "", "", 1, 1, 0, 0}};
  const auto of = drawn(result, true);
  EXPECT_EQ(of.labels[0].text, "PUBLISH 7");
  EXPECT_EQ(of.labels[1].text, "PUBACK 7");
  EXPECT_EQ(of.labels[1].link, "case-x-event-1");
  EXPECT_EQ(of.times[0].text, "1.000");
  ASSERT_EQ(of.notes.size(), 2u);
  EXPECT_EQ(of.notes[0].text, "breaks 5.0:a and 1 more");
  EXPECT_EQ(of.notes[1].text, "answered after 34 of 2,000 ms");
  EXPECT_EQ(of.broken, "M208 68h-130m6-4l-6 4 6 4");
  EXPECT_THAT(of.arrows, testing::Not(HasSubstr(" 68h")));
}

TEST(Diagram, WhatDidNotComeHasARowWhereTheWaitingEnded) {
  record::Result result;
  result.trace = {event(What::opened, "A"), event(What::sent, "A", {0xc0, 0x00}), event(What::finished, "A")};
  result.trace[2].at = 9s;
  result.steps = {{"", "send A: PINGREQ", record::Outcome::held, 0us, 0us, 0us}, {"", "expect A: PINGRESP", record::Outcome::not_held, 1ms, 5s, 5s}};
  result.findings = {{"5.0:a", record::Kept::fail, "A: PINGRESP", "nothing came: waited 5 s", "", 1, -1, 0, 0}};
  const auto of = drawn(result, true);
  ASSERT_EQ(of.labels.size(), 4u);
  EXPECT_EQ(of.labels[2].text, "no PINGRESP");
  EXPECT_EQ(of.labels[2].link, "");
  EXPECT_EQ(of.times[2].text, "5001.000");
  EXPECT_EQ(of.notes.back().text, "nothing came: waited 5 s");
  EXPECT_EQ(of.broken, "M208 88h-65m-4-4l8 8m0-8l-8 8");
  EXPECT_EQ(of.height, 40 + 4 * 20);
  EXPECT_EQ(drawn(result, false).height, 40 + 3 * 20) << "the small picture stands beside a list that has the words";
}

TEST(Diagram, AnEndThatDidNotComeIsTheLastRow) {
  record::Result result;
  result.trace = {event(What::opened, "A")};
  result.steps = {{"", "expect A: closed within 2 s", record::Outcome::not_held, 1ms, 2s, 2s}};
  const auto of = drawn(result, true);
  EXPECT_EQ(of.labels.back().text, "not closed");
  EXPECT_EQ(of.notes.back().text, "waited 2,000 of 2,000 ms");
}

TEST(Diagram, ALongOneIsCut) {
  record::Result result;
  for (int i = 0; i < 500; ++i) result.trace.push_back(event(What::received, "A", {0xd0, 0x00}));
  const auto of = drawn(result, true);
  EXPECT_TRUE(of.cut);
  EXPECT_EQ(of.labels.size(), 400u);
}

TEST(Diagram, SlackSaysHowMuchOfTheTimeWasUsed) {
  EXPECT_EQ(slack({"", "", record::Outcome::held, 0us, 240us, 5s}), "answered after 0.2 of 5,000 ms");
  EXPECT_EQ(slack({"", "", record::Outcome::not_held, 0us, 2s, 2s}), "waited 2,000 of 2,000 ms");
  EXPECT_EQ(slack({"", "", record::Outcome::held, 0us, 2s, 0s}), "");
  EXPECT_EQ(slack({"", "", record::Outcome::not_reached, 0us, 0s, 2s}), "");
}

}  // namespace
}  // namespace reports::diagram_test
