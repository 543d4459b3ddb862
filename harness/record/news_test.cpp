#include <gmock/gmock.h>

#include "harness/record/known.h"

namespace record::news_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Result result(const std::string& scenario, Verdict verdict, const std::string& broken = {}) {
  Result made;
  made.scenario = scenario;
  made.version = mqtt::Version::v3_1_1;
  made.verdict = verdict;
  made.reason = "because";
  Finding finding;
  finding.statement = broken;
  finding.verdict = Kept::fail;
  finding.actual = "it went on";
  if (!broken.empty()) made.findings.push_back(finding);
  return made;
}
const Known listed{"3.1.1:X", {"connect/a [3.1.1]"}, "it does", "", {}, "known.json:2:5"};

constexpr Day the_day{std::chrono::year{2027}, std::chrono::March, std::chrono::day{31}};

News held(const std::vector<Result>& results, const std::vector<Known>& known) { return compare(results, known, the_day); }

TEST(News, AListedFailureIsNone) {
  auto news = held({result("connect/a", Verdict::fail, "3.1.1:X"), result("connect/b", Verdict::pass)}, {listed});
  EXPECT_FALSE(news.any());
  EXPECT_EQ(news.expected, 1u);
}

TEST(News, AnotherStatementOrAnotherCaseIs) {
  auto news = held({result("connect/a", Verdict::fail, "3.1.1:Y"), result("connect/b", Verdict::fail, "3.1.1:X")}, {listed});
  ASSERT_EQ(news.fresh.size(), 2u);
  EXPECT_EQ(news.fresh[0].name, "connect/a [3.1.1]");
  EXPECT_EQ(news.fresh[0].statement, "3.1.1:Y");
  EXPECT_EQ(news.fresh[0].text, "it went on");
}

TEST(News, AListedOneThatHasGoneIs) {
  auto news = held({result("connect/a", Verdict::pass)}, {listed});
  EXPECT_THAT(news.gone, ElementsAre("known.json:2:5: no longer seen: 3.1.1:X in connect/a [3.1.1]"));
}

TEST(News, WhatWasNotPlayedHasNotGone) {
  EXPECT_FALSE(held({result("connect/b", Verdict::pass)}, {listed}).any());
  EXPECT_FALSE(held({result("connect/a", Verdict::skip)}, {listed}).any());
}

TEST(News, WhatShowsSometimesIsNoneEitherWay) {
  auto racy = listed;
  racy.sometimes = true, racy.cases = {"connect/a*", "connect/b*"};
  const auto seen = result("connect/a", Verdict::fail, "3.1.1:X"), passed = result("connect/b", Verdict::pass);
  auto news = held({seen, passed}, {racy});
  EXPECT_FALSE(news.any());
  EXPECT_EQ(news.expected, 1u);
  EXPECT_THAT(news.quiet, ElementsAre("known.json:2:5: not seen this time: 3.1.1:X in connect/b*"));
  EXPECT_THAT(held({seen}, {racy}).quiet, IsEmpty()) << "what was not played is not told";
  EXPECT_THAT(held({passed}, {listed}).quiet, IsEmpty());
  EXPECT_EQ(held({result("connect/a", Verdict::fail, "3.1.1:Y")}, {racy}).fresh.size(), 1u) << "another statement is news all the same";
  racy.until = Day{std::chrono::year{2027}, std::chrono::March, std::chrono::day{30}};
  EXPECT_EQ(held({seen}, {racy}).stale.size(), 1u);
}

TEST(News, ErrorsAndInconclusiveCasesAreNewsUnlessListed) {
  auto results = std::vector{result("connect/a", Verdict::inconclusive), result("connect/b", Verdict::error)};
  auto news = held(results, {});
  ASSERT_EQ(news.fresh.size(), 2u);
  EXPECT_EQ(news.fresh[0].statement, "inconclusive");
  EXPECT_EQ(news.fresh[1].statement, "error");
  news = held(results, {{"", {"connect/*"}, "it cannot be prepared", "", {}, ""}});
  ASSERT_EQ(news.fresh.size(), 1u) << "an error of ours is never expected";
  EXPECT_EQ(news.fresh[0].statement, "error");
}

TEST(News, ADeathWithoutAStatementIsNews) {
  EXPECT_EQ(held({result("connect/a", Verdict::fail)}, {listed}).fresh.size(), 1u);
}

