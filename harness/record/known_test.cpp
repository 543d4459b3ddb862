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
  std::vector<Known> load(const std::string& text, Reasons reasons = Reasons::wanted) {
    std::ofstream(file) << text;
    return load_known(file, reasons);
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
  EXPECT_EQ(known[0].link, "");
  EXPECT_EQ(known[0].until, std::nullopt);
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

TEST_F(KnownFile, HasALinkAndADate) {
  auto known = load(R"({"known": [{"statement": "x", "cases": ["a"], "reason": "r", "link": "https://example.org/1", "until": "2028-02-29"}]})");
  ASSERT_EQ(known.size(), 1u);
  EXPECT_EQ(known[0].link, "https://example.org/1");
  ASSERT_TRUE(known[0].until);
  EXPECT_EQ(text_of(*known[0].until), "2028-02-29");
}

TEST_F(KnownFile, ComplainsAboutADayThatIsNone) {
  for (auto until : {R"("2027-02-29")", R"("31.3.2027")", R"("2027-3-31")", R"("2027-03-31T")", R"("")"})
    EXPECT_EQ(complaint(std::string(R"({"known": [{"statement": "x", "cases": ["a"], "reason": "r", "until": )") + until + "}]}"),
              "1:71: `until` must be a day, for example \"2027-03-31\"") << until;
  EXPECT_EQ(complaint(R"({"known": [{"statement": "x", "cases": ["a"], "reason": "r", "link": 7}]})"), "1:70: `link` must be a text");
}

TEST_F(KnownFile, AnEmptyReasonMayWaitOnlyWhereItIsAskedFor) {
  auto text = "{\"known\": [{\"statement\": \"x\", \"cases\": [\"a\"],\n \"reason\": \"\"}]}";
  EXPECT_EQ(complaint(text), "2:12: `reason` is still empty: say in a sentence why this is the broker's fault, so that whoever reads it next need not find out again");
  EXPECT_EQ(load(text, Reasons::may_wait).size(), 1u);
}

TEST_F(KnownFile, IsWrittenAsPeopleWriteIt) {
  const std::string text = R"({
  "known": [
    {"statement": "3.1.1:X",
     "cases": ["connect/a_case_of_a_name_that_is_rather_long_so_that_two_of_them_fill_a_line (row 1) [3.1.1]", "connect/a_second_one (row 22222222222) [3.1.1]",
               "connect/\"a third\" [3.1.1]"],
     "reason": "it does",
     "link": "https://example.org/1",
     "until": "2027-03-31"},
    {"inconclusive": ["will/x [5.0]"],
     "transports": ["ws", "wss"],
     "sometimes": true,
     "reason": ""}
  ]
}
)";
  EXPECT_EQ(to_text(load(text, Reasons::may_wait)), text);
  EXPECT_EQ(to_text({}), "{\n  \"known\": [\n  ]\n}\n");
  EXPECT_EQ(load(to_text({})).size(), 0u);
}

TEST_F(KnownFile, MayShowSometimes) {
  const std::string begin = R"({"known": [{"statement": "x", "cases": ["a"], "reason": "r")";
  EXPECT_TRUE(load(begin + R"(, "sometimes": true}]})").at(0).sometimes);
  EXPECT_FALSE(load(begin + "}]}").at(0).sometimes);
  for (auto other : {"false", "\"yes\"", "1", "null"})
    EXPECT_EQ(complaint(begin + R"(, "sometimes": )" + other + "}]}"), "1:75: `sometimes` can only be true: of what always shows, leave it out") << other;
  EXPECT_EQ(complaint(R"({"known": [{"statement": "x", "cases": ["a"], "sometimes": true}]})"), "1:12: `reason` is missing: say why this is the broker's fault");
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
  auto news = compare({result}, known, today());
  EXPECT_FALSE(news.any());
  EXPECT_EQ(news.expected, 2u);
  result.transport = "mqtts";
  news = compare({result}, known, today());
  ASSERT_EQ(news.fresh.size(), 1u);
  EXPECT_EQ(news.fresh[0].name, "a [5.0 mqtts]");
  EXPECT_EQ(news.fresh[0].statement, "t");
  EXPECT_THAT(news.gone, IsEmpty());
  result.findings = {one};
  EXPECT_FALSE(compare({result}, known, today()).any()) << "an entry about other transports is not gone";
  result.transport = "ws";
  EXPECT_THAT(compare({result}, known, today()).gone, ElementsAre(file.string() + ":3:5: no longer seen: t in a [5.0]"));
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

}  // namespace
}  // namespace record::known_test
