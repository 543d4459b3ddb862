#include "reports/expected.h"

#include <algorithm>

#include "reports/text.h"

namespace reports {

Expected expected(const View& view, const KnownList& list) {
  Expected all;
  const auto& results = view.run.results;
  std::vector<const Case*> cases(results.size());
  for (const auto& each : view.cases) cases[static_cast<std::size_t>(each.result - results.data())] = &each;
  const auto in_order = [](auto& some) { std::sort(some.begin(), some.end()); };   // View::cases is one vector in reading order
  const auto standing = record::standings(results, list.entries, list.on);
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    Expected::Entry entry{&list.entries[i], {}, standing.entries[i].played, standing.entries[i].stale, standing.entries[i].gone};
    for (const auto index : standing.entries[i].seen) entry.seen.push_back(cases[index]);
    in_order(entry.seen);
    all.entries.push_back(std::move(entry));
  }
  for (const auto index : standing.unlisted) all.unlisted.push_back(cases[index]);
  in_order(all.unlisted);
  for (const auto& entry : all.entries)
    for (const auto* each : entry.seen)
      if (!std::binary_search(all.unlisted.begin(), all.unlisted.end(), each)) all.known[each].push_back(entry.known);
  return all;
}

std::string_view state(const Expected::Entry& entry) {
  if (entry.stale) return "stale";
  if (!entry.gone.empty()) return entry.seen.empty() ? "gone" : "partly gone";
  return !entry.seen.empty() ? "seen" : entry.played ? "not seen this time" : "not played";
}

bool red(const Expected::Entry& entry) { return entry.stale || !entry.gone.empty(); }

bool no_news(const Expected& expected) { return expected.unlisted.empty() && std::none_of(expected.entries.begin(), expected.entries.end(), red); }

std::string headline(const Expected& expected) {
  std::string text;
  for (const std::string_view word : {"seen", "stale", "gone", "partly gone", "not seen this time", "not played"}) {
    const auto size = std::count_if(expected.entries.begin(), expected.entries.end(), [&](const auto& one) { return state(one) == word; });
    if (size == 0) continue;
    const std::string noun = !text.empty() ? "" : size == 1 ? " entry" : " entries";
    text += (text.empty() ? "" : ", ") + number(static_cast<std::uint64_t>(size)) + noun + " " + std::string{word};
  }
  if (text.empty()) text = "no entry";
  const auto news = expected.unlisted.size();
  return text + (news == 0 ? "; no failure that is not listed" : news == 1 ? "; 1 case fails that is not listed" : "; " + number(news) + " cases fail that are not listed");
}


Unlisted::Unlisted(const View& view, const KnownList* list) : all_(!list) {
  if (!list) return;
  news = record::compare(view.run.results, list->entries, list->on);
  for (const auto& each : news.fresh) names_.emplace(each.name, each.statement);
}

bool Unlisted::has(const Case& one, std::string_view statement) const { return all_ || names_.contains({record::full_name(*one.result), std::string(statement)}); }

std::vector<Broken> Unlisted::of(std::vector<Broken> groups) const {
  for (auto& group : groups) std::erase_if(group.hits, [&](const Hit& hit) { return !has(*hit.at, group.id.empty() ? "fail" : group.id); });
  std::erase_if(groups, [](const Broken& group) { return group.hits.empty(); });
  return groups;
}

std::vector<Reason> Unlisted::of(std::vector<Reason> groups, std::string_view verdict) const {
  for (auto& group : groups) std::erase_if(group.cases, [&](const Case* each) { return !has(*each, verdict); });
  std::erase_if(groups, [](const Reason& group) { return group.cases.empty(); });
  return groups;
}

}  // namespace reports
