// The page of a run beside an earlier one, of cases played several times, and beside a list of known failures.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "reports/expected.h"
#include "reports/test_run.h"

namespace reports::html_changes_test {
namespace {

using record::Kept;
using record::Verdict;
using testing::ElementsAre;
using namespace std::chrono_literals;

struct Read {
  pugi::xml_document page;
  Read(const record::Run& run, HtmlOptions options) {
    options.assets_beside = true;
    EXPECT_TRUE(page.load_string(html_of(run, options).c_str()));
  }
  std::string text(const std::string& path) const {
    std::string all;
    for (const auto& node : page.select_nodes((path + "//text()").c_str()))
      if (const std::string_view text = node.node().value(); text.find_first_not_of(" \n") != text.npos) all += (all.empty() ? "" : "|") + std::string{text};
    return all;
  }
  std::string status(const std::string& name) const { return page.select_node(("//*[contains(@class, 'case')][.//span[.='t/" + name + " [5.0]']]/@data-status").c_str()).attribute().value(); }
  bool has(const std::string& path) const { return bool(page.select_node(path.c_str())); }
};

const record::Run old_run = run_of({result("broke", Verdict::pass), result("fixed", Verdict::fail, "X"), result("gone", Verdict::pass), result("otherwise", Verdict::fail, "X"), result("still", Verdict::fail, "X")});
const record::Run new_run = run_of({result("added", Verdict::pass), result("broke", Verdict::fail, "X"), result("fixed", Verdict::pass), result("otherwise", Verdict::fail, "Y"), result("still", Verdict::fail, "X")});

TEST(HtmlChanges, StandFirstWithALinkToEachCase) {
  const Read read{new_run, {.against = {.baseline = &old_run}}};
  EXPECT_STREQ(read.page.select_node("//main/section[1]/@id").attribute().value(), "changes");
  EXPECT_EQ(read.text("//section[@id='changes']/p"), "Against mosquitto 2.0.11, 2026-05-01T10:00:00Z, seed 42: |1 new failure, 1 failing differently, 1 fixed, 1 still failing, 1 no longer played, 1 not played before"
            "|. A case fails differently when its verdict, its broken statements or the kind of what came instead has changed.");
  EXPECT_EQ(read.text("//section[@id='changes']//details[@open][1]//tbody"), "t/broke [5.0]|fail: X|pass");
  EXPECT_EQ(read.text("//section[@id='changes']//details[contains(@class, 'changed')]//tbody"), "t/otherwise [5.0]|fail: Y|fail: X");
  EXPECT_FALSE(read.has("//details[contains(@class, 'gone')]//a"));
  EXPECT_TRUE(read.has("//nav/a[@href='#changes']"));
}

TEST(HtmlChanges, EachCaseSaysIt) {
  const Read read{new_run, {.against = {.baseline = &old_run}}};
  std::vector<std::string> all;
  for (const auto* name : {"added", "broke", "fixed", "otherwise", "still"}) all.push_back(read.status(name));
  EXPECT_THAT(all, ElementsAre("pass added", "fail new", "pass fixed", "fail changed", "fail still"));
  EXPECT_EQ(read.text("//section[@id='failures']//h4[a[.='t/broke [5.0]']]/b"), "new");
}

TEST(HtmlChanges, WithoutABaselineThereIsNothingOfThem) {
  const Read read{new_run, {}};
  EXPECT_FALSE(read.has("//section[@id='changes' or @id='flaky' or @id='known']"));
  EXPECT_FALSE(read.has("//a[@href='#changes' or @href='#flaky' or @href='#known']"));
  EXPECT_EQ(read.status("broke"), "fail");
}

TEST(HtmlChanges, FlakyCasesLeadToTheirPlays) {
  const Read read{run_of({result("a", Verdict::pass), result("a", Verdict::fail, "X"), result("b", Verdict::pass)}), {}};
  EXPECT_EQ(read.text("//section[@id='flaky']/ul/li"), "t/a [5.0]: 1 fail, 1 pass (|pass|, |fail|)");
  EXPECT_TRUE(read.has("//section[@id='flaky']//a[@href='#case-t-a-5.0-2']"));
  EXPECT_EQ(read.status("a"), "pass flaky");
  EXPECT_EQ(read.text("//summary[small[.='play 2 of 2']]/span[@class='name']"), "t/a [5.0]");
}

TEST(HtmlKnown, EachEntrySaysHowItStands) {
  const KnownList list{{known("X", "t/broke [5.0]", {}, "https://broker.example/issue/7"), known("X", "t/fixed [5.0]"), known("X", "t/still [5.0]", record::Day{2026y, std::chrono::May, 1d}),
                        known("X", "t/never [5.0]", record::Day{2027y, std::chrono::May, 1d}, "javascript:alert(1)")},
                       "list.json", record::Day{2026y, std::chrono::May, 2d}};
  const Read read{new_run, {.against = {.known = &list}}};
  EXPECT_EQ(read.text("//section[@id='known']/p[1]"), "list.json: |1 entry seen, 1 stale, 1 gone, 1 not played; 1 case fails that is not listed|.");
  EXPECT_EQ(read.text("//section[@id='known']/details[not(@open)]//tbody/tr[1]"), "X |list.json:3:5|seen|t/broke [5.0]|A good reason. |https://broker.example/issue/7");
  EXPECT_EQ(read.text("//section[@id='known']/details[@open]//tbody/tr[1]"), "X |list.json:3:5|gone|t/fixed [5.0]|A good reason.");
  EXPECT_EQ(read.text("//section[@id='known']/details[@open]//tbody/tr[2]"), "X |list.json:3:5|stale since 2026-05-01|t/still [5.0]|A good reason.|2026-05-01");
  EXPECT_EQ(read.text("//section[@id='known']/details[not(@open)]//tbody/tr[2]"), "X |list.json:3:5|not played|A good reason. javascript:alert(1)|2027-05-01");
  std::vector<std::string> red;
  for (const auto& node : read.page.select_nodes("//section[@id='known']//tbody/tr/@class")) red.push_back(node.attribute().value());
  EXPECT_THAT(red, ElementsAre("fail", "fail", "known", ""));
  EXPECT_EQ(read.text("//section[@id='known']/ul"), "t/otherwise [5.0]");
  EXPECT_EQ(read.text("//section[@id='known']//summary"), "2 entries to be looked at again|2 entries as expected");
  EXPECT_EQ(read.text("//header/p[contains(@class, 'bad')][a]"), "Known failures|: |1 entry seen, 1 stale, 1 gone, 1 not played; 1 case fails that is not listed.");
  EXPECT_EQ(read.status("broke") + ", " + read.status("otherwise"), "fail known, fail unlisted");
}

TEST(HtmlKnown, TheBeginSaysThatNothingIsNew) {
  const KnownList list{{known("*", "t/* [5.0]"), known("X", "t/* [5.0]"), known("Y", "t/* [5.0]")}, "list.json", record::Day{2026y, std::chrono::May, 2d}};
  const KnownList seen{{list.entries[1], list.entries[2]}, list.name, list.on};
  EXPECT_EQ((Read{new_run, {.against = {.known = &seen}}}.text("//header/p[contains(@class, 'good')]")), "Known failures|: |2 entries seen; no failure that is not listed.");
  EXPECT_FALSE((Read{new_run, {.against = {.known = &list}}}.has("//header/p[contains(@class, 'good')]"))) << "one of the list is gone";
}

TEST(Html, AFailureSaysHowItIsPlayedAgain) {
  EXPECT_EQ((Read{run_of({result("a", Verdict::fail, "X"), result("b", Verdict::pass)}), {}}.text("//p[@class='replay']")),
            "Play it again: |mqttspec run mqtt://broker.example:1883 --filter 't/a [5.0]' --mqtt 5.0 --seed 42");
}

}  // namespace
}  // namespace reports::html_changes_test
