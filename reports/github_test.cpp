#include <gmock/gmock.h>

#include "reports/test_run.h"

namespace reports::github_test {
namespace {

using record::Kept;
using record::Verdict;

std::vector<std::string> lines_of(const record::Run& run) {
  std::istringstream in(annotations(run));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Annotations, PointAtTheStepThatFailed) {
  const auto lines = lines_of(golden_run());
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "::error file=scenarios/connect/second-connect.json,line=6,title=3.1.1%3AMQTT-3.1.0-2 (MUST%2C section 3.1)::"
                      "A second CONNECT on the same connection is a protocol violation and the broker must disconnect the client.%0Aconnect/second-connect [3.1.1]%0A"
                      "expected: A: closed within 2 s%0Aactual: the broker answered a PINGREQ sent after it: the connection is still open");
  EXPECT_TRUE(lines[1].starts_with("::error file=scenarios/publish/broken-text.json,line=9,title=5.0%3AMQTT-1.5.4-1 (MUST%2C section 1.5.4)::")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("::error file=scenarios/topics/")) << lines[2];
  EXPECT_TRUE(lines[3].starts_with("::warning file=")) << lines[3];
  EXPECT_TRUE(lines[4].starts_with("::warning file=")) << lines[4];
  EXPECT_EQ(lines[5], "::notice title=MQTT conformance of mosquitto 2.0.11::2 MUST statements broken, 1 SHOULD missed; 10 cases: "
                      "2 fail, 1 error, 1 inconclusive, 3 pass (1 with a warning), 3 skip");
}

record::Result failed(const std::string& scenario, const std::string& statement, const std::string& actual = "closed") {
  record::Result made;
  made.scenario = scenario;
  made.verdict = Verdict::fail;
  made.findings.push_back({statement, Kept::fail, "A: PINGRESP", actual, "scenarios/" + scenario + ".json:3:5", -1, -1, 0, 0, record::Microseconds{-1}});
  return made;
}

TEST(Annotations, AreTheTenStatementsWithTheMostCases) {
  record::Run run;
  for (int i = 0; i < 12; ++i)
    for (int j = 0; j <= i; ++j) run.results.push_back(failed("t/" + std::to_string(i) + "_" + std::to_string(j), "5.0:X-" + std::to_string(i)));
  const auto lines = lines_of(run);
  ASSERT_EQ(lines.size(), 11u);
  EXPECT_EQ(lines[0], "::error file=scenarios/t/11_0.json,line=3,title=5.0%3AX-11 (not in the catalogue of this record)::t/11_0 [5.0]%0Aexpected: A: PINGRESP%0Aactual: closed%0A"
                      "and 11 further cases");
  EXPECT_NE(lines[9].find("5.0%3AX-2 "), std::string::npos);
  EXPECT_EQ(lines[10], "::notice title=MQTT conformance of a broker that does not say its name::12 MUST statements broken, 0 SHOULD missed; 78 cases: 78 fail; "
                       "2 annotations left out here: the report has them");
}

TEST(Annotations, AreOneLineEachWhateverABrokerSends) {
  record::Run run;
  run.results.push_back(failed("t/a,b:c%", "5.0:X", "100%\r\n::error::boo\x07"));
  run.header.broker = "x::y,z\n::stop-commands::t";
  const auto lines = lines_of(run);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "::error file=scenarios/t/a%2Cb%3Ac%25.json,line=3,title=5.0%3AX (not in the catalogue of this record)::t/a,b:c%25 [5.0]%0Aexpected: A: PINGRESP%0A"
                      "actual: 100%25\\u000d%0A::error::boo\\u0007");
  EXPECT_TRUE(lines[1].starts_with("::notice title=MQTT conformance of x%3A%3Ay%2Cz\\n%3A%3Astop-commands%3A%3At::")) << lines[1];
}

TEST(Annotations, TellOnlyNewsWhereFailuresAreKnown) {
  record::Run run;
  run.header.broker = "b";
  for (auto scenario : {"t/known", "t/new"}) run.results.push_back(failed(scenario, "5.0:X"));
  run.results.push_back(failed("t/known", "5.0:Y"));
  for (auto scenario : {"t/awaited", "t/lost"}) run.results.push_back(failed(scenario, "")), run.results.back().findings.clear(), run.results.back().verdict = Verdict::inconclusive;
  auto warned = failed("t/warned", "5.0:Z");
  warned.verdict = Verdict::pass, warned.findings[0].verdict = Kept::warning;
  run.results.push_back(warned);
  const KnownList list{{known("5.0:X", "t/known [5.0]"), known("5.0:Y", "t/known [5.0]", record::Day{std::chrono::year{2027}, std::chrono::January, std::chrono::day{1}}), known("5.0:Q", "t/*"), known("", "t/awaited [5.0]")},
                       "list.json", record::Day{std::chrono::year{2027}, std::chrono::January, std::chrono::day{2}}};
  std::istringstream in(annotations(run, {.known = &list}));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0], "::error file=scenarios/t/new.json,line=3,title=5.0%3AX (not in the catalogue of this record)::t/new [5.0]%0Aexpected: A: PINGRESP%0Aactual: closed");
  EXPECT_EQ(lines[1], "::error file=list.json,line=3,title=a known failure has gone::no longer seen: 5.0:Q in t/*");
  EXPECT_EQ(lines[2], "::error file=list.json,line=3,title=a known failure is past its date::stale: 5.0:Y was expected until 2027-01-01; look again, then give it a new date or take it out");
  EXPECT_EQ(lines[3], "::warning file=scenarios/t/lost.json,line=1,title=inconclusive::t/lost [5.0]%0Ano reason given");
  EXPECT_EQ(lines[4], "::notice title=MQTT conformance of b::2 MUST statements broken, 1 SHOULD missed; 6 plays of 5 cases: 3 fail, 2 inconclusive, 1 pass (1 with a warning); 3 known and not told here");
}

TEST(Annotations, OfACleanRunAreOneNotice) {
  record::Run run;
  run.header.broker = "b";
  EXPECT_EQ(annotations(run), "::notice title=MQTT conformance of b::0 MUST statements broken, 0 SHOULD missed; 0 cases: no case\n");
}

}  // namespace
}  // namespace reports::github_test
