#include "harness/engine/grading.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/engine/expectation.h"
#include "harness/mqtt/rules.h"

namespace engine {

using record::Kept;
using record::Outcome;
using record::Verdict;

std::string expectation(const std::string& step) { return step.starts_with("expect ") ? step.substr(7) : step; }

Grading::Grading(const scenario::Case& one, const spec::Catalogue& catalogue) : case_(one), catalogue_(catalogue) {
  result_.scenario = one.scenario;
  result_.case_name = one.name;
  result_.title = one.title;
  result_.tags = one.tags;
  result_.version = one.version;
  result_.verdict = Verdict::pass;
  for (auto& step : one.steps) {
    record::StepNote note;
    note.where = scenario::to_string(step.place);
    note.text = step.text;
    result_.steps.push_back(std::move(note));
  }
}

record::Kept Grading::missed(const std::string& statement) const {
  auto found = catalogue_.find(statement);
  if (!found) return Kept::fail;
  auto expect = std::get_if<scenario::Expect>(&case_.steps[step_].action);
  bool reaction = expect && alternative_of(*expect, scenario::Alternative::Kind::closed);
  bool soft = found->grade == spec::Grade::soft || (found->grade == spec::Grade::soft_reaction && reaction);
  return found->level == spec::Level::must && !soft ? Kept::fail : Kept::warning;
}

record::Finding Grading::finding(std::size_t step, const std::string& statement, Kept verdict) const {
  record::Finding made;
  made.statement = statement;
  made.verdict = verdict;
  auto behaviour = catalogue_.behaviour(statement);
  made.expected = behaviour ? behaviour->question : expectation(case_.steps[step].text);
  made.where = scenario::to_string(case_.steps[step].place);
  made.step = int(step);
  return made;
}

void Grading::begin(std::size_t step, record::Microseconds now, record::Microseconds limit) {
  step_ = step;
  result_.steps[step].at = now;
  result_.steps[step].limit = limit;
}

void Grading::end(const Came& came, record::Microseconds now) {
  auto& note = result_.steps[step_];
  note.took = now - note.at;
  note.outcome = came.held ? Outcome::held : Outcome::not_held;
  if (!case_.steps[step_].records.empty()) return answer(came);
  if (came.undecided) return undecided(came.actual);
  auto& checks = case_.steps[step_].checks;
  bool broken = false;
  for (auto& statement : checks) {
    auto one = finding(step_, statement, came.held ? Kept::pass : missed(statement));
    one.took = came.took;
    if (came.held && came.took.count() >= 0) one.actual = came.actual;
    if (!came.held) {
      auto row = catalogue_.find(statement);
      bool soft = one.verdict == Kept::warning && row && row->level == spec::Level::must;
      one.actual = soft ? fmt::format("{}; only a warning: {}", came.actual, row->why_soft) : came.actual;
      one.event = came.event;
      if (came.field) {
        one.offset = came.field->offset;
        one.size = came.field->size;
      }
    }
    broken |= one.verdict == Kept::fail;
    result_.findings.push_back(std::move(one));
  }
  if (came.held) return;
  if (broken) {
    result_.verdict = Verdict::fail;
    result_.reason = fmt::format("expected {}; {}", expectation(note.text), came.actual);
    over_ = true;
  } else if (checks.empty() && recorded_ && !checks_ahead()) {
    over_ = true;
  } else if (checks.empty()) {
    result_.verdict = Verdict::inconclusive;
    result_.reason = fmt::format("{}expected {}; {}", unprepared, expectation(note.text), came.actual);
    over_ = true;
  }
}

void Grading::answer(const Came& came) {
  recorded_ = true;
  result_.steps[step_].outcome = Outcome::held;
  for (auto& behaviour : case_.steps[step_].records) {
    auto one = finding(step_, behaviour, Kept::recorded);
    one.actual = came.actual;
    one.event = came.event;
    result_.findings.push_back(std::move(one));
  }
}

bool Grading::checks_ahead() const {
  return std::any_of(case_.steps.begin() + std::ptrdiff_t(step_), case_.steps.end(), [](auto& step) { return !step.checks.empty(); });
}

void Grading::undecided(const std::string& why) {
  for (auto& statement : case_.steps[step_].checks) result_.findings.push_back(finding(step_, statement, Kept::inconclusive));
  result_.verdict = Verdict::inconclusive;
  result_.reason = fmt::format("expected {}; {}", expectation(result_.steps[step_].text), why);
  over_ = true;
}

void Grading::unknown(const std::string& variable) {
  over_ = true;
  if (!checks_ahead()) return;
  result_.verdict = Verdict::inconclusive;
  result_.reason = fmt::format("{}{} needs '{}', but the step that learns it did not hold", unprepared, expectation(result_.steps[step_].text), variable);
}

void Grading::trouble(const std::string& what) {
  result_.verdict = Verdict::error;
  result_.reason = fmt::format("{}: {}", result_.steps[step_].where, what);
  over_ = true;
}

void Grading::packet(const Arrival& arrival, const record::Trace& trace) {
  if (arrival.faults.empty() || result_.verdict == Verdict::error) return;
  auto& event = trace[std::size_t(arrival.event)];
  auto step = std::size_t(std::max(0, event.step));
  for (auto& fault : arrival.faults) {
    std::string statement(mqtt::statement(fault.rule, event.version));
    auto row = catalogue_.find(statement);
    auto one = finding(step, statement, row && row->level == spec::Level::should ? Kept::warning : Kept::fail);
    one.expected = "a packet as the standard shapes it";
    one.actual = "the broker sent " + fault.text;
    one.event = arrival.event;
    one.offset = fault.offset;
    one.size = fault.size;
    if (one.verdict == Kept::fail) {
      if (result_.verdict != Verdict::fail) result_.reason = one.actual;
      result_.verdict = Verdict::fail;
    }
    result_.findings.push_back(std::move(one));
  }
}

record::Result Grading::result() {
  for (std::size_t i = 0; i < case_.steps.size(); ++i)
    if (result_.steps[i].outcome == Outcome::not_reached)
      for (auto* asked : {&case_.steps[i].checks, &case_.steps[i].records})
        for (auto& each : *asked) result_.findings.push_back(finding(i, each, Kept::inconclusive));
  return std::move(result_);
}

}  // namespace engine