TEST(News, AnEntryIsStaleFromTheDayAfterItsDate) {
  auto dated = listed;
  dated.until = the_day;
  const auto results = std::vector{result("connect/a", Verdict::fail, "3.1.1:X")};
  EXPECT_FALSE(held(results, {dated}).any()) << "the last day counts";
  dated.until = Day{the_day.year(), the_day.month(), std::chrono::day{30}};
  auto news = held(results, {dated});
  EXPECT_THAT(news.stale, ElementsAre("known.json:2:5: stale: 3.1.1:X was expected until 2027-03-30; look again, then give it a new date or take it out"));
  EXPECT_TRUE(news.any());
  EXPECT_THAT(news.fresh, IsEmpty()) << "it is still listed";
  dated.link = "https://example.org/1";
  EXPECT_THAT(held({}, {dated}).stale, ElementsAre("known.json:2:5: stale: 3.1.1:X was expected until 2027-03-30; look again (https://example.org/1), "
                                                   "then give it a new date or take it out")) << "whatever was played";
}

std::string updated_text(const std::vector<Result>& results, const std::vector<Known>& known) { return to_text(updated(results, known).known); }

TEST(Update, WithoutNewsChangesNothing) {
  auto dated = listed;
  dated.link = "https://example.org/1", dated.until = the_day;
  EXPECT_EQ(updated_text({result("connect/a", Verdict::fail, "3.1.1:X")}, {dated, listed}), to_text({dated, listed}));
}

TEST(Update, WhatWasPlayedAndNotSeenGoesAndTheOrderStays) {
  const Known three{"3.1.1:Z", {"connect/b*", "connect/c*", "connect/d*"}, "three of them", "", {}, "known.json:6:5"};
  const Known last{"3.1.1:A", {"connect/e*"}, "last", "", {}, "known.json:9:5"};
  auto update = updated({result("connect/a", Verdict::pass), result("connect/b", Verdict::pass), result("connect/c", Verdict::fail, "3.1.1:Z")}, {listed, three, last});
  EXPECT_THAT(update.gone, ElementsAre("known.json:2:5: no longer seen: 3.1.1:X in connect/a [3.1.1]", "known.json:6:5: no longer seen: 3.1.1:Z in connect/b*"));
  ASSERT_EQ(update.known.size(), 2u);
  EXPECT_EQ(update.known[0].reason, "three of them");
  EXPECT_THAT(update.known[0].cases, ElementsAre("connect/c*", "connect/d*")) << "what was not played stays";
  EXPECT_EQ(update.known[1].reason, "last");
}

TEST(Update, WhatShowsSometimesStays) {
  auto racy = listed;
  racy.sometimes = true;
  auto update = updated({result("connect/a", Verdict::pass)}, {racy});
  EXPECT_EQ(to_text(update.known), to_text({racy}));
  EXPECT_THAT(update.gone, IsEmpty());
}

TEST(Update, WhatIsNewStandsAtTheEndAndWaitsForItsReason) {
  auto update = updated({result("connect/a", Verdict::fail, "3.1.1:X"), result("connect/b", Verdict::fail, "3.1.1:X"), result("connect/b", Verdict::fail, "3.1.1:X"),
                         result("connect/c", Verdict::inconclusive), result("connect/d", Verdict::fail, "3.1.1:X")}, {listed});
  EXPECT_EQ(update.kept, 1u);
  EXPECT_EQ(update.added, 2u);
  EXPECT_EQ(to_text(update.known), R"({
  "known": [
    {"statement": "3.1.1:X",
     "cases": ["connect/a [3.1.1]"],
     "reason": "it does"},
    {"statement": "3.1.1:X",
     "cases": ["connect/b [3.1.1]", "connect/d [3.1.1]"],
     "reason": ""},
    {"inconclusive": ["connect/c [3.1.1]"],
     "reason": ""}
  ]
}
)");
}

TEST(Update, TroubleOfOurOwnAndADeathWithoutAStatementAreNotListed) {
  auto update = updated({result("connect/a", Verdict::error), result("connect/b", Verdict::fail)}, {});
  EXPECT_THAT(update.known, IsEmpty());
  ASSERT_EQ(update.unlistable.size(), 2u);
  EXPECT_EQ(update.unlistable[0].name, "connect/a [3.1.1]");
  EXPECT_EQ(update.unlistable[1].statement, "fail");
}

}  // namespace
}  // namespace record::news_test
