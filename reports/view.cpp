#include "reports/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>
#include <tuple>

#include "reports/text.h"

namespace reports {
namespace {

using record::Kept;
using record::Verdict;

std::string theme_of(const std::string& scenario) {
  const auto slash = scenario.find('/');
  return slash == scenario.npos || slash == 0 ? "other" : scenario.substr(0, slash);
}

void add_hit(std::vector<Broken>& groups, const View& view, const std::string& id, Hit hit) {
  auto found = std::find_if(groups.begin(), groups.end(), [&](const Broken& group) { return group.id == id; });
  if (found == groups.end()) found = groups.insert(groups.end(), Broken{id, view.statement(id), {}});
  found->hits.push_back(hit);
}

void add_reason(std::vector<Reason>& groups, const std::string& text, const Case& at) {
  auto found = std::find_if(groups.begin(), groups.end(), [&](const Reason& group) { return group.text == text; });
  if (found == groups.end()) found = groups.insert(groups.end(), Reason{text, {}});
  found->cases.push_back(&at);
}

void add_answer(std::vector<Answered>& all, const record::Finding& finding, const Case& at) {
  auto found = std::find_if(all.begin(), all.end(), [&](const Answered& one) { return one.id == finding.statement; });
  if (found == all.end()) found = all.insert(all.end(), Answered{finding.statement, finding.expected, {}});
  add_reason(found->answers, finding.actual, at);
}

void sort(std::vector<Reason>& groups) {
  std::sort(groups.begin(), groups.end(), [](const Reason& a, const Reason& b) { return std::tuple(b.cases.size(), a.text) < std::tuple(a.cases.size(), b.text); });
}

int statements_in(const std::vector<Broken>& groups) {
  return static_cast<int>(std::count_if(groups.begin(), groups.end(), [](const Broken& group) { return !group.id.empty(); }));
}

// The plays of one case stand together.
void find_flaky(View& view) {
  for (auto first = view.cases.begin(); first != view.cases.end();) {
    const auto end = std::find_if(first, view.cases.end(), [&](const Case& each) { return each.name != first->name; });
    Counts verdicts;
    for (auto each = first; each != end; ++each) {
      each->play = static_cast<int>(each - first) + 1, each->plays = static_cast<int>(end - first);
      verdicts.add(*each->result);
    }
    verdicts.warned = 0;
    if (std::any_of(first, end, [&](const Case& each) { return each.verdict() != first->verdict(); })) {
      Flaky one{{}, tally(verdicts)};
      for (auto each = first; each != end; ++each) each->flaky = true, one.plays.push_back(&*each);
      view.flaky.push_back(std::move(one));
    }
    first = end;
  }
}

}  // namespace

bool in_order(std::string_view left, std::string_view right) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t i = 0, j = 0;
  while (i < left.size() && j < right.size()) {
    if (digit(left[i]) && digit(right[j])) {
      std::size_t end_i = i, end_j = j;
      while (end_i < left.size() && digit(left[end_i])) ++end_i;
      while (end_j < right.size() && digit(right[end_j])) ++end_j;
      const auto a = left.substr(i, end_i - i), b = right.substr(j, end_j - j);
      if (a != b) return a.size() != b.size() ? a.size() < b.size() : a < b;
      i = end_i, j = end_j;
    } else if (left[i] != right[j]) {
      return left[i] < right[j];
    } else {
      ++i, ++j;
    }
  }
  return left.size() - i < right.size() - j;
}

void Counts::add(const record::Result& result) {
  switch (result.verdict) {
    case Verdict::pass: ++pass; break;
    case Verdict::fail: ++fail; break;
    case Verdict::inconclusive: ++inconclusive; break;
    case Verdict::skip: ++skip; break;
    case Verdict::error: ++error; break;
  }
  warned += result.verdict == Verdict::pass &&
            std::any_of(result.findings.begin(), result.findings.end(), [](const auto& finding) { return finding.verdict == Kept::warning; });
}

std::string Case::file() const {
  for (const auto& finding : result->findings)
    if (auto place = place_of(finding.where); place.line > 0) return place.file;
  return "scenarios/" + result->scenario + ".json";
}

