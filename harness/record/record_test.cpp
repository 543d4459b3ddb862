#include "harness/record/record.h"

#include "harness/record/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <malloc.h>

#include <fstream>
#include <sstream>

namespace record::record_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

Header sample_header() {
  Header header{"mqttspec 0.1.0", "mqtt://localhost:1883", "mosquitto 2.0.11", "mosquitto", "2024-05-01T10:00:00Z", 18446744073709551615u,
                {"3.1.1", "5.0"}, {"mqtt"}, {}, {"a_rule"}, "a/folder", {"--start", "broker -p {port}"}};
  header.statements.push_back({"3.1.1:MQTT-3.1.0-2", mqtt::Version::v3_1_1, "3.1.0", spec::Level::must, "MUST", "server", "connect",
                               spec::Observable::partly, "A second CONNECT ends the connection.", "Send it twice."});
  return header;
}

Result sample_result() {
  Result result;
  result.scenario = "connect/second-connect";
  result.case_name = "a//b";
  result.title = "A second CONNECT closes the connection";
  result.tags = {"cve"};
  result.version = mqtt::Version::v3_1_1;
  result.verdict = Verdict::fail;
  result.reason = "3.1.1:MQTT-3.1.0-2 is broken";
  result.started = 1234567us;
  result.took = 35001us;
  result.findings = {{"3.1.1:MQTT-3.1.0-2", Kept::fail, "closed within 2 s", "PINGRESP", "scenarios/connect/second-connect.json:6:5", 1, 2, 4, 2, 1500us},
                     {"3.1.1:MQTT-3.1.0-1", Kept::warning, "", "", "", -1, -1, 0, 0}};
  result.steps = {{"scenarios/connect/second-connect.json:4:5", "connect A", Outcome::held, 5us, 900us}, {"", "expect A", Outcome::not_held, 1000us, 2us}};
  result.trace = {{10us, What::sent, "A", mqtt::Version::v5_0, 0, {0xc0, 0x00}, "", true},
                  {20us, What::control, "", mqtt::Version::v3_1_1, -1, {}, "restart", false},
                  {30us, What::received, "A", mqtt::Version::v3_1_1, 1, {0xd0, 0x00}, "", false}};
  result.log = {"1: New connection"};
  return result;
}

std::string written(const std::vector<Result>& results) {
  std::ostringstream out;
  Writer writer{out};
  writer.write(sample_header());
  for (const auto& result : results) writer.write(result);
  writer.write(Footer{1500ms, false, "done"});
  return out.str();
}

Run read_text(const std::string& text) {
  std::istringstream in{text};
  return read(in, "run.jsonl");
}

TEST(Record, EverythingComesBack) {
  const auto run = read_text(written({sample_result()}));
  EXPECT_THAT(run.complaints, ElementsAre());
  ASSERT_EQ(run.results.size(), 1u);
  EXPECT_EQ(run.results[0], sample_result());
  EXPECT_EQ(to_json(run.header), to_json(sample_header()));
  EXPECT_EQ(run.header.statements.at(0).version, mqtt::Version::v3_1_1);
  ASSERT_TRUE(run.footer);
  EXPECT_EQ(run.footer->took, 1500ms);
  EXPECT_FALSE(run.footer->interrupted);
  EXPECT_EQ(run.footer->note, "done");
}

TEST(Record, EveryNameComesBack) {
  Result result = sample_result();
  for (int i = 0; i < int(words<What>.size()); ++i) result.trace.push_back({Microseconds{i}, static_cast<What>(i), "A", mqtt::Version::v3_1, i, {}, "t", false});
  for (int i = 0; i < int(words<Kept>.size()); ++i) result.findings.push_back({"s", static_cast<Kept>(i), "e", "a", "w", 0, 0, 0, 0});
  for (int i = 0; i < int(words<Outcome>.size()); ++i) result.steps.push_back({"w", "t", static_cast<Outcome>(i), 0us, 0us});
  std::vector<Result> all;
  for (int i = 0; i < int(words<Verdict>.size()); ++i) all.push_back(result), all.back().verdict = static_cast<Verdict>(i);
  EXPECT_EQ(read_text(written(all)).results, all);
}

