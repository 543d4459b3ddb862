#include "reports/coverage.h"

#include <gmock/gmock.h>

namespace reports::coverage_test {
namespace {

using record::Kept;
using record::Verdict;
using testing::ElementsAre;

spec::Statement statement(const std::string& id, const std::string& section, spec::Observable observable = spec::Observable::yes) {
  return {id, *mqtt::version_named(id.substr(0, id.find(':'))), section, spec::Level::must, "MUST", "server", "connect", observable, "words", "why not"};
}

record::Result result(Verdict verdict, const std::string& reason, std::vector<std::pair<std::string, Kept>> findings, int broker = 0) {
  record::Result made;
  made.scenario = "a/x" + std::to_string(findings.size()) + reason;
  made.verdict = verdict, made.reason = reason, made.broker = broker;
  for (const auto& [id, kept] : findings) made.findings.push_back({id, kept, "", "", "", -1, -1, 0, 0});
  return made;
}

std::vector<std::string> told(const Coverage& of, std::size_t broker) {
  std::vector<std::string> all;
  for (const auto& row : of.rows) all.push_back(row.statement->id + " " + std::string{words(row.marks[broker].state)} + (row.marks[broker].why.empty() ? "" : ": " + row.marks[broker].why));
  return all;
}

TEST(Coverage, TheWorstThatAnyCaseSawCounts) {
  record::Run run;
  run.header.statements = {statement("5.0:a", "1"), statement("5.0:b", "1"), statement("5.0:c", "1")};
  run.results = {result(Verdict::pass, "", {{"5.0:a", Kept::pass}, {"5.0:b", Kept::pass}, {"5.0:c", Kept::pass}}),
                 result(Verdict::fail, "broke", {{"5.0:a", Kept::fail}, {"5.0:b", Kept::warning}, {"5.0:c", Kept::inconclusive}, {"5.0:unknown", Kept::fail}})};
  const View view{run};
  const auto of = coverage(view);
  EXPECT_THAT(told(of, 0), ElementsAre("5.0:a broken", "5.0:b missed", "5.0:c kept"));
  EXPECT_EQ(of.rows[0].marks[0].first->verdict(), Verdict::fail);
  EXPECT_EQ(of.rows[0].marks[0].cases, 1u);
  EXPECT_EQ(of.totals[0].at(mqtt::Version::v5_0).at(State::kept), 1);
}

TEST(Coverage, WhatNoCaseSawHasItsReason) {
  record::Run run;
  run.header.statements = {statement("5.0:a", "1"), statement("5.0:b", "1"), statement("5.0:c", "1", spec::Observable::no), statement("5.0:d", "1"), statement("5.0:e", "1", spec::Observable::no)};
  run.results = {result(Verdict::skip, "no TLS", {{"5.0:a", Kept::inconclusive}}), result(Verdict::inconclusive, "no CONNACK", {{"5.0:b", Kept::inconclusive}, {"5.0:e", Kept::pass}})};
  const View view{run};
  EXPECT_THAT(told(coverage(view), 0), ElementsAre("5.0:a skipped: no TLS", "5.0:b not reached: no CONNACK", "5.0:c not observable: why not", "5.0:d not covered", "5.0:e kept"));
}

TEST(Coverage, EachBrokerHasItsColumnAndRowsStandInTheOrderOfTheStandards) {
  record::Run run;
  run.header.statements = {statement("5.0:MQTT-3.1.10-1", "3.1.10"), statement("5.0:MQTT-3.1.2-10", "3.1.2"), statement("5.0:MQTT-3.1.2-9", "3.1.2"), statement("3.1:V31-2", "2")};
  run.brokers.resize(2);
  run.results = {result(Verdict::pass, "", {{"3.1:V31-2", Kept::pass}}), result(Verdict::fail, "", {{"3.1:V31-2", Kept::fail}}, 1)};
  const View view{run};
  const auto of = coverage(view);
  EXPECT_THAT(told(of, 0), ElementsAre("3.1:V31-2 kept", "5.0:MQTT-3.1.2-9 not covered", "5.0:MQTT-3.1.2-10 not covered", "5.0:MQTT-3.1.10-1 not covered"));
  EXPECT_THAT(told(of, 1)[0], "3.1:V31-2 broken");
  EXPECT_EQ(of.totals[1].at(mqtt::Version::v5_0).at(State::not_covered), 3);
}

}  // namespace
}  // namespace reports::coverage_test
