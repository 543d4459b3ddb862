// A run beside a list of known failures, as the formats for machines and for a summary tell it; html_changes_test.cpp has the page, github_test.cpp the annotations.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "reports/test_run.h"

namespace reports::expected_test {
namespace {

using record::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const auto run = run_of({result("a", Verdict::fail, "X"), result("b", Verdict::fail, "X"), result("c", Verdict::pass), result("d", Verdict::inconclusive), result("e", Verdict::inconclusive), result("f", Verdict::fail, "Y")});
const KnownList list{{known("X", "t/a [5.0]", {}, "https://broker.example/7"), known("X", "t/c [5.0]"), known("", "t/d [5.0]"), known("Y", "t/f [5.0]", record::Day{2026y, std::chrono::May, 1d})},
                     "list.json", record::Day{2026y, std::chrono::May, 2d}};

TEST(ExpectedRun, KnowsACaseWhenTheListHasEverythingItShows) {
  auto twice = result("a", Verdict::fail, "X");
  twice.findings.push_back(result("a", Verdict::fail, "Z").findings[0]);
  const auto both = run_of({twice, result("b", Verdict::fail, "X")});
  const View view{both};
  const auto all = expected(view, {{known("X", "*")}, "list.json", list.on});
  ASSERT_EQ(all.known.size(), 1u);
  EXPECT_EQ(all.known.begin()->first->name, "t/b [5.0]");
  ASSERT_EQ(all.unlisted.size(), 1u);
  EXPECT_EQ(all.unlisted[0]->name, "t/a [5.0]");
}

TEST(ExpectedRun, IsGreenForJUnitButForNewsAndForWrongEntries) {
  pugi::xml_document suites;
  ASSERT_TRUE(suites.load_string(written(write_junit, run, {.known = &list}).c_str()));
  const auto text = [&](const std::string& path) { return std::string(suites.select_node(path.c_str()).attribute().value()); };
  EXPECT_EQ(text("//testcase[@name='a [5.0]']/skipped/@message"), "known: A good reason. (https://broker.example/7)");
  EXPECT_THAT(suites.select_node("//testcase[@name='a [5.0]']/system-out").node().child_value(), HasSubstr("broken: X (not in the catalogue of this record)"));
  EXPECT_EQ(text("//testcase[@name='b [5.0]']/failure/@type"), "X");
  EXPECT_EQ(text("//testcase[@name='d [5.0]']/skipped/@message"), "known: A good reason.");
  EXPECT_EQ(text("//testcase[@name='e [5.0]']/error/@type"), "inconclusive");
  EXPECT_EQ(text("//testsuite[@name='t [MQTT 5.0]']/@failures") + text("//testsuite[@name='t [MQTT 5.0]']/@errors") + text("//testsuite[@name='t [MQTT 5.0]']/@skipped"), "113");
  EXPECT_EQ(text("/testsuites/@tests") + text("/testsuites/@failures") + text("/testsuites/@errors") + text("/testsuites/@skipped"), "8313");
  std::vector<std::string> wrong;
  for (const auto& node : suites.select_nodes("//testsuite[@name='known failures']/testcase/failure"))
    wrong.push_back(std::string(node.node().attribute("type").value()) + " " + node.node().attribute("message").value() + " " + node.node().parent().attribute("file").value() + ":" + node.node().parent().attribute("line").value());
  EXPECT_THAT(wrong, ElementsAre("gone X is no longer seen in t/c [5.0] list.json:3", "stale Y was expected until 2026-05-01 list.json:3"));
}

TEST(ExpectedRun, OfACleanListAddsNoSuite) {
  const KnownList clean{{known("X", "t/[ab] [5.0]"), known("X", "t/a [5.0]")}, "list.json", list.on};
  EXPECT_THAT(written(write_junit, run_of({result("a", Verdict::fail, "X")}), {.known = &clean}), Not(HasSubstr("known failures")));
  EXPECT_THAT(written(write_junit, run), Not(HasSubstr("known")));
}

TEST(ExpectedRun, IsNewsFirstInMarkdownAndTheListBelow) {
  const auto text = written(write_markdown, run, {.known = &list});
  EXPECT_THAT(text, HasSubstr("## Failures that are not known\n\n### X (not in the catalogue of this record)\n\n**t/b &#91;5.0&#93;**"));
  EXPECT_THAT(text, Not(HasSubstr("**t/a &#91;5.0&#93;**")));
  EXPECT_THAT(text, HasSubstr("## Known failures\n\nlist.json: **2 entries seen, 1 stale, 1 gone; 2 cases fail that are not listed**.\n\n"
                              "| Statement | Entry | State | Cases | Reason |\n|---|---|---|---|---|\n"
                              "| X | list.json:3:5 | gone | t/c &#91;5.0&#93; | A good reason. |\n"
                              "| Y | list.json:3:5 | stale |  | A good reason. |\n\n"
                              "<details><summary>2 entries as expected</summary>\n\n"));
  EXPECT_THAT(text, HasSubstr("| X | list.json:3:5 | seen | t/a &#91;5.0&#93; | A good reason. (https://broker.example/7) |\n"));
  EXPECT_THAT(text, HasSubstr("## Inconclusive\n\n<details><summary>1 case: because</summary>\n\n- t/e &#91;5.0&#93;\n"));
  EXPECT_THAT(written(write_markdown, run), Not(HasSubstr("nown")));
}

TEST(ExpectedRun, LeavesNewsInTheSummaryOnTheTerminal) {
  EXPECT_THAT(summary(run, {.known = &list}), HasSubstr("\nAgainst list.json: 3 known and not told above, 2 new, 1 gone, 1 stale\n  new: t/b [5.0] X: closed\n  new: t/e [5.0] inconclusive: because\n"
                                                        "  list.json:3:5: no longer seen: X in t/c [5.0]\n  list.json:3:5: stale: Y was expected until 2026-05-01; look again, then give it a new date or take it out\n"));
  EXPECT_THAT(summary(run, {.known = &list}), HasSubstr("\nFAIL X (not in the catalogue of this record)\n  t/b [5.0]\n"));
  EXPECT_THAT(summary(run, {.known = &list}), Not(HasSubstr("FAIL Y")));
  EXPECT_THAT(summary(run), Not(HasSubstr("Against")));
}

TEST(ExpectedRun, IsAPartOfTheJson) {
  const auto told = nlohmann::json::parse(written(write_json, run, {.known = &list}))["known"];
  EXPECT_EQ(told["list"], "list.json");
  EXPECT_EQ(told["unlisted"], (nlohmann::json{"t/b [5.0]", "t/e [5.0]"}));
  EXPECT_EQ(told["entries"][0], nlohmann::json::parse(R"({"where": "list.json:3:5", "statement": "X", "state": "seen", "reason": "A good reason.", "link": "https://broker.example/7", "until": "", "cases": ["t/a [5.0]"], "gone": []})"));
  EXPECT_EQ(told["entries"][3]["state"], "stale");
  EXPECT_FALSE(nlohmann::json::parse(written(write_json, run)).contains("known"));
}

}  // namespace
}  // namespace reports::expected_test
