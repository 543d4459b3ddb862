#pragma once
// What became of each statement of the catalogue, for each broker of the records: the worst that any case saw, or why no case saw anything.
#include "reports/view.h"

namespace reports {

enum class State : std::uint8_t {  // the worst first
  broken,          // a case shows that a MUST does not hold
  missed,          // a case shows that a SHOULD does not hold
  kept,            // cases that check it all saw it hold
  not_reached,     // cases check it, none came as far
  skipped,         // cases check it, none was played; `why` says the reason
  not_observable,  // a client cannot see it; `why` says the reason
  not_covered,     // no case of the records checks it
};
std::string_view words(State state);                   // "not reached"

struct Mark {
  State state = State::not_covered;
  std::size_t cases = 0;                               // that are in this state
  const Case* first = nullptr;                         // the first of them
  std::string why;
};

struct Coverage {
  struct Row { const spec::Statement* statement; std::vector<Mark> marks; };   // a mark for each of View::brokers
  std::vector<Row> rows;                               // by version, section, id
  std::vector<std::map<mqtt::Version, std::map<State, int>>> totals;   // for each broker
};
// Statements that cases name but the catalogue lacks are not in it.
Coverage coverage(const View& view);

}  // namespace reports
