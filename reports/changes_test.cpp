// Two runs held against each other, and cases played several times, as every format tells it.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "reports/test_run.h"
#include "reports/view.h"

namespace reports::changes_test {
namespace {

using record::Kept;
using record::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> told(const record::Run& now, const record::Run& before) {
  const View view{now, &before};
  std::vector<std::string> all;
  for (const auto& each : view.changes.all) all.push_back(std::string(kinds[static_cast<std::size_t>(each.kind)].word) + " " + each.name + ": " + each.is + "; was " + each.was);
  return all;
}

TEST(Kinds, StandInTheOrderOfTheirTable) {
  for (std::size_t i = 0; i < std::size(kinds); ++i) EXPECT_EQ(static_cast<std::size_t>(kinds[i].kind), i);
}

TEST(Changes, BetweenTwoRunsOfOneKindAreNone) {
  const auto run = run_of({result("a", Verdict::pass), result("b", Verdict::skip)});
  EXPECT_THAT(told(run, run), IsEmpty());
  const View view{run, &run};
  EXPECT_EQ(headline(view.changes), "nothing changed");
}

TEST(Changes, TellWhatCameWhereTheStatementsAreTheSame) {
  EXPECT_THAT(told(run_of({result("a", Verdict::fail, "X", "nothing came: waited 5 s")}), run_of({result("a", Verdict::fail, "X", "PUBACK")})),
              ElementsAre("CHANGED t/a [5.0]: fail: X: nothing came: waited 5 s; was fail: X: PUBACK"));
}

TEST(Changes, OfEachKind) {
  const auto before = run_of({result("broke", Verdict::pass), result("fixed", Verdict::fail, "X"), result("still", Verdict::fail, "X"), result("otherwise", Verdict::fail, "X"),
                              result("gone", Verdict::pass), result("skipped_now", Verdict::fail, "X"), result("skipped_before", Verdict::skip), result("never", Verdict::skip)});
  const auto now = run_of({result("broke", Verdict::fail, "X"), result("fixed", Verdict::pass), result("still", Verdict::fail, "X"), result("otherwise", Verdict::fail, "Y"),
                           result("skipped_now", Verdict::skip), result("skipped_before", Verdict::pass), result("never", Verdict::skip), result("added", Verdict::pass),
                           result("added_broken", Verdict::inconclusive)});
  EXPECT_THAT(told(now, before), ElementsAre("NEW t/added_broken [5.0]: inconclusive: because; was not played",
                                             "NEW t/broke [5.0]: fail: X; was pass",
                                             "CHANGED t/otherwise [5.0]: fail: Y; was fail: X",
                                             "FIXED t/fixed [5.0]: pass; was fail: X",
                                             "STILL t/still [5.0]: fail: X; was fail: X",
                                             "GONE t/gone [5.0]: not played; was pass",
                                             "GONE t/skipped_now [5.0]: skip: because; was fail: X",
                                             "ADDED t/added [5.0]: pass; was not played",
                                             "ADDED t/skipped_before [5.0]: pass; was skip: because"));
}

TEST(Changes, DifferentlyIsAnotherVerdictOrAnotherAnswerButNotAnotherNameOrNumber) {
  const auto kind = [](const record::Result& now, const record::Result& before) {
    const auto left = run_of({now}), right = run_of({before});
    const View view{left, &right};
    return view.changes.all.at(0).kind;
  };
  const auto fails = [](const std::string& actual) { return result("a", Verdict::fail, "X", actual); };
  EXPECT_EQ(kind(fails("PUBLISH with topic 'mqttspec/f8bh3/003v/a', packet_id 4"), fails("PUBLISH with topic 'mqttspec/zz/1/a', packet_id 5")), Kind::same);
  EXPECT_EQ(kind(fails("answered after 34 ms"), fails("answered after 1200 ms")), Kind::same);
  EXPECT_EQ(kind(fails("PUBACK"), fails("closed")), Kind::different);
  EXPECT_EQ(kind(result("a", Verdict::inconclusive), fails("closed")), Kind::different);
}

record::Run repeated() { return run_of({result("a", Verdict::pass), result("b", Verdict::pass), result("a", Verdict::fail, "X"), result("b", Verdict::pass), result("a", Verdict::pass)}); }

TEST(Flaky, IsACaseWhosePlaysDiffer) {
  const auto run = repeated();
  const View view{run};
  ASSERT_EQ(view.flaky.size(), 1u);
  EXPECT_EQ(view.flaky[0].text, "1 fail, 2 pass");
  ASSERT_EQ(view.flaky[0].plays.size(), 3u);
  EXPECT_EQ(view.flaky[0].plays[1]->verdict(), Verdict::fail) << "in the order they were played";
  EXPECT_EQ(view.flaky[0].plays[1]->play, 2);
  EXPECT_EQ(view.cases[3].plays, 2);
  EXPECT_FALSE(view.cases[3].flaky);
  EXPECT_EQ(played(view), "5 plays of 2 cases");
}

TEST(Flaky, ACaseIsToldOnceWithWhatBecameOfItsPlays) {
  const auto text = summary(run_of({result("a", Verdict::fail, "X", "closed"), result("b", Verdict::inconclusive), result("a", Verdict::fail, "X", "PUBACK"), result("b", Verdict::inconclusive), result("a", Verdict::pass)}));
  EXPECT_THAT(text, HasSubstr("\n  t/a [5.0] (3 plays: 2 fail, 1 pass)\n    expected   A: PINGRESP\n    actual     closed\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("PUBACK"))) << "the first stands for all";
  EXPECT_THAT(text, HasSubstr("\n  INCONCLUSIVE, 1 case: because\n      t/b [5.0] (2 plays: 2 inconclusive)\n"));
}

TEST(Flaky, IsNamedInTheTerminalAndInMarkdown) {
  EXPECT_THAT(summary(repeated()), HasSubstr("\nFLAKY, 1 case: played several times, with different verdicts\n  t/a [5.0]: 1 fail, 2 pass\n"));
  EXPECT_THAT(summary(repeated()), HasSubstr("\n5 plays of 2 cases: 1 fail, 4 pass\n"));
  EXPECT_THAT(written(write_markdown, repeated()), HasSubstr("## Flaky\n\nPlayed several times, with different verdicts:\n\n- t/a &#91;5.0&#93;: 1 fail, 2 pass\n\n"));
  EXPECT_THAT(summary(run_of({result("a", Verdict::fail, "X"), result("a", Verdict::fail, "X")})), testing::Not(HasSubstr("FLAKY")));
}

TEST(Flaky, IsNamedInJson) {
  const auto json = nlohmann::json::parse(written(write_json, repeated()));
  EXPECT_EQ(json["flaky"], nlohmann::json::parse(R"([{"case": "t/a [5.0]", "verdicts": ["pass", "fail", "pass"]}])"));
  EXPECT_EQ(json["cases"][1]["play"], 2);
  EXPECT_EQ(json["cases"][1]["plays"], 3);
  EXPECT_EQ(json["cases"][1]["flaky"], true);
  EXPECT_EQ(json["cases"][3]["flaky"], false);
}

TEST(Flaky, IsNamedInJunitAndNoTwoCasesAreNamedAlike) {
  pugi::xml_document suites;
  ASSERT_TRUE(suites.load_string(written(write_junit, repeated()).c_str()));
  std::vector<std::string> names;
  for (const auto& node : suites.select_nodes("//testcase/@name")) names.push_back(node.attribute().value());
  EXPECT_THAT(names, ElementsAre("a [5.0] play 1", "a [5.0] play 2", "a [5.0] play 3", "b [5.0] play 1", "b [5.0] play 2"));
  EXPECT_STREQ(suites.select_node("//testcase[@name='a [5.0] play 2']/failure/@message").attribute().value(), "flaky: X: expected A: PINGRESP; got closed");
  EXPECT_THAT(suites.select_node("//testcase[@name='a [5.0] play 3']/system-out").node().child_value(), testing::StartsWith("It does\nflaky: play 3 of 3, which have different verdicts\n"));
}

const record::Run old_run = run_of({result("broke", Verdict::pass), result("still", Verdict::fail, "X"), result("fixed", Verdict::fail, "X")});
const record::Run new_run = run_of({result("broke", Verdict::fail, "X"), result("still", Verdict::fail, "X"), result("fixed", Verdict::pass)});

TEST(Changes, InTheTerminal) {
  EXPECT_THAT(summary(new_run, {.baseline = &old_run}), HasSubstr("\nAgainst mosquitto 2.0.11, 2026-05-01T10:00:00Z, seed 42: 1 new failure, 1 fixed, 1 still failing\n"
                                                    "  NEW       t/broke [5.0]: fail: X; was pass\n"
                                                    "  FIXED     t/fixed [5.0]: pass; was fail: X\n"
                                                    "  STILL     t/still [5.0]: fail: X\n"));
  EXPECT_THAT(summary(new_run), testing::Not(HasSubstr("Against")));
}

TEST(Changes, InTheTerminalAreCutWhereTheyAreMany) {
  std::vector<record::Result> many;
  for (int i = 0; i < 30; ++i) many.push_back(result("n" + std::to_string(i), Verdict::pass));
  EXPECT_THAT(summary(run_of(many), {.baseline = &old_run}), HasSubstr("            and 10 more\n"));
}

TEST(Changes, InMarkdown) {
  EXPECT_THAT(written(write_markdown, new_run, {.baseline = &old_run}),
              HasSubstr("## Changes\n\nAgainst mosquitto 2.0.11, 2026-05-01T10:00:00Z, seed 42: **1 new failure, 1 fixed, 1 still failing**.\n\n"
                        "### New failures\n\n| Case | Now | Before |\n|---|---|---|\n| t/broke &#91;5.0&#93; | fail: X | pass |\n\n"
                        "<details><summary>Fixed: 1</summary>\n\n| Case | Now | Before |\n|---|---|---|\n| t/fixed &#91;5.0&#93; | pass | fail: X |\n\n</details>\n\n"
                        "<details><summary>Still failing: 1</summary>\n\n"));
  EXPECT_THAT(written(write_markdown, new_run), testing::Not(HasSubstr("## Changes")));
}

TEST(Changes, InJson) {
  EXPECT_EQ(nlohmann::json::parse(written(write_json, new_run, {.baseline = &old_run}))["changes"], nlohmann::json::parse(R"({
    "against": "mosquitto 2.0.11, 2026-05-01T10:00:00Z, seed 42",
    "new": [{"case": "t/broke [5.0]", "is": "fail: X", "was": "pass"}], "failing_differently": [], "fixed": [{"case": "t/fixed [5.0]", "is": "pass", "was": "fail: X"}],
    "still_failing": [{"case": "t/still [5.0]", "is": "fail: X", "was": "fail: X"}], "gone": [], "added": []})"));
  EXPECT_FALSE(nlohmann::json::parse(written(write_json, new_run)).contains("changes"));
}

}  // namespace
}  // namespace reports::changes_test