TEST(Record, LinesSayWhatIssueTwoAsks) {
  std::istringstream lines{written({sample_result()})};
  std::string line;
  std::getline(lines, line);
  EXPECT_TRUE(line.starts_with("{\"type\":\"header\",")) << line;
  std::getline(lines, line);
  EXPECT_TRUE(line.starts_with("{\"type\":\"result\",")) << line;
  const auto value = nlohmann::json::parse(line);
  EXPECT_EQ(value["took_ms"], 35.001);
  EXPECT_EQ(value["version"], "3.1.1");
  EXPECT_EQ(value["verdict"], "fail");
  EXPECT_EQ(value["findings"][0]["statement"], "3.1.1:MQTT-3.1.0-2");
  EXPECT_EQ(value["trace"][0], (nlohmann::json{{"at_us", 10}, {"event", "sent"}, {"client", "A"}, {"version", "5.0"}, {"step", 0}, {"bytes", "c0 00"}, {"fence", true}}));
  EXPECT_EQ(value["trace"][1], (nlohmann::json{{"at_us", 20}, {"event", "control"}, {"text", "restart"}}));
}

TEST(Record, IllFormedTextStaysOneLineOfUtf8) {
  Result result = sample_result();
  result.reason = "bad \xc3\x28 \xff text\nwith a line end";
  result.log = {std::string("\0\x01\x1b[31m", 7)};
  result.trace[0].bytes = {0xff, 0xfe, 0x00};
  const auto run = read_text(written({result}));
  EXPECT_THAT(run.complaints, ElementsAre());
  ASSERT_EQ(run.results.size(), 1u);
  EXPECT_EQ(run.results[0].reason, "bad \xef\xbf\xbd( \xef\xbf\xbd text\nwith a line end");
  EXPECT_EQ(run.results[0].log, result.log);
  EXPECT_EQ(run.results[0].trace[0].bytes, result.trace[0].bytes);
}

TEST(Record, WriterFlushesEachLine) {
  struct Counting : std::stringbuf {
    int syncs = 0;
    int sync() override { return ++syncs, 0; }
  } buffer;
  std::ostream out{&buffer};
  Writer writer{out};
  writer.write(sample_header());
  EXPECT_EQ(buffer.syncs, 1);
  writer.write(sample_result());
  EXPECT_EQ(buffer.syncs, 2);
}

TEST(Record, TornLastLineLosesItselfOnly) {
  const std::string text = written({sample_result(), sample_result()});
  const auto second = text.rfind("{\"type\":\"result\"");
  const auto run = read_text(text.substr(0, second + 100));
  EXPECT_EQ(run.results.size(), 1u);
  EXPECT_FALSE(run.footer);
  EXPECT_THAT(run.complaints, ElementsAre("run.jsonl:3: cut off in the middle; this line is lost",
                                          "run.jsonl: there is no footer: the run was cut off, and results may be missing"));
}

TEST(Record, EveryCutIsReadWithoutLosingWholeLines) {
  const std::string text = written({sample_result()});
  const auto result_ends = text.rfind("\n{\"type\":\"footer\"");
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const auto run = read_text(text.substr(0, cut));
    ASSERT_EQ(run.results.size(), cut >= result_ends ? 1u : 0u) << cut;
    ASSERT_EQ(run.complaints.empty(), cut + 1 >= text.size()) << cut;
  }
}

TEST(Record, CatOfATornFileKeepsTheNextRun) {
  const std::string whole = written({sample_result()});
  const auto run = read_text(whole.substr(0, whole.rfind("{\"type\":\"result\"") + 80) + whole);
  EXPECT_EQ(run.headers, 2);
  EXPECT_EQ(run.results.size(), 1u);
  EXPECT_THAT(run.complaints, ElementsAre("run.jsonl:2: cut off in the middle; this line is lost",
                                          "run.jsonl: 1 of 2 runs have no footer: they were cut off, and results may be missing"));
}

