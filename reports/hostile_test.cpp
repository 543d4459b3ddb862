// What a broker sends, or anybody writes into a record, must stay text in every format.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "reports/test_run.h"

namespace reports::hostile_test {
namespace {

using testing::HasSubstr;

const std::string evil = "\"'><script>alert(1)</script>&amp;]]>--><img src=x onerror=alert(2)>{{title}} \x1b[31m\x01\xc3\x28\xe2\x80\xae|`\n# @all";

mqtt::Bytes publish() {
  mqtt::Bytes body{0, static_cast<std::uint8_t>(evil.size())};
  body.insert(body.end(), evil.begin(), evil.end());
  body.push_back(0);                                                             // no properties
  body.insert(body.end(), evil.begin(), evil.end());
  mqtt::Bytes frame{0x30, static_cast<std::uint8_t>(0x80 | (body.size() % 128)), static_cast<std::uint8_t>(body.size() / 128)};
  frame.insert(frame.end(), body.begin(), body.end());
  return frame;
}

mqtt::Bytes disconnect() {                                                       // with a Reason String
  const auto size = static_cast<std::uint8_t>(evil.size());
  mqtt::Bytes frame{0xe0, 0, 0x82, static_cast<std::uint8_t>(size + 3), 0x1f, 0, size};
  frame.insert(frame.end(), evil.begin(), evil.end());
  const std::size_t rest = frame.size() - 2;
  frame[1] = static_cast<std::uint8_t>(0x80 | (rest % 128));
  frame.insert(frame.begin() + 2, static_cast<std::uint8_t>(rest / 128));
  if (size + 3 >= 128) ADD_FAILURE() << "the text is too long for one byte of properties_length";
  return frame;
}

record::Run hostile_run() {
  record::Run run;
  run.headers = run.footers = 1;
  run.header = {evil, evil, evil, evil, evil, 7, {evil, "5.0"}, {evil}, {}};
  run.header.statements.push_back({evil, mqtt::Version::v5_0, evil, spec::Level::must, evil, evil, evil, spec::Observable::yes, evil, evil});
  run.footer = record::Footer{{}, false, evil};
  run.complaints = {evil};
  for (int verdict = 0; verdict < 5; ++verdict) {
    record::Result result;
    result.scenario = evil, result.case_name = evil, result.title = evil, result.tags = {evil}, result.transport = evil, result.reason = evil, result.log = {evil};
    result.verdict = static_cast<record::Verdict>(verdict);
    for (int kept = 0; kept < 5; ++kept) result.findings.push_back({evil, static_cast<record::Kept>(kept), evil, evil, evil, 0, kept, 3, 4});
    result.findings.push_back({"5.0:unknown " + evil, record::Kept::fail, evil, evil, evil, 900, 900, 900, 900});
    for (int outcome = 0; outcome < 3; ++outcome) result.steps.push_back({evil, evil, static_cast<record::Outcome>(outcome), {}, {}});
    for (int what = 0; what < 9; ++what) result.trace.push_back({{}, static_cast<record::What>(what), evil, mqtt::Version::v5_0, what - 1, publish(), evil, what == 3});
    result.trace.push_back({{}, record::What::received, evil, mqtt::Version::v5_0, 0, disconnect(), evil, false});
    run.results.push_back(result);
  }
  return run;
}

// The reports are long: a failure shows the surroundings only.
void expect_without(const std::string& text, const std::string& part) {
  const auto at = text.find(part);
  EXPECT_EQ(at, text.npos) << part << " stands in " << text.substr(at == text.npos ? 0 : at - std::min<std::size_t>(at, 60), 160);
}

void expect_with(const std::string& text, const std::string& part) { EXPECT_NE(text.find(part), text.npos) << part << " is not there"; }

void expect_harmless(const std::string& text) {
  for (const char* part : {"<script", "<img", "\x1b", "\xe2\x80\xae"}) expect_without(text, part);  // U+202E turns the text after it
}

TEST(Hostile, HtmlKeepsItAsText) {
  const std::string html = html_of( hostile_run());
  expect_harmless(html.substr(html.find("</head>")));
  expect_with(html, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;");
  expect_with(html, "{{title}} \\u001b[31m\\u0001\xef\xbf\xbd(\\u202e");
  pugi::xml_document page;
  const auto parsed = page.load_string(html.c_str(), pugi::parse_full);
  ASSERT_TRUE(parsed) << parsed.description() << " at " << html.substr(static_cast<std::size_t>(parsed.offset), 200);
  EXPECT_EQ(page.select_nodes("//body//script | //img | //*[@onerror] | //*[@onload]").size(), 0u);
  EXPECT_EQ(page.select_nodes("//details[contains(@class, 'case')]").size(), 5u);
}

TEST(Hostile, HtmlIdsAreUniqueAndLinksLead) {
  pugi::xml_document page;
  ASSERT_TRUE(page.load_string(html_of( hostile_run()).c_str()));
  std::map<std::string, int> ids;
  for (const auto& node : page.select_nodes("//@id")) EXPECT_EQ(++ids[node.attribute().value()], 1) << node.attribute().value();
  for (const auto& node : page.select_nodes("//a/@href")) EXPECT_TRUE(ids.contains(std::string{node.attribute().value()}.substr(1))) << node.attribute().value();
}

TEST(Hostile, JunitKeepsItAsText) {
  const std::string xml = written(write_junit, hostile_run());
  expect_harmless(xml);
  pugi::xml_document suites;
  ASSERT_TRUE(suites.load_string(xml.c_str()));
  EXPECT_EQ(suites.select_nodes("//testcase").size(), 5u);
  EXPECT_THAT(suites.select_node("//testcase[failure]/failure/@type").attribute().value(), HasSubstr("<script>alert(1)</script>"));
}

TEST(Hostile, MarkdownKeepsItAsText) {
  const std::string text = written(write_markdown, hostile_run());
  expect_harmless(text);
  expect_without(text, "@all");
  expect_without(text, "\n# @");
}

TEST(Hostile, JsonIsWellFormed) {
  const auto json = nlohmann::json::parse(written(write_json, hostile_run()));
  EXPECT_EQ(json["cases"].size(), 5u);
  EXPECT_THAT(json["cases"][0]["title"].get<std::string>(), HasSubstr("<script>alert(1)</script>"));
}

TEST(Hostile, TerminalGetsNoControlCharacters) {
  const std::string text = summary(hostile_run());
  for (const char c : text) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << static_cast<int>(c);
}

TEST(Hostile, AnEmptyRunIsAReportToo) {
  const record::Run none;
  pugi::xml_document page;
  EXPECT_TRUE(page.load_string(html_of( none).c_str()));
  EXPECT_TRUE(page.load_string(written(write_junit, none).c_str()));
  EXPECT_TRUE(nlohmann::json::accept(written(write_json, none)));
  expect_with(written(write_markdown, none), "0 cases: no case");
  expect_with(summary(none), "0 cases: no case\n0 MUST statements broken, 0 SHOULD missed; 0 statements looked at\n");
}

}  // namespace
}  // namespace reports::hostile_test
