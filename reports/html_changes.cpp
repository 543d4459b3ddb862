#include <algorithm>
#include <cctype>

#include "reports/html.h"
#include "reports/text.h"

namespace reports::html {
namespace {

constexpr std::size_t most_named = 8;   // cases of an entry of the list of known failures

std::string lower(std::string_view word) {
  std::string text{word};
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

json named(const Case& at) { return {{"anchor", at.anchor}, {"name", at.name}}; }

json entry(const Expected::Entry& of) {
  const auto& known = *of.known;
  json cases = json::array();
  for (const auto* at : of.seen) {
    if (cases.size() == most_named) break;
    cases.push_back(named(*at));
  }
  const auto more = of.seen.size() - cases.size();
  const auto how = state(of);
  const bool safe = known.link.starts_with("https://") || known.link.starts_with("http://");
  return {{"subject", known.statement.empty() ? "inconclusive" : known.statement}, {"where", known.where}, {"state", how == "stale" ? "stale since " + record::text_of(*known.until) : std::string{how}},
          {"kind", red(of) ? "fail" : how == "seen" ? "known" : ""}, {"cases", cases}, {"more", more ? number(more) + " more" : ""}, {"gone", of.gone}, {"reason", known.reason}, {"link", known.link},
          {"safe", safe}, {"until", known.until ? record::text_of(*known.until) : ""}};
}

}  // namespace

Marks marks(const View& view, const Expected* expected) {
  Marks all;
  for (const auto& each : view.changes.all)
    if (each.now) all[each.now].push_back(lower(kinds[static_cast<std::size_t>(each.kind)].word));
  for (const auto& each : view.cases)
    if (each.flaky) all[&each].push_back("flaky");
  if (!expected) return all;
  for (const auto& each : expected->entries)
    for (const auto* at : each.seen)
      if (auto& words = all[at]; std::find(words.begin(), words.end(), "known") == words.end()) words.push_back("known");
  for (const auto* at : expected->unlisted) all[at].push_back("unlisted");
  return all;
}

json changes(const View& view, const Expected* expected, const HtmlOptions& options) {
  json all = json::array(), flaky = json::array(), groups = json::array(), unlisted = json::array();
  for (const auto& row : kinds) {
    const auto chosen = view.changes.of(row.kind);
    if (chosen.empty()) continue;
    json rows = json::array();
    for (const auto* each : chosen) rows.push_back({{"name", each->name}, {"link", each->now ? each->now->anchor : ""}, {"is", each->is}, {"was", each->was}});
    all.push_back({{"title", row.title}, {"number", count(chosen.size(), "case")}, {"kind", lower(row.word)}, {"rows", rows}, {"opened", row.kind == Kind::fresh || row.kind == Kind::different}});
  }
  for (const auto& each : view.flaky) {
    json plays = json::array();
    for (const auto* at : each.plays) plays.push_back({{"anchor", at->anchor}, {"play", record::name(at->verdict())}, {"more", at != each.plays.back()}});
    flaky.push_back({{"name", each.plays.front()->name}, {"text", each.text}, {"plays", plays}});
  }
  if (expected) {
    for (const bool wrong : {true, false}) {
      json entries = json::array();
      for (const auto& each : expected->entries)
        if (red(each) == wrong) entries.push_back(entry(each));
      if (entries.empty()) continue;
      const std::string noun = entries.size() == 1 ? "1 entry" : number(entries.size()) + " entries";
      groups.push_back({{"title", noun + (wrong ? " to be looked at again" : " as expected")}, {"opened", wrong}, {"entries", entries}});
    }
    for (const auto* each : expected->unlisted) unlisted.push_back(named(*each));
  }
  return {{"against", view.before ? view.changes.against : ""}, {"headline", headline(view.changes)}, {"kinds", all}, {"flaky", flaky}, {"has_flaky", !flaky.empty()},
          {"list", expected ? options.against.known->name : ""}, {"sum", expected ? headline(*expected) : ""}, {"groups", groups}, {"unlisted", unlisted}, {"has_unlisted", !unlisted.empty()}};
}

}  // namespace reports::html
