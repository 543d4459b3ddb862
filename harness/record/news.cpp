// Results held against the list of known failures.
#include <fmt/format.h>

#include <algorithm>

#include "harness/record/known.h"

namespace record {
namespace {

struct Mark { bool played = false; std::vector<const Result*> seen; };

std::string subject(const Known& entry) { return entry.statement.empty() ? "an inconclusive verdict" : entry.statement; }

// What of the list was played and seen, and what the list does not know.
struct Held {
  const std::vector<Known>& known;
  std::vector<std::vector<Mark>> marks;       // one for each glob of each entry
  struct Fresh { const Result* result; std::string statement, text; };
  std::vector<Fresh> fresh;
  std::size_t expected = 0;

  Held(const std::vector<Result>& results, const std::vector<Known>& list) : known(list) {
    for (auto& entry : known) marks.emplace_back(entry.cases.size());
    for (auto& result : results) hold(result);
  }
  bool gone(std::size_t entry, std::size_t glob) const { return unseen(entry, glob) && !known[entry].sometimes; }
  std::vector<std::string> all_gone() const { return all_unseen(false, "no longer seen"); }
  std::vector<std::string> all_quiet() const { return all_unseen(true, "not seen this time"); }

private:
  bool unseen(std::size_t entry, std::size_t glob) const { return marks[entry][glob].played && marks[entry][glob].seen.empty(); }
  std::vector<std::string> all_unseen(bool sometimes, const char* what) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < known.size(); ++i)
      for (std::size_t j = 0; j < known[i].cases.size(); ++j)
        if (unseen(i, j) && known[i].sometimes == sometimes) all.push_back(fmt::format("{}: {}: {} in {}", known[i].where, what, subject(known[i]), known[i].cases[j]));
    return all;
  }
  static bool covers(const Known& entry, const Result& result) {
    return entry.transports.empty() || std::find(entry.transports.begin(), entry.transports.end(), result.transport) != entry.transports.end();
  }
  bool listed(const Result& result, const std::string& name, const std::string& statement) {
    bool found = false;
    for (std::size_t i = 0; i < known.size(); ++i)
      for (std::size_t j = 0; j < known[i].cases.size(); ++j)
        if (known[i].statement == statement && covers(known[i], result) && glob_matches(known[i].cases[j], name)) found = true, marks[i][j].seen.push_back(&result);
    return found;
  }
  void hold(const Result& result) {
    auto name = name_over_any(result);
    for (std::size_t i = 0; result.verdict != Verdict::skip && i < known.size(); ++i)
      for (std::size_t j = 0; covers(known[i], result) && j < known[i].cases.size(); ++j) marks[i][j].played |= glob_matches(known[i].cases[j], name);
    bool told = false;
    if (result.verdict == Verdict::fail)
      for (auto& finding : result.findings) {
        if (finding.verdict != Kept::fail) continue;
        told = true;
        if (listed(result, name, finding.statement)) ++expected;
        else fresh.push_back({&result, finding.statement, finding.actual});
      }
    if (result.verdict == Verdict::inconclusive && listed(result, name, "")) {
      ++expected;
      told = true;
    }
    if (!told && result.verdict != Verdict::pass && result.verdict != Verdict::skip)
      fresh.push_back({&result, std::string(record::name(result.verdict)), result.reason});
  }
};

}  // namespace

News compare(const std::vector<Result>& results, const std::vector<Known>& known, Day on) {
  const Held held(results, known);
  News news{{}, held.all_gone(), {}, held.expected, held.all_quiet()};
  for (auto& each : held.fresh) news.fresh.push_back({full_name(*each.result), each.statement, each.text});
  for (auto& entry : known)
    if (entry.until && *entry.until < on)
      news.stale.push_back(fmt::format("{}: stale: {} was expected until {}; look again{}, then give it a new date or take it out", entry.where, subject(entry),
                                       text_of(*entry.until), entry.link.empty() ? "" : " (" + entry.link + ")"));
  return news;
}

Standings standings(const std::vector<Result>& results, const std::vector<Known>& known, Day on) {
  const Held held(results, known);
  Standings all;
  const auto add = [&](std::vector<std::size_t>& indices, const Result* result) {
    const auto index = static_cast<std::size_t>(result - results.data());
    if (std::find(indices.begin(), indices.end(), index) == indices.end()) indices.push_back(index);
  };
  for (std::size_t i = 0; i < known.size(); ++i) {
    Standing one{false, known[i].until && *known[i].until < on, {}, {}};
    for (std::size_t j = 0; j < known[i].cases.size(); ++j) {
      const auto& mark = held.marks[i][j];
      one.played |= mark.played;
      for (const auto* result : mark.seen) add(one.seen, result);
      if (held.gone(i, j)) one.gone.push_back(known[i].cases[j]);
    }
    all.entries.push_back(std::move(one));
  }
  for (const auto& failure : held.fresh) add(all.unlisted, failure.result);
  return all;
}

Update updated(const std::vector<Result>& results, const std::vector<Known>& known) {
  const Held held(results, known);
  Update update{{}, 0, 0, held.all_gone(), {}};
  for (std::size_t i = 0; i < known.size(); ++i) {
    Known entry = known[i];
    entry.cases.clear();
    for (std::size_t j = 0; j < known[i].cases.size(); ++j)
      if (!held.gone(i, j)) entry.cases.push_back(known[i].cases[j]);
    if (!entry.cases.empty()) update.known.push_back(std::move(entry));
  }
  update.kept = update.known.size();
  for (auto& failure : held.fresh) {
    const auto& result = *failure.result;
    const bool inconclusive = failure.statement == record::name(Verdict::inconclusive);
    if (failure.statement.empty() || failure.statement == record::name(Verdict::error) || failure.statement == record::name(Verdict::fail)) {
      update.unlistable.push_back({full_name(result), failure.statement, failure.text});
      continue;
    }
    Known fresh{inconclusive ? "" : failure.statement, {}, "", "", {}, ""};
    if (result.transport != "mqtt" && result.transport != "memory") fresh.transports = {result.transport};
    const auto first = update.known.begin() + std::ptrdiff_t(update.kept);
    auto entry = std::find_if(first, update.known.end(), [&](auto& each) { return each.statement == fresh.statement && each.transports == fresh.transports; });
    if (entry == update.known.end()) entry = update.known.insert(entry, std::move(fresh));
    const auto name = name_over_any(result);
    if (std::find(entry->cases.begin(), entry->cases.end(), name) == entry->cases.end()) entry->cases.push_back(name);
  }
  update.added = update.known.size() - update.kept;
  return update;
}

}  // namespace record