TEST(Record, ForeignLinesAreComplaintsWithFileAndLine) {
  Result result = sample_result();
  auto verdict = to_json(result), bytes = to_json(result), text = to_json(result), lost = to_json(result);
  verdict["verdict"] = "passed";
  bytes["trace"][2]["bytes"] = "c0 0";
  text["log"] = {1};
  lost.erase("scenario");
  std::string lines = written({});
  lines += "\nhello\n[1]\n{\"type\":\"cake\"}\n{\"a\":1}\n" + verdict.dump() + "\n" + bytes.dump() + "\n" + text.dump() + "\n" + lost.dump() + "\n" +
           to_json(result).dump() + "\r\n";
  const auto run = read_text(lines);
  EXPECT_EQ(run.results, std::vector{result});
  EXPECT_THAT(run.complaints,
              ElementsAre("run.jsonl:4: not a line of a record (not JSON); passed over",
                          "run.jsonl:5: the line is a list, not an object; this line is lost",
                          "run.jsonl:6: 'type' is 'cake', not header, result or footer; this line is lost",
                          "run.jsonl:7: there is no 'type'; this line is lost",
                          "run.jsonl:8: 'verdict' is \"passed\", not pass, fail, inconclusive, skip or error; this line is lost",
                          "run.jsonl:9: 'trace[2].bytes' is \"c0 0\", not hex; this line is lost",
                          "run.jsonl:10: 'log[0]' is 1, not a text; this line is lost",
                          "run.jsonl:11: there is no 'scenario'; this line is lost"));
}

TEST(Record, DeepLinesAreComplaints) {
  const std::string deep(200000, '['), end(deep.size(), ']');
  EXPECT_THAT(read_text(written({}) + deep + end + "\n{\"type\":\"footer\",\"note\":" + deep + end + "}\n").complaints,
              ElementsAre("run.jsonl:3: the line is a list, not an object; this line is lost",
                          "run.jsonl:4: 'note' is a list, not a text; this line is lost"));
}

TEST(Record, NumbersThatFitNothingAreComplaints) {
  std::string lines = written({});
  const auto bend = [&](const char* pointer, nlohmann::json number) {
    auto bent = to_json(sample_result());
    bent[nlohmann::json::json_pointer(pointer)] = number;
    lines += bent.dump() + "\n";
  };
  bend("/findings/0/offset", 4294967296), bend("/findings/0/size", -1), bend("/findings/0/step", 1e300);
  bend("/trace/0/at_us", 1.5), bend("/took_ms", 1e300), bend("/started_ms", "soon");
  const auto run = read_text(lines);
  EXPECT_TRUE(run.results.empty());
  EXPECT_THAT(run.complaints,
              ElementsAre("run.jsonl:3: 'findings[0].offset' is 4294967296, not a whole number from 0 to 4294967295; this line is lost",
                          "run.jsonl:4: 'findings[0].size' is -1, not a whole number from 0 to 4294967295; this line is lost",
                          "run.jsonl:5: 'findings[0].step' is 1e+300, not a whole number from -2147483648 to 2147483647; this line is lost",
                          "run.jsonl:6: 'trace[0].at_us' is 1.5, not a whole number from -9223372036854775808 to 9223372036854775807; this line is lost",
                          "run.jsonl:7: 'took_ms' is 1e+300, not a number of milliseconds; this line is lost",
                          "run.jsonl:8: 'started_ms' is \"soon\", not a number of milliseconds; this line is lost"));
}

TEST(Record, RunsMerge) {
  Header other = sample_header();
  other.target = "mqtt://b";
  other.versions = {"3.1", "5.0"};
  other.transports = {"ws"};
  std::ostringstream second;
  Writer writer{second};
  writer.write(other);
  writer.write(sample_result());
  writer.write(Footer{500ms, true, "interrupted"});
  auto run = read_text(written({sample_result()}));
  std::istringstream more{second.str()};
  read_more(run, more, "two.jsonl");
  EXPECT_EQ(run.results.size(), 2u);
  EXPECT_EQ(run.header.target, "mqtt://localhost:1883");
  EXPECT_THAT(run.header.versions, ElementsAre("3.1.1", "5.0", "3.1"));
  EXPECT_THAT(run.header.transports, ElementsAre("mqtt", "ws"));
  EXPECT_EQ(run.footer->took, 2000ms);
  EXPECT_TRUE(run.footer->interrupted);
  EXPECT_EQ(run.footer->note, "done; interrupted");
  EXPECT_THAT(run.complaints, testing::IsEmpty());
  ASSERT_EQ(run.brokers.size(), 1u);   // the same broker at another address
  EXPECT_THAT(run.brokers[0].transports, ElementsAre("mqtt", "ws"));
}

