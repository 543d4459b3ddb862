#pragma once
// The flow words of scenarios/README.md, spelled out into steps in the wire's own terms.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/scenario/model.h"

namespace scenario {

// Where in the author's step a part of a spelled-out step comes from: pairs of pointer prefixes, "/packet/PUBLISH" -> "".
using Origin = std::vector<std::pair<std::string, std::string>>;

struct Spelled {
  Json step;       // {"send": "A", "packet": ...}; {"end": "A"} and "takes_over" are what authors cannot write
  Origin origin;
};

struct Counters {
  std::map<std::string, int> packet_ids;   // the last one each client took
  int receives = 0;                        // `receive` keeps the packet identifier as ${receive 1}, a name that authors cannot write
  std::set<std::string> silenced = {};     // clients that some step cuts by Keep Alive: their CONNECT asks for a short one
};

inline constexpr int short_keep_alive = 2;   // seconds

bool is_flow_word(const std::string& word);
// `step` has the keys and shapes of its word (keys.h); `version` is the client's.
std::vector<Spelled> spell_out(const Json& step, mqtt::Version version, Counters& counters);

}  // namespace scenario
