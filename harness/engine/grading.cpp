#include "harness/engine/grading.h"

#include <fmt/format.h>

#include <algorithm>

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

bool Grading::must(const std::string& statement) const {
  auto found = catalogue_.find(statement);
  return !found || found->level == spec::Level::must;
}

record::Finding Grading::finding(std::size_t step, const std::string& statement, Kept verdict) const {
  record::Finding made;
  made.statement = statement;
  made.verdict = verdict;
  made.expected = expectation(case_.steps[step].text);
  made.where = scenario::to_string(case_.steps[step].place);
  made.step = int(step);
  return made;
}

void Grading::begin(std::size_t step, record::Microseconds now) {
  step_ = step;
  result_.steps[step].at = now;
}

void Grading::end(bool held, const std::string& actual, int event, const mqtt::Field* field, record::Microseconds now) {
  auto& note = result_.steps[step_];
  note.took = now - note.at;
  note.outcome = held ? Outcome::held : Outcome::not_held;
  auto& checks = case_.steps[step_].checks;
  bool broken = false;
  for (auto& statement : checks) {
    auto one = finding(step_, statement, held ? Kept::pass : must(statement) ? Kept::fail : Kept::warning);
    if (!held) {
      one.actual = actual;
      one.event = event;
      if (field) {
        one.offset = field->offset;
        one.size = field->size;
      }
    }
    broken |= one.verdict == Kept::fail;
    result_.findings.push_back(std::move(one));
  }
  if (held) return;
  if (broken) {
    result_.verdict = Verdict::fail;
    result_.reason = fmt::format("expected {}; {}", expectation(note.text), actual);
    over_ = true;
  } else if (checks.empty()) {
    result_.verdict = Verdict::inconclusive;
    result_.reason = fmt::format("the preparation did not hold: expected {}; {}", expectation(note.text), actual);
    over_ = true;
  }
}

void Grading::undecided(const std::string& why, record::Microseconds now) {
  auto& note = result_.steps[step_];
  note.took = now - note.at;
  note.outcome = Outcome::not_held;
  for (auto& statement : case_.steps[step_].checks) result_.findings.push_back(finding(step_, statement, Kept::inconclusive));
  result_.verdict = Verdict::inconclusive;
  result_.reason = fmt::format("expected {}; {}", expectation(note.text), why);
  over_ = true;
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
    auto one = finding(step, std::string(mqtt::statement(fault.rule, event.version)), Kept::fail);
    one.expected = "a packet as the standard shapes it";
    one.actual = "the broker sent " + fault.text;
    one.event = arrival.event;
    one.offset = fault.offset;
    one.size = fault.size;
    if (result_.verdict != Verdict::fail) result_.reason = one.actual;
    result_.verdict = Verdict::fail;
    result_.findings.push_back(std::move(one));
  }
}

record::Result Grading::result() {
  for (std::size_t i = 0; i < case_.steps.size(); ++i)
    if (result_.steps[i].outcome == Outcome::not_reached)
      for (auto& statement : case_.steps[i].checks) result_.findings.push_back(finding(i, statement, Kept::inconclusive));
  return std::move(result_);
}

}  // namespace engine
