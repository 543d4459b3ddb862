#include <algorithm>

#include "reports/assets.h"
#include "reports/html.h"
#include "reports/text.h"

namespace reports::html {
namespace {

constexpr std::size_t most_proofs = 3;    // cases of a statement that are told with their proof; the others are listed

std::string listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

json proof(const Case& each, const record::Result& result, const record::Finding& finding) {
  for (const auto& one : moments(result)) {
    if (one.index != finding.event) continue;
    json packets = json::array();
    for (const auto& packet : one.packets) packets.push_back({{"groups", groups(packet, one)}});
    return {{"text", one.text}, {"who", one.who}, {"at", milliseconds(one.event->at)}, {"packets", packets}, {"id", event_id(each, one.index)}};
  }
  return nullptr;
}

json hit(const View& view, const Hit& of, const Marks& marks) {
  const auto& each = *of.at;
  json out{{"anchor", each.anchor}, {"name", each.name}, {"title", one_line(each.result->title)}, {"expected", ""}, {"actual", each.result->reason}, {"where", ""},
           {"asked", ""}, {"asked_id", ""}, {"proof", nullptr}, {"marks", words_of(marks, each)}};
  if (!of.finding) return out;
  out["expected"] = of.finding->expected, out["actual"] = of.finding->actual, out["where"] = of.finding->where;
  const record::Result result = view.whole(each);
  if (const auto step = static_cast<std::size_t>(of.finding->step); of.finding->step >= 0 && step < result.steps.size())
    out["asked"] = one_line(result.steps[step].text), out["asked_id"] = each.anchor + "-step-" + std::to_string(step + 1);
  out["proof"] = proof(each, result, *of.finding);
  return out;
}

// The words of a cell apart, so that each can have a colour of its own.
json cell(const Counts& of) {
  json words = json::array();
  const auto add = [&](int value, std::string_view verdict) {
    if (value > 0) words.push_back({{"number", number(static_cast<unsigned>(value))}, {"verdict", verdict}});
  };
  add(of.fail, "fail"), add(of.error, "error"), add(of.inconclusive, "inconclusive"), add(of.pass - of.warned, "pass"), add(of.warned, "warning"), add(of.skip, "skip");
  return {{"words", words}, {"none", words.empty()}};
}

json row(std::string_view title, std::string_view link, const Counts& all, const std::map<mqtt::Version, Counts>& by_version, const View& view) {
  json cells = json::array();
  for (auto version : view.versions) cells.push_back(cell(by_version.contains(version) ? by_version.at(version) : Counts{}));
  if (view.versions.size() > 1) cells.push_back(cell(all));
  return {{"title", title}, {"link", link}, {"cells", cells}};
}

// A table of what was played: a row for each fact, a column for each broker.
json facts(const View& view) {
  std::vector<Counts> counts(view.brokers.size());
  for (const auto& each : view.cases) counts[static_cast<std::size_t>(each.result->broker)].add(*each.result);
  json rows = json::array();
  const auto add = [&](std::string_view name, auto value) {
    json values = json::array();
    bool any = false;
    for (std::size_t i = 0; i < view.brokers.size(); ++i) {
      const std::string text = value(i);
      any |= !text.empty();
      values.push_back({{"text", text.empty() ? "-" : text}});
    }
    if (any) rows.push_back({{"name", name}, {"values", values}});
  };
  const auto of = [&](auto member) { return [&view, member](std::size_t i) -> std::string { return view.brokers[i].*member; }; };
  add("Cases", [&](std::size_t i) { return tally(counts[i]); });
  add("Target", of(&record::Header::target));
  add("Profile", of(&record::Header::profile));
  add("MQTT", [&](std::size_t i) { return listed(view.brokers[i].versions); });
  add("Transport", [&](std::size_t i) { return listed(view.brokers[i].transports); });
  add("Played", of(&record::Header::started));
  add("Seed", [&](std::size_t i) { return std::to_string(view.brokers[i].seed); });
  add("Tool", of(&record::Header::tool));
  return rows;
}

std::string_view meaning(std::string_view verdict) {
  return verdict == "fail"           ? "the broker broke a statement"
         : verdict == "error"        ? "the harness's own trouble"
         : verdict == "inconclusive" ? "the point was not reached"
         : verdict == "warning"      ? "passed, but a SHOULD was missed"
         : verdict == "skip"         ? "not played, with a reason"
                                     : "every check held";
}

}  // namespace

json head(const View& view, const Coverage& coverage, const Expected* expected, const HtmlOptions& options) {
  json rows = json::array(), columns = json::array(), tiles = json::array(), brokers = json::array();
  for (const auto& theme : view.themes) rows.push_back(row(theme.name, "theme-" + slug(theme.name), theme.all, theme.by_version, view));
  for (auto version : view.versions) columns.push_back("MQTT " + std::string{mqtt::name(version)});
  if (view.versions.size() > 1) columns.push_back("All");
  for (const auto& broker : view.brokers) brokers.push_back(broker_name(broker));
  const auto tile = [&](int value, std::string_view verdict, std::string_view link) {
    tiles.push_back({{"number", number(static_cast<unsigned>(value))}, {"verdict", verdict}, {"zero", value == 0}, {"link", value ? link : ""}, {"meaning", meaning(verdict)}});
  };
  tile(view.counts.fail, "fail", "failures"), tile(view.counts.error, "error", "errors"), tile(view.counts.inconclusive, "inconclusive", "inconclusive"),
      tile(view.counts.pass - view.counts.warned, "pass", "cases"), tile(view.counts.warned, "warning", "warnings"), tile(view.counts.skip, "skip", "skipped");
  const bool inside = !options.assets_beside;
  return {{"style", inside ? std::string{asset("page.css")} : ""}, {"script", inside ? std::string{asset("filter.js")} + std::string{asset("page.js")} : ""},
          {"beside", options.assets_beside}, {"broker", broker_names(view)}, {"headline", headline(view)},
          {"checked", count(static_cast<unsigned>(view.statements_checked), "statement")}, {"total", played(view)}, {"took", duration(view.took)},
          {"clean", view.broken.empty() && view.errors.empty() && view.inconclusive.empty()}, {"ending_title", ending_title(view)}, {"ending", ending(view)}, {"complaints", view.run.complaints},
          {"has_complaints", !view.run.complaints.empty()}, {"facts", facts(view)}, {"brokers", brokers}, {"several", view.brokers.size() > 1}, {"tiles", tiles},
          {"columns", columns}, {"rows", rows}, {"sum", row("All", "", view.counts, view.by_version, view)}, {"has_broken", !view.broken.empty()},
          {"has_missed", !view.missed.empty()}, {"has_coverage", !coverage.rows.empty()}, {"failed_only", options.failed_only}, {"against", view.before != nullptr}, {"flaky", !view.flaky.empty()},
          {"list", expected != nullptr}, {"news", expected ? headline(*expected) : ""}, {"no_news", expected && no_news(*expected)}};
}

json statement(const View& view, const Broken& broken, std::string_view word, const Marks& marks) {
  json hits = json::array(), more = json::array();
  for (std::size_t i = 0; i < broken.hits.size(); ++i) {
    const auto& each = *broken.hits[i].at;
    if (i < most_proofs) hits.push_back(hit(view, broken.hits[i], marks));
    else more.push_back({{"anchor", each.anchor}, {"name", each.name}, {"marks", words_of(marks, each)}, {"actual", shortened(one_line(broken.hits[i].finding ? broken.hits[i].finding->actual : each.result->reason), 200)}});
  }
  return {{"id", broken.id.empty() ? "No statement named" : broken.id}, {"anchor", "statement-" + slug(broken.id) + "-" + std::string{word}}, {"kind", word == "broken" ? "fail" : "warning"},
          {"hits", hits}, {"more", more}, {"has_more", !more.empty()}, {"number_more", count(more.size(), "further case")}, {"summary", summary_of(broken)},
          {"level", broken.statement ? broken.statement->level_text : ""}, {"section", broken.statement ? broken.statement->section : ""}, {"cases", count(broken.cases(), "case")}};
}

json reasons(const std::vector<Reason>& all) {
  json out = json::array();
  for (const auto& group : all) {
    json cases = json::array();
    for (const auto* each : group.cases) cases.push_back({{"anchor", each->anchor}, {"name", each->name}, {"title", one_line(each->result->title)}});
    out.push_back({{"reason", group.text.empty() ? "No reason given" : group.text}, {"cases", cases}, {"number", count(group.cases.size(), "case")},
                   {"opened", group.cases.size() <= 12}});
  }
  return out;
}

json answers(const std::vector<Answered>& all) {
  json out = json::array();
  for (const auto& each : all)
    for (const auto& answer : each.answers) {
      json cases = json::array();
      for (const auto* one : answer.cases) cases.push_back({{"anchor", one->anchor}, {"name", one->name}});
      out.push_back({{"id", each.id}, {"question", each.question}, {"answer", answer.text}, {"cases", cases}});
    }
  return out;
}

json coverage(const View& view, const Coverage& of) {
  json brokers = json::array(), columns = json::array(), totals = json::array(), versions = json::array();
  for (const auto& broker : view.brokers) brokers.push_back(broker_name(broker));
  for (std::size_t i = 0; i < of.totals.size(); ++i) {
    const std::string whose = view.brokers.size() > 1 ? broker_name(view.brokers[i]) + ", " : "";
    for (const auto& [version, _] : of.totals[i]) columns.push_back(whose + "MQTT " + std::string{mqtt::name(version)});
    columns.push_back(whose + "all");
  }
  for (auto state = State::broken; state <= State::not_covered; state = static_cast<State>(static_cast<int>(state) + 1)) {
    json numbers = json::array();
    for (const auto& versions : of.totals) {
      int all = 0;
      for (const auto& [_, total] : versions) {
        const auto found = total.find(state);
        const int one = found == total.end() ? 0 : found->second;
        numbers.push_back({{"text", std::to_string(one)}}), all += one;
      }
      numbers.push_back({{"text", std::to_string(all)}});
    }
    totals.push_back({{"state", words(state)}, {"kind", slug(words(state))}, {"numbers", numbers}});
  }
  for (const auto& one : of.rows) {
    const auto& statement = *one.statement;
    const std::string version{mqtt::name(statement.version)};
    if (versions.empty() || versions.back()["version"] != version) versions.push_back({{"version", version}, {"sections", json::array()}, {"rows", 0}});
    auto& sections = versions.back()["sections"];
    if (sections.empty() || sections.back()["section"] != statement.section) sections.push_back({{"section", statement.section}, {"statements", json::array()}, {"columns", view.brokers.size() + 2}});
    json marks = json::array();
    for (const auto& mark : one.marks) {
      const bool told = mark.state == State::broken || mark.state == State::missed;
      marks.push_back({{"state", words(mark.state)}, {"kind", slug(words(mark.state))}, {"cases", mark.cases ? count(mark.cases, "case") : ""}, {"why", one_line(mark.why)},
                       {"link", told ? "statement-" + slug(statement.id) + "-" + std::string{words(mark.state)} : mark.first ? mark.first->anchor : ""}});
    }
    sections.back()["statements"].push_back({{"id", statement.id}, {"level", statement.level_text}, {"binds", statement.binds}, {"summary", statement.summary}, {"marks", marks}});
    versions.back()["rows"] = versions.back()["rows"].get<int>() + 1;
  }
  return {{"brokers", brokers}, {"columns", columns}, {"totals", totals}, {"standards", versions}, {"statements", of.rows.size()}};
}

}  // namespace reports::html