TEST(Record, EachBrokerKeepsItsResults) {
  Header other = sample_header();
  other.broker = "emqx 5.8";
  std::ostringstream second;
  Writer writer{second};
  writer.write(other);
  writer.write(sample_result());
  std::istringstream all{written({sample_result()}) + second.str() + written({sample_result()})};
  const auto run = read(all, "all.jsonl");
  ASSERT_EQ(run.brokers.size(), 2u);
  EXPECT_EQ(run.brokers[1].broker, "emqx 5.8");
  EXPECT_TRUE(run.brokers[1].statements.empty());
  std::vector<int> brokers;
  for (const auto& result : run.results) brokers.push_back(result.broker);
  EXPECT_THAT(brokers, ElementsAre(0, 1, 0));
}

TEST(Record, AnOutlineLeavesTheRestInItsFile) {
  Result first = sample_result(), second = sample_result();
  second.case_name = "another", second.findings.push_back({"3.1.1:MQTT-2.2.2-1", Kept::pass, "a long text", "", "a.json:1:1", 0, -1, 0, 0});
  const std::string file = testing::TempDir() + "outline.jsonl";
  std::ofstream{file, std::ios::binary} << written({}) << "{\"type\":\"result\",\"scenario\":" << written({first, second});   // the second line is torn
  record::Run run;
  outline_more(run, file);
  ASSERT_EQ(run.results.size(), 2u);
  EXPECT_TRUE(run.results[1].steps.empty() && run.results[1].trace.empty() && run.results[1].log.empty());
  EXPECT_EQ(run.results[0].findings[0], first.findings[0]);      // what did not hold keeps its texts
  EXPECT_EQ(run.results[1].findings.back().expected, "");
  EXPECT_EQ(run.results[1].findings.back().where, "");           // the first finding names the file
  EXPECT_EQ(run.whole(0), first);
  EXPECT_EQ(run.whole(1), second);

  std::ofstream{file, std::ios::binary} << written({second});
  EXPECT_EQ([&] { try { run.whole(1); } catch (const std::runtime_error& error) { return std::string{error.what()}; } return std::string{}; }(),
            file + ": was changed while it was being read: connect/second-connect (another) [3.1.1] no longer stands at byte " + std::to_string(run.spots[1].offset));
  EXPECT_THROW(outline_more(run, file + ".none"), std::runtime_error);
}

TEST(Record, AnOutlineTakesFewBytesHoweverLongTheCaseWas) {
  constexpr std::size_t cases = 200;
  const std::string file = testing::TempDir() + "long.jsonl";
  const auto held = [&](std::size_t steps) {
    Result result = sample_result();
    result.verdict = Verdict::pass, result.findings.resize(1), result.findings[0].verdict = Kept::pass;
    result.steps.resize(steps, result.steps.front()), result.trace.resize(steps, result.trace.front()), result.log.resize(steps, std::string(80, '.'));
    std::ofstream{file, std::ios::binary} << written(std::vector(cases, result));
    const auto before = mallinfo2().uordblks;
    record::Run run;
    outline_more(run, file);
    EXPECT_EQ(run.results.size(), cases);
    return (mallinfo2().uordblks - before) / cases;   // 0 under a sanitizer
  };
  held(1);   // what is made once
  const auto small = held(1), large = held(20);
  EXPECT_LT(large, 2'000u);
  EXPECT_LT(large, small + 100);   // what malloc keeps at hand counts too; 20 steps and events are 5,000 bytes
}

TEST(Record, WithoutHeaderSaysSo) {
  EXPECT_THAT(read_text("").complaints, ElementsAre("run.jsonl: no header was found, and no result: this is not a record, or an empty one"));
  EXPECT_THAT(read_text(to_json(sample_result()).dump()).complaints,
              ElementsAre("run.jsonl: no header was found, so nothing says which broker these results are of"));
}

TEST(Record, FullNames) {
  Result result = sample_result();
  EXPECT_EQ(full_name(result), "connect/second-connect (a//b) [3.1.1]");
  result.case_name.clear();
  EXPECT_EQ(full_name(result), "connect/second-connect [3.1.1]");
  result.transport = "wss";
  EXPECT_EQ(full_name(result), "connect/second-connect [3.1.1 wss]");
}

}  // namespace
}  // namespace record::record_test
