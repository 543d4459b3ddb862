#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "reports/test_run.h"

namespace reports::formats_test {
namespace {

using testing::HasSubstr;

TEST(Junit, ReadsBackWithItsCounts) {
  pugi::xml_document suites;
  ASSERT_TRUE(suites.load_string(written(write_junit, golden_run()).c_str()));
  const auto root = suites.child("testsuites");
  EXPECT_EQ(root.attribute("tests").as_int(), 10);
  EXPECT_EQ(root.attribute("failures").as_int(), 2);
  EXPECT_EQ(root.attribute("errors").as_int(), 2);   // one error, one inconclusive
  EXPECT_EQ(root.attribute("skipped").as_int(), 3);
  for (const auto& node : suites.select_nodes("//testsuite")) {
    const auto suite = node.node();
    EXPECT_EQ(suite.attribute("tests").as_uint(), suite.select_nodes("testcase").size()) << suite.attribute("name").value();
    EXPECT_EQ(suite.attribute("failures").as_uint(), suite.select_nodes("testcase/failure").size());
    EXPECT_EQ(suite.attribute("errors").as_uint(), suite.select_nodes("testcase/error").size());
    EXPECT_EQ(suite.attribute("skipped").as_uint(), suite.select_nodes("testcase/skipped").size());
  }
}

TEST(Junit, AFailureSaysWhatAndWhere) {
  pugi::xml_document suites;
  ASSERT_TRUE(suites.load_string(written(write_junit, golden_run()).c_str()));
  const auto one = suites.select_node("//testsuite[@name='connect [MQTT 3.1.1]']/testcase[@name='second-connect [3.1.1]']").node();
  EXPECT_STREQ(one.attribute("classname").value(), "mqtt-3_1_1.connect");
  EXPECT_STREQ(one.attribute("file").value(), "scenarios/connect/second-connect.json");
  EXPECT_STREQ(one.attribute("line").value(), "6");
  EXPECT_STREQ(one.attribute("time").value(), "0.005031");
  const auto failure = one.child("failure");
  EXPECT_STREQ(failure.attribute("type").value(), "3.1.1:MQTT-3.1.0-2");
  EXPECT_STREQ(failure.attribute("message").value(),
               "3.1.1:MQTT-3.1.0-2: expected A: closed within 2 s; got the broker answered a PINGREQ sent after it: the connection is still open");
  EXPECT_THAT(failure.child_value(), HasSubstr(">       5.020 ms  broker \xe2\x86\x92 A"));
  EXPECT_STREQ(suites.select_node("//testcase[@name='take-over [3.1.1]']/error/@type").attribute().value(), "inconclusive");
  EXPECT_THAT(suites.select_node("//testcase[@name='qos-3 [3.1]']/system-out").node().child_value(), HasSubstr("missed: 3.1:V31-3.8-4 (SHOULD, section 3.8)"));
}

// What Jenkins, GitLab and GitHub's actions take from the file: all of it is there, and no case hides another.
TEST(Junit, HasWhatItsReadersLookFor) {
  pugi::xml_document suites;
  ASSERT_TRUE(suites.load_string(written(write_junit, golden_run()).c_str()));
  std::map<std::string, int> names;
  for (const auto& node : suites.select_nodes("//testcase")) {
    const auto one = node.node();
    const std::string name = std::string(one.attribute("classname").value()) + "." + one.attribute("name").value();
    EXPECT_EQ(++names[name], 1) << name;
    const std::string_view package = one.attribute("classname").value();
    EXPECT_EQ(std::count(package.begin(), package.end(), '.'), 1) << "a package and a class: " << name;
    EXPECT_TRUE(std::string(one.attribute("file").value()).starts_with("scenarios/")) << name;
    if (!one.child("skipped")) EXPECT_GT(one.attribute("line").as_int(), 0) << name;
    EXPECT_FALSE(std::string(one.attribute("time").value()).empty()) << name;
    EXPECT_LE(one.select_nodes("failure | error | skipped").size(), 1u) << name;
  }
  EXPECT_EQ(names.size(), 10u);
  for (const auto& node : suites.select_nodes("//failure | //error")) {
    EXPECT_FALSE(std::string(node.node().attribute("message").value()).empty());
    EXPECT_FALSE(std::string(node.node().attribute("type").value()).empty());
    EXPECT_THAT(node.node().child_value(), HasSubstr("\nreplay: mqttspec run "));
  }
  EXPECT_EQ(suites.select_nodes("//skipped[@message='']").size(), 0u);
}

TEST(Html, LinksLeadAndTablesHaveScopes) {
  pugi::xml_document page;
  const std::string html = html_of( golden_run());
  ASSERT_TRUE(page.load_string(html.c_str()));
  std::map<std::string, int> ids;
  for (const auto& node : page.select_nodes("//@id")) EXPECT_EQ(++ids[node.attribute().value()], 1) << node.attribute().value();
  EXPECT_GT(page.select_nodes("//a/@href").size(), 15u);
  for (const auto& node : page.select_nodes("//a/@href")) EXPECT_TRUE(ids.contains(std::string{node.attribute().value()}.substr(1))) << node.attribute().value();
  EXPECT_EQ(page.select_nodes("//th[not(@scope)]").size(), 0u);
  EXPECT_EQ(page.select_nodes("//*[@style] | //body//script | //body//link | //img | //*[starts-with(@href, 'http')] | //@*[starts-with(name(), 'on')]").size(), 0u);
}

TEST(Html, StyleAndScriptAreInsideOrBeside) {
  const std::string inside = html_of(golden_run(), {}), beside = html_of(golden_run());
  EXPECT_NE(inside.find("<style>\n:root {"), inside.npos);
  EXPECT_NE(inside.find("function parseFilter("), inside.npos);
  EXPECT_EQ(inside.find(" src="), inside.npos);
  EXPECT_EQ(beside.find("function parseFilter("), beside.npos);
  for (const auto& asset : page_assets()) {
    EXPECT_NE(beside.find("\"" + asset.name + "\""), beside.npos) << asset.name;
    EXPECT_EQ(asset.text.find("</s"), asset.text.npos) << asset.name << " would end its own element";
  }
}

TEST(Html, OfPassingCasesOnlyTheNamesWhenAskedFor) {
  pugi::xml_document page;
  ASSERT_TRUE(page.load_string(html_of(golden_run(), {.failed_only = true, .assets_beside = true}).c_str()));
  EXPECT_EQ(page.select_nodes("//*[contains(@class, 'case')][@data-status]").size(), 10u);
  EXPECT_EQ(page.select_nodes("//details[@class='case']").size(), 5u);   // fail, fail, inconclusive, error, a warning
  EXPECT_TRUE(page.select_node("//p[@id='case-connect-second-connect-5.0']"));
}

TEST(Html, FailuresStandFirstWithTheBytesMarked) {
  pugi::xml_document page;
  ASSERT_TRUE(page.load_string(html_of( golden_run()).c_str()));
  std::vector<std::string> sections;
  for (const auto& node : page.select_nodes("//main/section/@id")) sections.push_back(node.attribute().value());
  EXPECT_THAT(sections, testing::ElementsAre("failures", "warnings", "behaviours", "inconclusive", "errors", "skipped", "themes", "coverage", "cases", "topics"));
  EXPECT_STREQ(page.select_node("//section[@id='failures']//code[@class='hex']//mark[.='c3 28']").node().child_value(), "c3 28");
  EXPECT_TRUE(page.select_node("//li[@id='case-publish-broken-text-5.0-event-3']//tr[@class='marked']/td[.='topic']"));
  EXPECT_TRUE(page.select_node("//div[@id='case-connect-second-connect-3.1.1']//li[@class='f']"));
  EXPECT_FALSE(page.select_node("//div[@id='case-connect-second-connect-5.0']/parent::details/@open"));
  EXPECT_TRUE(page.select_node("//div[@id='case-connect-second-connect-3.1.1']/parent::details/@open"));
}

TEST(Html, AStatementThatHeldAtOneStepAndBrokeAtAnotherIsNotToldAsKept) {
  record::Run run = golden_run();
  auto& failed = run.results.at(0);
  ASSERT_FALSE(failed.findings.empty());
  auto held = failed.findings[0];
  ASSERT_EQ(held.verdict, record::Kept::fail);
  held.verdict = record::Kept::pass;
  failed.findings.insert(failed.findings.begin(), held);
  held.statement = "3.1.1:MQTT-3.1.4-2";
  failed.findings.insert(failed.findings.begin(), held);
  const auto page = html_of(run);
  EXPECT_THAT(page, HasSubstr("kept: <span class=\"id\">3.1.1:MQTT-3.1.4-2</span></p>"));
}

TEST(Json, HasItsFormatAndVersion) {
  const auto json = nlohmann::json::parse(written(write_json, golden_run()));
  EXPECT_EQ(json["format"], "mqttspec-report");
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["complete"], false);
  EXPECT_EQ(json["counts"]["fail"], 2);
  EXPECT_EQ(json["broken"][0]["statement"], "3.1.1:MQTT-3.1.0-2");
  EXPECT_EQ(json["broken"][0]["cases"][0], "connect/second-connect [3.1.1]");
  EXPECT_EQ(json["cases"].size(), 10u);
  EXPECT_EQ(json["cases"][0]["trace"][1]["packets"][0]["fields"][0]["path"], "header");
}

record::Run long_run(int cases) {
  record::Run run = golden_run();
  const auto failed = run.results[0];
  for (int i = 0; i < cases; ++i) {
    run.results.push_back(failed);
    run.results.back().case_name = "row " + std::to_string(i) + std::string(300, '&');
  }
  return run;
}

TEST(Html, ABrokerThatFailsEverythingDoesNotBlowUpThePage) {
  const std::string html = html_of( long_run(200));
  pugi::xml_document page;
  ASSERT_TRUE(page.load_string(html.c_str()));
  EXPECT_EQ(page.select_nodes("//details[@class='fields']").size(), 2u);   // the broken PUBLISH and the SUBACK of the golden record
}

TEST(Markdown, IsCutBelowOneMebibyteWithANote) {
  const std::string text = written(write_markdown, long_run(1200));
  EXPECT_LT(text.size(), 1024u * 1024u);
  EXPECT_GT(text.size(), 900'000u);
  EXPECT_TRUE(text.ends_with(" parts were left out, because this summary must stay below 1 MiB; the HTML report has everything.\n")) << text.substr(text.size() - 200);
  const auto opened = [&](const std::string& tag) {
    int count = 0;
    for (std::size_t at = 0; (at = text.find(tag, at)) != text.npos; ++at) ++count;
    return count;
  };
  EXPECT_EQ(opened("<details>"), opened("</details>"));
  EXPECT_EQ(opened("<pre>"), opened("</pre>"));
}

TEST(Markdown, ManyThemesAndComplaintsDoNotBreakTheLimit) {
  record::Run run;
  for (int i = 0; i < 1'500; ++i) run.complaints.push_back(std::string(200, '<'));
  for (int i = 0; i < 1'000; ++i) run.results.push_back({}), run.results.back().scenario = std::string(300, 'x') + std::to_string(i) + "/a";
  EXPECT_LT(written(write_markdown, run).size(), 1024u * 1024u);
}

}  // namespace
}  // namespace reports::formats_test
