// The live page in this process: what it is told, and what it turns into.
#include "harness/cli/live.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

#include "harness/net/http_client_for_test.h"

namespace cli::live_test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string refusal(const std::string& where) {
  try {
    serve_place(where);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(ServePlace, IsAnAddressAndAPort) {
  EXPECT_EQ(serve_place("").host, "127.0.0.1");
  EXPECT_EQ(serve_place("").port, "0");
  EXPECT_EQ(serve_place("[::1]:8080").host, "::1");
  EXPECT_EQ(serve_place("ci-box.example:80").host, "ci-box.example");
  for (auto wrong : {"8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:99999999999", "::1:80", "http://127.0.0.1:80", "127.0.0.1:80/x", "a b:80"})
    EXPECT_EQ(refusal(wrong), std::string("--serve ") + wrong + ": expected ADDRESS:PORT, for example 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one");
}

class Shown : public net::HttpClient {
protected:
  Shown() : live(io.get_executor(), "") {
    std::ifstream in(SOURCE_DIR "/reports/golden/run.jsonl");
    run = record::read(in, "run.jsonl");
    standing.plays = run.results.size();
    meet(live.url());
  }
  void finish(std::size_t index) {
    ++standing.over;
    live.finished(run.results[index], standing);
  }
  json told(Viewer& viewer) { return json::parse(next(viewer)); }

  Live live;
  record::Run run;
  Standing standing;
};

TEST_F(Shown, AViewerIsToldEachCaseAndWhoComesLateAllOfThem) {
  auto early = viewer();
  EXPECT_EQ(told(early), json({{"anew", true}})) << "nothing has begun";
  live.begin(run.header, standing);
  auto news = told(early);
  EXPECT_EQ(news["run"]["broker"], "mosquitto 2.0.11");
  EXPECT_EQ(news["cases"], json::array());
  EXPECT_EQ(news["standing"]["plays"], 10);
  finish(0);
  news = told(early);
  EXPECT_FALSE(news.contains("anew"));
  ASSERT_EQ(news["cases"].size(), 1u);
  EXPECT_EQ(news["cases"][0]["name"], record::full_name(run.results[0]));
  EXPECT_EQ(news["standing"]["over"], 1);
  for (std::size_t i = 1; i < run.results.size(); ++i) finish(i);
  auto late = viewer();
  news = told(late);
  EXPECT_EQ(news["anew"], true);
  EXPECT_EQ(news["cases"].size(), run.results.size());
  EXPECT_THAT(news["standing"]["text"].get<std::string>(), testing::EndsWith("; the report is being written"));
}

TEST_F(Shown, TheReportStandsInThePagesPlaceWhenTheRunIsOver) {
  live.begin(run.header, standing);
  auto one = viewer();
  told(one);
  EXPECT_THAT(get(path, authority), HasSubstr("<title>MQTT conformance, as it goes</title>"));
  for (auto name : {"live.css", "live.js", "mqttspec-report.css", "mqttspec-report.js"}) EXPECT_THAT(get(path + name, authority), StartsWith("HTTP/1.1 200 ")) << name;
  live.over("<p>the report</p>");
  EXPECT_EQ(told(one), json({{"over", "report"}}));
  EXPECT_THAT(get(path, authority), testing::EndsWith("\r\n\r\n<p>the report</p>"));
  auto late = viewer();
  EXPECT_EQ(told(late), json({{"over", "report"}})) << "its page was loaded just before";
}

TEST_F(Shown, WhenNobodyCanEndItViewersAreToldThatNothingMoreComes) {
  live.begin(run.header, standing);
  auto one = viewer();
  told(one);
  play([&] { return live.end(clock); });
  EXPECT_EQ(told(one), json({{"over", "end"}}));
}

TEST(SomebodyIsThere, NotInCi) {
  setenv("CI", "true", 1);
  EXPECT_FALSE(somebody_is_there());
  unsetenv("CI");
}

}  // namespace
}  // namespace cli::live_test
