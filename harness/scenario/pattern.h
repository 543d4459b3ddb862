#pragma once
// Does a packet, as JSON, look as the scenario says? (scenarios/README.md, "Matchers")
#include "harness/scenario/variables.h"

namespace scenario {

struct Mismatch {
  std::string pointer;             // into the actual value: "/PUBLISH/qos"
  std::string expected, actual;    // for people: "qos 2", "qos 1"
};
// None: it matches. Captures are added to `variables` only when the whole pattern matches.
std::optional<Mismatch> mismatch(const Json& pattern, const Json& actual, Variables& variables);

// "PUBLISH with topic 'a/b', qos 1 or 2"
std::string describe(const Json& pattern);

}  // namespace scenario
