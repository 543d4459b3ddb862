#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "reports/expected.h"
#include "reports/packets.h"
#include "reports/reports.h"
#include "reports/rerun.h"
#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

using record::Kept;
using record::Verdict;

// Text between tags: line ends stay for people.
std::string body(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out += xml(text.substr(at, end - at));
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

double seconds(record::Microseconds time) { return static_cast<double>(time.count()) / 1e6; }

std::string evidence(const View& view, const Case& each, const record::Result& result) {
  std::string text = result.title + "\n";
  if (each.flaky) text += fmt::format("flaky: play {} of {}, which have different verdicts\n", each.play, each.plays);
  if (!result.reason.empty()) text += result.reason + "\n";
  for (const auto& finding : result.findings) {
    if (finding.verdict == Kept::pass) continue;
    if (finding.verdict == Kept::recorded) {
      text += fmt::format("\nrecorded: {} {}\n  {}\n", finding.statement, finding.expected, finding.actual);
      continue;
    }
    const Broken broken{finding.statement, view.statement(finding.statement), {}};
    text += fmt::format("\n{} {}\n", finding.verdict == Kept::fail ? "broken:" : finding.verdict == Kept::warning ? "missed:" : "not reached:", title_of(broken));
    if (!summary_of(broken).empty()) text += "  " + summary_of(broken) + "\n";
    if (!finding.expected.empty()) text += "  expected: " + finding.expected + "\n";
    if (!finding.actual.empty()) text += "  actual:   " + finding.actual + "\n";
    if (!finding.where.empty()) text += "  where:    " + finding.where + "\n";
  }
  if (result.verdict != Verdict::pass) text += "\nreplay: " + rerun(view, each) + "\n";
  const auto all = moments(result);
  if (!all.empty()) text += "\npackets (ms since the case began):\n";
  for (const auto& line : story(result, all)) {
    if (line.step) text += fmt::format("  {}  {} ({})\n", line.step->where, line.step->text, line.step->outcome == record::Outcome::held       ? "held"
                                                                                            : line.step->outcome == record::Outcome::not_held ? "did not hold"
                                                                                                                                              : "not reached");
    else text += (line.moment->proves.empty() ? "  " : "> ") + plain(*line.moment) + "\n";
  }
  return text;
}

// The first thing to look at: the finding that failed, else the step that did not hold, else the first step.
Place place_in(const Case& each, const record::Result& result) {
  for (const auto& finding : result.findings)
    if (finding.verdict == Kept::fail || finding.verdict == Kept::warning)
      if (auto place = place_of(finding.where); place.line > 0) return place;
  for (const auto& step : result.steps)
    if (step.outcome == record::Outcome::not_held)
      if (auto place = place_of(step.where); place.line > 0) return place;
  if (!result.steps.empty()) return place_of(result.steps.front().where);
  return {each.file(), 0};
}

std::string message(const Case& each) {
  std::string text;
  int more = 0;
  for (const auto& finding : each.result->findings) {
    if (finding.verdict != Kept::fail) continue;
    if (text.empty()) text = fmt::format("{}: expected {}; got {}", finding.statement, finding.expected, finding.actual.empty() ? "nothing" : finding.actual);
    else ++more;
  }
  if (text.empty()) text = each.result->reason.empty() ? "no reason given" : each.result->reason;
  if (each.flaky) text = "flaky: " + text;
  if (more > 0) text += fmt::format(" (and {} broken)", count(static_cast<unsigned>(more), "further statement"));
  return shortened(text, 1000);
}

// The failures that are known, by case, and the entries of their list that want an edit.
struct List {
  Expected all;
  bool has(const Case& each) const { return all.known.contains(&each); }
  // What a case counts for: a known failure is no news, and the one thing that JUnit's readers pass over is a skip.
  Counts count(const std::vector<const Case*>& cases) const {
    Counts counts;
    for (const auto* each : cases) {
      if (has(*each)) ++counts.skip;
      else counts.add(*each->result);
    }
    return counts;
  }
  std::string why(const Case& each) const {
    std::string text;
    for (const auto* entry : all.known.at(&each)) {
      const auto link = entry->link.empty() ? "" : " (" + entry->link + ")";
      text += fmt::format("{}{}{}", text.empty() ? "known: " : "; ", entry->reason, link);
    }
    return shortened(text, 1000);
  }
  std::vector<const Expected::Entry*> wrong() const {
    std::vector<const Expected::Entry*> entries;
    for (const auto& each : all.entries)
      if (red(each)) entries.push_back(&each);
    return entries;
  }
};

void write_case(std::ostream& out, const View& view, const List& list, const Theme& theme, const Case& each) {
  const record::Result result = view.whole(each);
  std::string version{mqtt::name(result.version)}, name = each.name;
  for (auto& c : version) c = c == '.' ? '_' : c;
  if (name.starts_with(theme.name + "/")) name.erase(0, theme.name.size() + 1);
  if (each.plays > 1) name += fmt::format(" play {}", each.play);   // readers take two of one name for one
  const Place place = place_in(each, result);
  out << fmt::format("    <testcase classname=\"mqtt-{}.{}\" name=\"{}\" file=\"{}\"", version, xml(theme.name), xml(name), xml(place.file));
  if (place.line > 0) out << fmt::format(" line=\"{}\"", place.line);
  out << fmt::format(" time=\"{:.6f}\"", seconds(result.took));
  const bool recorded = std::any_of(result.findings.begin(), result.findings.end(), [](const auto& finding) { return finding.verdict == Kept::recorded; });
  if (result.verdict == Verdict::pass && !each.warned && !recorded && !each.flaky) {
    out << "/>\n";
    return;
  }
  out << ">\n";
  const auto element = [&](std::string_view tag, std::string_view type) {
    out << fmt::format("      <{0} message=\"{1}\" type=\"{2}\">{3}</{0}>\n", tag, xml(message(each)), xml(type), body(evidence(view, each, result)));
  };
  if (list.has(each)) {
    out << fmt::format("      <skipped message=\"{}\"/>\n      <system-out>{}</system-out>\n    </testcase>\n", xml(list.why(each)), body(evidence(view, each, result)));
    return;
  }
  switch (result.verdict) {
    case Verdict::pass: out << fmt::format("      <system-out>{}</system-out>\n", body(evidence(view, each, result))); break;
    case Verdict::fail: {
      std::string_view type = "fail";
      for (const auto& finding : result.findings)
        if (finding.verdict == Kept::fail) {
          type = finding.statement;
          break;
        }
      element("failure", type);
      break;
    }
    // JUnit knows no "inconclusive". It is an error of another type: nothing was shown about the broker, and a skip would be passed over.
    case Verdict::inconclusive: element("error", "inconclusive"); break;
    case Verdict::error: element("error", "error"); break;
    case Verdict::skip: out << fmt::format("      <skipped message=\"{}\"/>\n", xml(message(each))); break;
  }
  out << "    </testcase>\n";
}

void write_counts(std::ostream& out, const Counts& counts, record::Microseconds took) {
  out << fmt::format(" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.6f}\"", counts.total(), counts.fail, counts.error + counts.inconclusive,
                     counts.skip, seconds(took));
}

void write_suite(std::ostream& out, const View& view, const List& list, const Theme& theme, mqtt::Version version) {
  record::Microseconds took{};
  std::vector<const Case*> cases;
  for (const auto* each : theme.cases)
    if (each->result->version == version) cases.push_back(each), took += each->result->took;
  const auto& header = view.run.header;
  out << fmt::format("  <testsuite name=\"{} [MQTT {}]\"", xml(theme.name), mqtt::name(version));
  if (!header.started.empty()) out << fmt::format(" timestamp=\"{}\"", xml(header.started.substr(0, 19)));
  write_counts(out, list.count(cases), took);
  out << ">\n    <properties>\n";
  const std::pair<std::string_view, std::string> properties[]{
      {"broker", view.brokers.size() > 1 ? broker_names(view) : header.broker}, {"target", header.target}, {"tool", header.tool}, {"seed", std::to_string(header.seed)}};
  for (const auto& [key, value] : properties) out << fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", key, xml(value));
  out << "    </properties>\n";
  for (const auto* each : cases) write_case(out, view, list, theme, *each);
  out << "  </testsuite>\n";
}

// Each entry that is gone or past its date fails, at its place in the list.
void write_wrong_entries(std::ostream& out, const List& list) {
  const auto wrong = list.wrong();
  if (wrong.empty()) return;
  out << fmt::format("  <testsuite name=\"known failures\" tests=\"{0}\" failures=\"{0}\" errors=\"0\" skipped=\"0\" time=\"0.000000\">\n", wrong.size());
  for (const auto* each : wrong) {
    const auto place = place_of(each->known->where);
    const std::string_view type = each->stale ? "stale" : "gone";
    const auto subject = each->known->statement.empty() ? "inconclusive" : each->known->statement;
    const auto text = each->stale ? fmt::format("{} was expected until {}", subject, record::text_of(*each->known->until))
                                  : fmt::format("{} is no longer seen in {}", subject, fmt::join(each->gone, ", "));
    out << fmt::format("    <testcase classname=\"mqtt.known\" name=\"{} {}\" file=\"{}\" line=\"{}\" time=\"0.000000\">\n", xml(subject), xml(each->known->where), xml(place.file), place.line)
        << fmt::format("      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n", xml(shortened(text, 1000)), type, body(each->known->reason));
  }
  out << "  </testsuite>\n";
}

}  // namespace

void write_junit(const record::Run& run, std::ostream& out, const Against& against) {
  const View view{run};
  const List list{against.known ? expected(view, *against.known) : Expected{}};
  std::vector<const Case*> cases;
  for (const auto& each : view.cases) cases.push_back(&each);
  Counts counts = list.count(cases);
  counts.fail += static_cast<int>(list.wrong().size());
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      << fmt::format("<testsuites name=\"{}\"", xml("mqttspec: " + broker_names(view)));
  write_counts(out, counts, view.took);
  out << ">\n";
  for (const auto& theme : view.themes)
    for (const auto& [version, _] : theme.by_version) write_suite(out, view, list, theme, version);
  write_wrong_entries(out, list);
  out << "</testsuites>\n";
}

}  // namespace reports
