#include "reports/view.h"

#include <gmock/gmock.h>

#include "reports/test_run.h"

namespace reports::view_test {
namespace {

using record::Kept;
using record::Verdict;
using testing::ElementsAre;

record::Result result(std::string scenario, Verdict verdict, std::vector<record::Finding> findings = {}, std::string reason = "") {
  record::Result one;
  one.scenario = std::move(scenario), one.verdict = verdict, one.findings = std::move(findings), one.reason = std::move(reason);
  return one;
}

record::Finding finding(std::string statement, Kept verdict) { return {std::move(statement), verdict, "", "", "", -1, -1, 0, 0}; }

template <typename Group> std::vector<std::string> ids(const std::vector<Group>& groups) {
  std::vector<std::string> all;
  for (const auto& group : groups) all.push_back(group.id);
  return all;
}

TEST(View, OrdersStatementsAsTheStandardDoes) {
  record::Run run;
  run.results = {result("a/x", Verdict::fail, {finding("5.0:MQTT-3.1.2-10", Kept::fail), finding("5.0:MQTT-3.1.2-9", Kept::fail), finding("3.1.1:MQTT-4.8.0-1", Kept::fail)}),
                 result("a/y", Verdict::fail, {finding("5.0:MQTT-3.1.2-9", Kept::fail), finding("5.0:MQTT-3.1.2-9", Kept::pass), finding("5.0:MQTT-3.1.2-9", Kept::fail)})};
  const View view{run};
  EXPECT_THAT(ids(view.broken), ElementsAre("3.1.1:MQTT-4.8.0-1", "5.0:MQTT-3.1.2-9", "5.0:MQTT-3.1.2-10"));
  EXPECT_EQ(view.broken[1].hits.size(), 3u);
  EXPECT_EQ(view.broken[1].cases(), 2u);
  EXPECT_EQ(headline(view), "3 MUST statements broken, 0 SHOULD missed");
  EXPECT_EQ(title_of(view.broken[0]), "3.1.1:MQTT-4.8.0-1 (not in the catalogue of this record)");
}

TEST(View, CountsWarningsAmongPasses) {
  record::Run run;
  run.results = {result("a/x", Verdict::pass, {finding("3.1:V31-3.8-4", Kept::warning)}), result("a/y", Verdict::pass), result("b/z", Verdict::skip, {}, "no auth")};
  const View view{run};
  EXPECT_EQ(tally(view.counts), "2 pass (1 with a warning), 1 skip");
  EXPECT_EQ(headline(view), "0 MUST statements broken, 1 SHOULD missed");
  EXPECT_EQ(view.statements_checked, 1);
  ASSERT_EQ(view.themes.size(), 2u);
  EXPECT_EQ(view.themes[0].name, "a");
  EXPECT_EQ(view.themes[0].all.warned, 1);
  EXPECT_EQ(tally(Counts{}), "no case");
}

TEST(View, AFailWithoutAStatementIsNotLost) {
  record::Run run;
  run.results = {result("a/x", Verdict::fail, {}, "it broke")};
  const View view{run};
  ASSERT_EQ(view.broken.size(), 1u);
  EXPECT_EQ(title_of(view.broken[0]), "no statement");
  EXPECT_EQ(view.musts_broken, 0);
  EXPECT_THAT(summary(run), testing::HasSubstr("FAIL no statement\n  These cases failed without naming a statement.\n  a/x [5.0]\n    reason     it broke\n"));
}

TEST(Terminal, RowsThatBrokeAlikeAreToldOnce) {
  record::Run run;
  for (int i = 0; i < 14; ++i) {
    run.results.push_back(result("a/flags", Verdict::fail, {{"s", Kept::fail, "closed", i == 13 ? "PINGRESP" : "open", "a.json:1:1", -1, -1, 0, 0}}));
    run.results.back().case_name = "row " + std::string(1, static_cast<char>('a' + i));
  }
  EXPECT_THAT(summary(run), testing::HasSubstr("  a/flags [5.0], 13 cases: row a; row b; row c; row d; row e; row f; row g; row h; row i; row j; row k; row l;\n"
                                               "  and 1 more\n"
                                               "    expected   closed\n    actual     open\n    where      a.json:1:1\n"
                                               "    replay     mqttspec run --filter 'a/flags (row a) [5.0]' --mqtt 5.0 --seed 0\n"
                                               "  a/flags (row n) [5.0]\n    expected   closed\n    actual     PINGRESP\n"));
}

TEST(View, GroupsReasonsMostFrequentFirst) {
  record::Run run;
  run.results = {result("a/1", Verdict::skip, {}, "rare"), result("a/2", Verdict::skip, {}, "usual"), result("a/3", Verdict::skip, {}, "usual"),
                 result("a/4", Verdict::inconclusive, {}, "no CONNACK"), result("a/5", Verdict::error, {}, "bad regex")};
  const View view{run};
  ASSERT_EQ(view.skipped.size(), 2u);
  EXPECT_EQ(view.skipped[0].text, "usual");
  EXPECT_EQ(view.skipped[0].cases.size(), 2u);
  EXPECT_EQ(view.inconclusive.at(0).text, "no CONNACK");
  EXPECT_EQ(view.errors.at(0).text, "bad regex");
}

TEST(View, AnchorsAreUniqueAndStable) {
  record::Run run;
  run.results = {result("b/x", Verdict::pass), result("a/x", Verdict::pass), result("b/x", Verdict::pass), result("lonely", Verdict::pass)};
  const View view{run};
  std::vector<std::string> anchors;
  for (const auto& each : view.cases) anchors.push_back(each.anchor);
  EXPECT_THAT(anchors, ElementsAre("case-a-x-5.0", "case-b-x-5.0", "case-b-x-5.0-2", "case-lonely-5.0"));
  EXPECT_EQ(view.themes.back().name, "other");
}

TEST(View, SaysWhyARunIsNotWhole) {
  record::Run run;
  run.headers = 1;
  EXPECT_EQ(ending(View{run}), "The record has no end: the run was cut off, and results may be missing.");
  run.footers = 1;
  run.footer = record::Footer{{}, true, "Ctrl-C."};
  EXPECT_EQ(ending(View{run}), "The run was interrupted: only what was played until then is here. Ctrl-C.");
  EXPECT_EQ(ending_title(View{run}), "Not whole");
  run.footer = record::Footer{{}, false, "the broker died: it ended with status 1, of t/a [5.0]"};
  EXPECT_EQ(ending_title(View{run}), "The broker was lost");
  EXPECT_TRUE(whole(View{run})) << "the cases were played again";
  run.footer = record::Footer{};
  EXPECT_EQ(ending(View{run}), "");
}

TEST(View, AMissThatIsGradedSoftlyIsNoShould) {
  auto run = golden_run();
  for (auto& statement : run.header.statements)
    if (statement.id == "3.1:V31-3.8-4") statement.level = spec::Level::must;
  const View view{run};
  EXPECT_EQ(view.shoulds_missed, 0);
  EXPECT_EQ(view.softly_missed, 1);
  EXPECT_THAT(headline(view), testing::EndsWith("0 SHOULD missed, 1 missed that are graded softly"));
}

TEST(View, AnswersAreGroupedByBehaviour) {
  auto run = golden_run();
  auto answer = [&](std::size_t result, const char* behaviour, const char* text) {
    run.results[result].findings.push_back({behaviour, record::Kept::recorded, "What?", text, "", -1, -1, 0, 0});
  };
  answer(0, "X-05", "refused");
  answer(1, "X-05", "taken");
  answer(2, "X-05", "taken");
  answer(3, "X-04", "nothing");
  for (auto& result : run.results)
    std::erase_if(result.findings, [](auto& each) { return each.verdict == record::Kept::recorded && each.expected != "What?"; });
  const View view{run};
  ASSERT_EQ(view.answered.size(), 2u);
  EXPECT_EQ(view.answered[0].id, "X-04");
  EXPECT_EQ(view.answered[1].question, "What?");
  ASSERT_EQ(view.answered[1].answers.size(), 2u);
  EXPECT_EQ(view.answered[1].answers[0].text, "taken") << "the most frequent first";
  EXPECT_EQ(view.answered[1].answers[0].cases.size(), 2u);
}

}  // namespace
}  // namespace reports::view_test
