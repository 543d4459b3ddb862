#include <fmt/format.h>

#include <algorithm>

#include "reports/expected.h"
#include "reports/reports.h"
#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

constexpr std::size_t most = 10;   // of each kind: GitHub shows no more of a step

// GitHub's rules for workflow commands: the message, and the stricter ones for a property. clean() has left no carriage return.
std::string for_message(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '%') out += "%25";
    else if (c == '\n') out += "%0A";
    else out += c;
  }
  return out;
}
std::string for_property(std::string_view text) {
  std::string out;
  for (char c : for_message(text)) {
    if (c == ':') out += "%3A";
    else if (c == ',') out += "%2C";
    else out += c;
  }
  return out;
}

struct Note { std::string where, title, message; std::size_t cases; };

std::string line(std::string_view kind, const Note& note) {
  const Place place = place_of(note.where);
  std::string at = place.line > 0 ? fmt::format("file={},line={},", for_property(one_line(place.file)), place.line) : "";
  return fmt::format("::{} {}title={}::{}\n", kind, at, for_property(one_line(note.title)), for_message(clean(note.message)));
}

// One statement, one note: at the step of its first case.
Note note_of(const Broken& group) {
  const Hit& first = group.hits.front();
  std::string message = summary_of(group).empty() ? "" : summary_of(group) + "\n";
  message += first.at->name + "\n";
  if (first.finding) message += fmt::format("expected: {}\nactual: {}", shortened(first.finding->expected, 500), shortened(first.finding->actual, 500));
  else message += shortened(first.at->result->reason, 500);
  const auto cases = group.cases();
  if (cases > 1) message += fmt::format("\nand {}", count(cases - 1, "further case"));
  return {first.finding ? first.finding->where : first.at->file() + ":1", title_of(group), message, cases};
}

Note note_of(const View& view, const Reason& group, std::string_view title) {
  const Case& first = *group.cases.front();
  std::string where = first.file() + ":1";
  for (const auto& step : view.whole(first).steps)
    if (step.outcome == record::Outcome::not_held) where = step.where;
  std::string message = fmt::format("{}\n{}", first.name, group.text.empty() ? "no reason given" : shortened(group.text, 500));
  if (group.cases.size() > 1) message += fmt::format("\nand {}", count(group.cases.size() - 1, "further case"));
  return {where, std::string(title), message, group.cases.size()};
}

void add(std::string& text, std::string_view kind, const std::vector<Note>& notes) {
  std::vector<std::pair<std::size_t, std::size_t>> order;   // most cases first, then as they came
  for (std::size_t i = 0; i < notes.size(); ++i) order.emplace_back(~notes[i].cases, i);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i) text += line(kind, notes[order[i].second]);
}

// Of a list of known failures: "expect.json:6:16: no longer seen: ...".
Note note_of(const std::string& complaint, std::string_view title) {
  const auto text = complaint.find(": ");
  return {complaint.substr(0, text), std::string(title), complaint.substr(std::min(text + 2, complaint.size())), 1};
}

}  // namespace

std::string annotations(const record::Run& run, const Against& against) {
  const View view{run};
  const Unlisted unlisted(view, against.known);
  std::vector<Note> errors, warnings;
  for (const auto& group : unlisted.of(view.broken)) errors.push_back(note_of(group));
  for (const auto& group : unlisted.of(view.errors, "error")) errors.push_back(note_of(view, group, "error of the harness or the scenario"));
  for (const auto& each : unlisted.news.gone) errors.push_back(note_of(each, "a known failure has gone"));
  for (const auto& each : unlisted.news.stale) errors.push_back(note_of(each, "a known failure is past its date"));
  for (const auto& group : against.known ? std::vector<Broken>{} : view.missed) warnings.push_back(note_of(group));
  for (const auto& group : unlisted.of(view.inconclusive, "inconclusive")) warnings.push_back(note_of(view, group, "inconclusive"));
  for (const auto& each : view.flaky) warnings.push_back({each.plays.front()->file() + ":1", "flaky", each.plays.front()->name + ": " + each.text, 1});
  std::string text;
  add(text, "error", errors);
  add(text, "warning", warnings);
  const auto left_out = errors.size() - std::min(most, errors.size()) + warnings.size() - std::min(most, warnings.size());
  std::string message = fmt::format("{}; {}: {}", headline(view), played(view), tally(view.counts));
  if (against.known) message += fmt::format("; {} known and not told here", unlisted.news.expected);
  if (left_out > 0) message += fmt::format("; {} left out here: the report has them", count(left_out, "annotation"));
  return text + line("notice", {"", "MQTT conformance of " + broker_names(view), message, 0});
}

}  // namespace reports
