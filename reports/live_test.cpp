#include "reports/live.h"

#include <gmock/gmock.h>

#include <regex>

#include "reports/test_run.h"

namespace reports::live_test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json told(const record::Run& run, const std::string& name) {
  for (const auto& each : run.results)
    if (record::full_name(each) == name) return live_case(each, run.header);
  return nullptr;
}

TEST(LiveCase, TellsWhatBrokeAndWhatAFilterAsks) {
  const auto run = golden_run();
  const auto failed = told(run, "connect/second-connect [3.1.1]");
  EXPECT_EQ(failed["verdict"], "fail");
  EXPECT_EQ(failed["version"], "3.1.1");
  EXPECT_THAT(failed["packets"].get<std::string>(), HasSubstr("CONNECT"));
  ASSERT_EQ(failed["findings"].size(), 1u);
  const json finding{{"verdict", "fail"}, {"word", "broken"}, {"statement", "3.1.1:MQTT-3.1.0-2"}, {"level", "MUST"}, {"section", "3.1"},
                     {"summary", "A second CONNECT on the same connection is a protocol violation and the broker must disconnect the client."}, {"expected", "A: closed within 2 s"},
                     {"actual", "the broker answered a PINGREQ sent after it: the connection is still open"}, {"where", "scenarios/connect/second-connect.json:6:5"}};
  EXPECT_EQ(failed["findings"][0], finding);
  EXPECT_EQ(failed["more"], 0);
}

TEST(LiveCase, KeepsFewFindingsAndShortTexts) {
  record::Result one;
  one.scenario = "a/b", one.verdict = record::Verdict::fail;
  for (int i = 0; i < 9; ++i) {
    record::Finding finding;
    finding.statement = "X", finding.verdict = record::Kept::fail, finding.actual = std::string(5000, 'x') + "\n";
    one.findings.push_back(finding);
  }
  const auto told = live_case(one, {});
  EXPECT_EQ(told["findings"].size(), 5u);
  EXPECT_EQ(told["more"], 4);
  EXPECT_LT(told.dump().size(), 5000u);
}

TEST(LiveCase, IsTextWhateverABrokerSends) {
  record::Result one;
  one.scenario = "a/b", one.reason = "\xff</script>\x1b[31m\n";
  EXPECT_EQ(live_case(one, {})["reason"], "\xef\xbf\xbd</script>\\u001b[31m\\n");
}

TEST(LiveFiles, AreAllThatThePageAsksFor) {
  const auto files = live_files();
  ASSERT_EQ(files.front().name, "");
  const std::regex asked(R"re((?:href|src)="([^"]*)")re");
  const auto& page = files.front().text;
  for (std::sregex_iterator each(page.begin(), page.end(), asked), end; each != end; ++each) {
    const std::string name = (*each)[1];
    EXPECT_TRUE(name == "data:," || std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.name == name; })) << name;
  }
}

}  // namespace
}  // namespace reports::live_test
