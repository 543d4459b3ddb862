#include "reports/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

using record::Kept;
using record::Verdict;

int badness(Verdict verdict) {
  constexpr Verdict by_badness[]{Verdict::skip, Verdict::pass, Verdict::inconclusive, Verdict::error, Verdict::fail};
  return static_cast<int>(std::find(std::begin(by_badness), std::end(by_badness), verdict) - std::begin(by_badness));
}
bool bad(Verdict verdict) { return badness(verdict) > badness(Verdict::pass); }

struct Standing { const Case* worst; const Flaky* flaky; };

// The plays of one case stand together in View::cases: one row for each case, its worst play.
std::map<std::string_view, Standing> standings(const View& view) {
  std::map<std::string_view, Standing> all;
  for (const auto& each : view.cases) {
    auto& standing = all.try_emplace(each.name, Standing{&each, nullptr}).first->second;
    if (badness(each.verdict()) > badness(standing.worst->verdict())) standing.worst = &each;
  }
  for (const auto& each : view.flaky) all.at(each.plays.front()->name).flaky = &each;
  return all;
}

std::set<std::string> broken_by(const Case& each) {
  std::set<std::string> statements;
  for (const auto& finding : each.result->findings)
    if (finding.verdict == Kept::fail) statements.insert(finding.statement);
  return statements;
}

std::string told(const Standing* standing) {
  if (!standing) return "not played";
  const auto& result = *standing->worst->result;
  std::string text = standing->flaky ? fmt::format("flaky ({})", standing->flaky->text) : std::string(record::name(result.verdict));
  const auto statements = broken_by(*standing->worst);
  if (!statements.empty()) text += fmt::format(": {}", fmt::join(statements, ", "));
  else if (result.verdict != Verdict::pass && !result.reason.empty()) text += ": " + shortened(one_line(result.reason), 200);
  return text;
}

// What came, without what differs from run to run: quoted texts, and words with a digit in them.
std::string shape(std::string_view actual) {
  std::string text, word;
  bool quoted = false;
  const auto end_word = [&] {
    text += std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c); }) ? "#" : word;
    word.clear();
  };
  for (char c : actual) {
    if (c == '\'') quoted = !quoted;
    else if (quoted) continue;
    else if (std::isalnum(static_cast<unsigned char>(c))) word += c;
    else end_word(), text += c;
  }
  end_word();
  return text;
}

std::set<std::string> shapes(const Case& each) {
  std::set<std::string> all{std::string(record::name(each.verdict()))};
  for (const auto& finding : each.result->findings)
    if (finding.verdict == Kept::fail) all.insert(finding.statement + " " + shape(finding.actual));
  return all;
}

// What came where `other` shows nothing of the same shape: that is how they differ when their statements are the same.
std::string came_instead(const Case& each, const Case& other) {
  const auto others = shapes(other);
  for (const auto& finding : each.result->findings)
    if (finding.verdict == Kept::fail && !others.contains(finding.statement + " " + shape(finding.actual))) return ": " + shortened(one_line(finding.actual), 200);
  return "";
}

std::optional<Kind> kind_of(const Case* now, const Case* before) {
  const bool played = now && now->verdict() != Verdict::skip, played_before = before && before->verdict() != Verdict::skip;
  if (!played && !played_before) return {};
  if (!played) return Kind::gone;
  if (bad(now->verdict())) {
    if (!played_before || !bad(before->verdict())) return Kind::fresh;
    return shapes(*now) == shapes(*before) ? Kind::same : Kind::different;
  }
  if (!played_before) return Kind::added;
  return bad(before->verdict()) ? std::optional{Kind::fixed} : std::nullopt;
}

}  // namespace

std::vector<const Change*> Changes::of(Kind kind) const {
  std::vector<const Change*> chosen;
  for (const auto& each : all)
    if (each.kind == kind) chosen.push_back(&each);
  return chosen;
}

Changes changes(const View& now, const View& before) {
  const auto &header = before.run.header;
  Changes found{fmt::format("{}, {}, seed {}", broker_name(header), header.started.empty() ? "at a time unknown" : header.started, header.seed), {}};
  const auto here = standings(now), there = standings(before);
  const auto find = [](const auto& in, std::string_view name) {
    const auto at = in.find(name);
    return at == in.end() ? nullptr : &at->second;
  };
  const auto add = [&](std::string_view name) {
    const Standing *is = find(here, name), *was = find(there, name);
    const Case *now_case = is ? is->worst : nullptr, *before_case = was ? was->worst : nullptr;
    const auto kind = kind_of(now_case, before_case);
    if (!kind) return;
    auto now_told = told(is), before_told = told(was);
    if (*kind == Kind::different && now_told == before_told) now_told += came_instead(*now_case, *before_case), before_told += came_instead(*before_case, *now_case);
    found.all.push_back({*kind, std::string(name), now_case, before_case, std::move(now_told), std::move(before_told)});
  };
  for (const auto& [name, standing] : here) add(name);
  for (const auto& [name, standing] : there)
    if (!here.contains(name)) add(name);
  std::sort(found.all.begin(), found.all.end(), [](const Change& left, const Change& right) { return std::tie(left.kind, left.name) < std::tie(right.kind, right.name); });
  return found;
}

std::string headline(const Changes& changes) {
  std::string text;
  for (const auto& row : kinds) {
    const auto size = changes.of(row.kind).size();
    if (size == 0) continue;
    std::string what(row.title);
    what[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(what[0])));
    if (row.kind == Kind::fresh && size == 1) what.pop_back();
    text += (text.empty() ? "" : ", ") + number(size) + " " + what;
  }
  return text.empty() ? "nothing changed" : text;
}

}  // namespace reports
