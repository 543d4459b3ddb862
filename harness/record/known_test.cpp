#include "harness/record/known.h"

#include <gmock/gmock.h>

#include <fstream>

namespace record::known_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class KnownFile : public testing::Test {
protected:
  std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "known.json";
  void TearDown() override { std::filesystem::remove(file); }
  std::vector<Known> load(const std::string& text) {
    std::ofstream(file) << text;
    return load_known(file);
  }
  std::string complaint(const std::string& text) {
    try {
      load(text);
    } catch (const std::runtime_error& error) {
      std::string all = error.what(), name = file.string() + ":";
      for (auto at = all.find(name); at != all.npos; at = all.find(name)) all.erase(at, name.size());
      return all;
    }
    return "no complaint";
  }
};

TEST_F(KnownFile, IsRead) {
  auto known = load(R"({"known": [
    {"statement": "3.1.1:MQTT-3.1.0-2", "cases": ["connect/*"], "reason": "it goes on"},
    {"inconclusive": ["will/x [5.0]"], "reason": "it cannot be prepared"}]})");
  ASSERT_EQ(known.size(), 2u);
  EXPECT_EQ(known[0].statement, "3.1.1:MQTT-3.1.0-2");
  EXPECT_THAT(known[0].cases, ElementsAre("connect/*"));
  EXPECT_EQ(known[0].where, file.string() + ":2:5");
  EXPECT_EQ(known[1].statement, "");
  EXPECT_THAT(known[1].cases, ElementsAre("will/x [5.0]"));
}

TEST_F(KnownFile, ComplainsWithThePlace) {
  EXPECT_EQ(complaint("[]"), "1:1: expected an object {\"known\": [...]}");
  EXPECT_EQ(complaint(R"({"known": [{"statement": "x", "cases": ["a"]}]})"), "1:12: `reason` is missing: say why this is the broker's fault");
  EXPECT_EQ(complaint(R"({"known": [{"statment": "x", "cases": ["a"], "reason": "r"}]})"),
            "1:13: unknown key 'statment'; did you mean 'statement'?\n1:12: an entry has either `statement` or `inconclusive`");
  EXPECT_EQ(complaint(R"({"known": [{"statement": "x", "cases": [], "reason": "r"}]})"), "1:12: `cases` must name at least one case");
  EXPECT_EQ(complaint(R"({"known": [7]})"), "1:12: expected an object with statement, cases and reason");
}

TEST_F(KnownFile, CountsOverTheTransportsItNames) {
  auto known = load(R"({"known": [
    {"statement": "s", "cases": ["a [5.0]"], "reason": "everywhere"},
    {"statement": "t", "cases": ["a [5.0]"], "transports": ["ws", "wss"], "reason": "its frames"}]})");
  Result result;
  result.scenario = "a";
  result.verdict = Verdict::fail;
  Finding one, other;
  one.statement = "s", other.statement = "t";
  one.verdict = other.verdict = Kept::fail;
  result.findings = {one, other};
  result.transport = "wss";
  auto news = compare({result}, known);
  EXPECT_FALSE(news.any());
  EXPECT_EQ(news.expected, 2u);
  result.transport = "mqtts";
  news = compare({result}, known);
  ASSERT_EQ(news.fresh.size(), 1u);
  EXPECT_EQ(news.fresh[0].name, "a [5.0 mqtts]");
  EXPECT_EQ(news.fresh[0].statement, "t");
  EXPECT_THAT(news.gone, IsEmpty());
  result.findings = {one};
  EXPECT_FALSE(compare({result}, known).any()) << "an entry about other transports is not gone";
  result.transport = "ws";
  EXPECT_THAT(compare({result}, known).gone, ElementsAre(file.string() + ":3:5: no longer seen: t in a [5.0]"));
  EXPECT_EQ(complaint(R"({"known": [{"statement": "x", "cases": ["a"], "transports": "ws", "reason": "r"}]})"),
            "1:12: `transports` is a list of URL schemes: mqtt, mqtts, ws, wss, unix");
}

TEST(Glob, Matches) {
  EXPECT_TRUE(glob_matches("qos2/*", "qos2/overlap (three filters) [3.1.1]"));
  EXPECT_TRUE(glob_matches("*", ""));
  EXPECT_TRUE(glob_matches("a?c", "abc"));
  EXPECT_TRUE(glob_matches("*[3.1.1]", "qos2/x [3.1.1]"));
  EXPECT_TRUE(glob_matches("a*b*c", "a__b__b_c"));
  EXPECT_FALSE(glob_matches("a*b*c", "a__b__b_d"));
  EXPECT_FALSE(glob_matches("a?c", "ac"));
  EXPECT_FALSE(glob_matches("qos2", "qos2/x"));
}

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
const Known listed{"3.1.1:X", {"connect/a [3.1.1]"}, "it does", "known.json:2:5"};

TEST(News, AListedFailureIsNone) {
  auto news = compare({result("connect/a", Verdict::fail, "3.1.1:X"), result("connect/b", Verdict::pass)}, {listed});
  EXPECT_FALSE(news.any());
  EXPECT_EQ(news.expected, 1u);
}

TEST(News, AnotherStatementOrAnotherCaseIs) {
  auto news = compare({result("connect/a", Verdict::fail, "3.1.1:Y"), result("connect/b", Verdict::fail, "3.1.1:X")}, {listed});
  ASSERT_EQ(news.fresh.size(), 2u);
  EXPECT_EQ(news.fresh[0].name, "connect/a [3.1.1]");
  EXPECT_EQ(news.fresh[0].statement, "3.1.1:Y");
  EXPECT_EQ(news.fresh[0].text, "it went on");
}

TEST(News, AListedOneThatHasGoneIs) {
  auto news = compare({result("connect/a", Verdict::pass)}, {listed});
  EXPECT_THAT(news.gone, ElementsAre("known.json:2:5: no longer seen: 3.1.1:X in connect/a [3.1.1]"));
}

TEST(News, WhatWasNotPlayedHasNotGone) {
  EXPECT_FALSE(compare({result("connect/b", Verdict::pass)}, {listed}).any());
  EXPECT_FALSE(compare({result("connect/a", Verdict::skip)}, {listed}).any());
}

TEST(News, ErrorsAndInconclusiveCasesAreNewsUnlessListed) {
  auto results = std::vector{result("connect/a", Verdict::inconclusive), result("connect/b", Verdict::error)};
  auto news = compare(results, {});
  ASSERT_EQ(news.fresh.size(), 2u);
  EXPECT_EQ(news.fresh[0].statement, "inconclusive");
  EXPECT_EQ(news.fresh[1].statement, "error");
  news = compare(results, {{"", {"connect/*"}, "it cannot be prepared", ""}});
  ASSERT_EQ(news.fresh.size(), 1u) << "an error of ours is never expected";
  EXPECT_EQ(news.fresh[0].statement, "error");
}

TEST(News, ADeathWithoutAStatementIsNews) {
  EXPECT_EQ(compare({result("connect/a", Verdict::fail)}, {listed}).fresh.size(), 1u);
}

}  // namespace
}  // namespace record::known_test
