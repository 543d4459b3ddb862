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
  return all;
}

std::string_view state(const Expected::Entry& entry) {
  if (entry.stale) return "stale";
  if (!entry.gone.empty()) return entry.seen.empty() ? "gone" : "partly gone";
  return !entry.seen.empty() ? "seen" : entry.played ? "not seen this time" : "not played";
}

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

}  // namespace reports