View::View(const record::Run& of, const record::Run* baseline) : run(of) {
  for (const auto& statement : run.header.statements) catalogue_.emplace(statement.id, &statement);
  brokers = run.brokers.empty() ? std::vector{run.header} : run.brokers;
  for (const auto& result : run.results) {
    assert(result.broker >= 0 && static_cast<std::size_t>(result.broker) < brokers.size());
    const std::string at = brokers.size() > 1 ? " " + broker_name(brokers[static_cast<std::size_t>(result.broker)]) : "";
    cases.push_back({&result, record::full_name(result) + at, theme_of(result.scenario), "", false, 1, 1, false});
  }
  std::sort(cases.begin(), cases.end(), [](const Case& left, const Case& right) {
    const auto key = [](const Case& each) { return std::tie(each.theme, each.result->scenario, each.result->case_name, each.result->version, each.result->transport, each.result->broker, each.result->started, each.result); };
    return key(left) < key(right);
  });
  std::map<std::string, int> taken;
  std::set<mqtt::Version> played;
  std::set<std::string_view> decided;
  for (const auto& name : run.header.versions)
    if (auto version = mqtt::version_named(name)) played.insert(*version);
  for (auto& each : cases) {
    const auto& result = *each.result;
    each.anchor = "case-" + slug(each.name);
    while (int before = taken[each.anchor]++) each.anchor += fmt::format("-{}", before + 1);
    counts.add(result);
    by_version[result.version].add(result);
    played.insert(result.version);
    if (themes.empty() || themes.back().name != each.theme) themes.push_back({each.theme, {}, {}, {}});
    themes.back().all.add(result);
    themes.back().by_version[result.version].add(result);
    themes.back().cases.push_back(&each);
    took = std::max(took, result.started + result.took);
    bool named = false;
    for (const auto& finding : result.findings) {
      if (finding.verdict == Kept::recorded) {
        add_answer(answered, finding, each);
        continue;
      }
      if (finding.verdict != Kept::inconclusive) decided.insert(finding.statement);
      if (finding.verdict == Kept::fail) named = true, add_hit(broken, *this, finding.statement, {&each, &finding});
      if (finding.verdict == Kept::warning) each.warned = true, add_hit(missed, *this, finding.statement, {&each, &finding});
    }
    if (result.verdict == Verdict::fail && !named) add_hit(broken, *this, "", {&each, nullptr});
    if (result.verdict == Verdict::inconclusive) add_reason(inconclusive, result.reason, each);
    if (result.verdict == Verdict::error) add_reason(errors, result.reason, each);
    if (result.verdict == Verdict::skip) add_reason(skipped, result.reason, each);
  }
  find_flaky(*this);
  if (run.footer) took = run.footer->took;
  versions.assign(played.begin(), played.end());
  for (auto* groups : {&broken, &missed}) std::sort(groups->begin(), groups->end(), [](const Broken& a, const Broken& b) { return in_order(a.id, b.id); });
  for (auto* groups : {&inconclusive, &errors, &skipped}) sort(*groups);
  std::sort(answered.begin(), answered.end(), [](const Answered& a, const Answered& b) { return in_order(a.id, b.id); });
  for (auto& each : answered) sort(each.answers);
  musts_broken = statements_in(broken);
  softly_missed = static_cast<int>(std::count_if(missed.begin(), missed.end(), [](const Broken& one) { return one.statement && one.statement->level == spec::Level::must; }));
  shoulds_missed = statements_in(missed) - softly_missed;
  statements_checked = static_cast<int>(decided.size());
  if (!baseline) return;
  before = std::make_unique<View>(*baseline);
  changes = reports::changes(*this, *before);
}

const spec::Statement* View::statement(std::string_view id) const {
  const auto found = catalogue_.find(id);
  return found == catalogue_.end() ? nullptr : found->second;
}

record::Result View::whole(const Case& each) const { return run.whole(static_cast<std::size_t>(each.result - run.results.data())); }

std::size_t Broken::cases() const {
  std::set<std::string_view> names;
  for (const auto& hit : hits) names.insert(hit.at->name);
  return names.size();
}

std::string headline(const View& view) {
  const auto soft = view.softly_missed ? fmt::format(", {} missed that are graded softly", number(static_cast<unsigned>(view.softly_missed))) : "";
  return fmt::format("{} broken, {} SHOULD missed{}", count(static_cast<unsigned>(view.musts_broken), "MUST statement"),
                     number(static_cast<unsigned>(view.shoulds_missed)), soft);
}

std::string tally(const Counts& counts) {
  std::string text;
  const auto add = [&](int value, const std::string& word) {
    if (value > 0) text += (text.empty() ? "" : ", ") + number(static_cast<unsigned>(value)) + " " + word;
  };
  add(counts.fail, "fail");
  add(counts.error, "error");
  add(counts.inconclusive, "inconclusive");
  add(counts.pass, counts.warned ? fmt::format("pass ({} with a warning)", counts.warned) : "pass");
  add(counts.skip, "skip");
  return text.empty() ? "no case" : text;
}

std::string played(const View& view) {
  const auto cases = std::count_if(view.cases.begin(), view.cases.end(), [](const Case& each) { return each.play == 1; });
  const auto text = count(static_cast<std::uint64_t>(cases), "case");
  return cases == std::ptrdiff_t(view.cases.size()) ? text : fmt::format("{} plays of {}", number(view.cases.size()), text);
}

std::string broker_name(const record::Header& header) {
  return !header.broker.empty() ? header.broker : !header.profile.empty() ? header.profile : "a broker that does not say its name";
}

bool embedded(const record::Header& header) { return std::find(header.transports.begin(), header.transports.end(), "memory") != header.transports.end(); }

std::string broker_names(const View& view) {
  std::string text;
  for (const auto& each : view.brokers) text += (text.empty() ? "" : ", ") + broker_name(each);
  return text;
}

bool whole(const View& view) { return view.run.footer && view.run.footers >= view.run.headers && !view.run.footer->interrupted; }

std::string_view ending_title(const View& view) { return !whole(view) ? "Not whole" : view.brokers.size() > 1 ? "A broker was lost" : "The broker was lost"; }

std::string ending(const View& view) {
  const auto& run = view.run;
  if (!run.footer || run.footers < run.headers) return "The record has no end: the run was cut off, and results may be missing.";
  std::string text = run.footer->interrupted ? "The run was interrupted: only what was played until then is here." : "";
  if (!run.footer->note.empty()) text += (text.empty() ? "" : " ") + run.footer->note;
  return text;
}

std::string title_of(const Broken& broken) {
  if (broken.id.empty()) return "no statement";
  if (!broken.statement) return broken.id + " (not in the catalogue of this record)";
  return fmt::format("{} ({}, section {})", broken.id, broken.statement->level_text, broken.statement->section);
}

std::string summary_of(const Broken& broken) {
  if (broken.statement) return broken.statement->summary;
  return broken.id.empty() ? "These cases failed without naming a statement." : "";
}

}  // namespace reports
