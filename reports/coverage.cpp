#include "reports/coverage.h"

#include <algorithm>
#include <array>

namespace reports {
namespace {

using record::Kept;
using record::Verdict;

State state_of(const record::Result& result, const record::Finding& finding) {
  switch (finding.verdict) {
    case Kept::fail: return State::broken;
    case Kept::warning: return State::missed;
    case Kept::pass: return State::kept;
    case Kept::inconclusive: case Kept::recorded: break;   // a behaviour is no statement of the catalogue
  }
  return result.verdict == Verdict::skip ? State::skipped : State::not_reached;
}

void add(Mark& mark, State state, const Case& at) {
  if (state < mark.state) mark = {state, 0, &at, state == State::skipped || state == State::not_reached ? at.result->reason : ""};
  if (state == mark.state) ++mark.cases;
}

}  // namespace

std::string_view words(State state) {
  constexpr std::array<std::string_view, 7> all{"broken", "missed", "kept", "not reached", "skipped", "not observable", "not covered"};
  return all.at(static_cast<std::size_t>(state));
}

Coverage coverage(const View& view) {
  Coverage all;
  std::map<std::string_view, std::size_t> at;
  for (const auto& statement : view.run.header.statements) all.rows.push_back({&statement, std::vector<Mark>(view.brokers.size())});
  std::sort(all.rows.begin(), all.rows.end(), [](const Coverage::Row& a, const Coverage::Row& b) {
    if (a.statement->version != b.statement->version) return a.statement->version < b.statement->version;
    if (a.statement->section != b.statement->section) return in_order(a.statement->section, b.statement->section);
    return in_order(a.statement->id, b.statement->id);
  });
  for (std::size_t i = 0; i < all.rows.size(); ++i) at.emplace(all.rows[i].statement->id, i);
  for (const auto& each : view.cases)
    for (const auto& finding : each.result->findings)
      if (const auto found = at.find(finding.statement); found != at.end())
        add(all.rows[found->second].marks[static_cast<std::size_t>(each.result->broker)], state_of(*each.result, finding), each);
  all.totals.resize(view.brokers.size());
  for (auto& row : all.rows)
    for (std::size_t i = 0; i < row.marks.size(); ++i) {
      auto& mark = row.marks[i];
      if (mark.state == State::not_covered && row.statement->observable == spec::Observable::no) mark.state = State::not_observable, mark.why = row.statement->how;
      ++all.totals[i][row.statement->version][mark.state];
    }
  return all;
}

}  // namespace reports
