#pragma once
// For the tests: the hand-made record behind the golden files, small runs made on the spot, and the formats by name.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "reports/expected.h"
#include "reports/reports.h"

namespace reports {

inline record::Run golden_run() {
  std::ifstream in{SOURCE_DIR "/reports/golden/run.jsonl"};
  return record::read(in, "run.jsonl");
}

inline record::Result result(const std::string& name, record::Verdict verdict, const std::string& broken = {}, const std::string& actual = "closed") {
  record::Result made;
  made.scenario = "t/" + name, made.title = "It does", made.verdict = verdict;
  if (verdict != record::Verdict::pass) made.reason = "because";
  if (!broken.empty()) made.findings.push_back({broken, record::Kept::fail, "A: PINGRESP", actual, "scenarios/t/" + name + ".json:3:5", -1, -1, 0, 0, record::Microseconds{-1}});
  return made;
}

inline record::Run run_of(std::vector<record::Result> results) {
  record::Run run;
  run.header = {"mqttspec 0.1.0", "mqtt://broker.example:1883", "mosquitto 2.0.11", "", "2026-05-01T10:00:00Z", 42, {"5.0"}, {"mqtt"}, {}};
  run.headers = run.footers = 1;
  run.footer.emplace();
  for (auto& each : results) each.started = record::Microseconds{&each - results.data()};
  run.results = std::move(results);
  return run;
}

// An entry of a list of known failures.
inline record::Known known(const std::string& statement, const std::string& cases, std::optional<record::Day> until = {}, const std::string& link = {}) {
  record::Known one;
  one.statement = statement, one.cases = {cases}, one.reason = "A good reason.", one.link = link, one.until = until, one.where = "list.json:3:5";
  return one;
}

inline std::string written(void (*write)(const record::Run&, std::ostream&, const Against&), const record::Run& run, const Against& against = {}) {
  std::ostringstream out;
  write(run, out, against);
  return out.str();
}

// With its style and script beside it, for an XML parser reads no script.
inline std::string html_of(const record::Run& run, const HtmlOptions& options = {.assets_beside = true}) {
  std::ostringstream out;
  write_html(run, out, options);
  return out.str();
}

}  // namespace reports
