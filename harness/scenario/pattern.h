#pragma once
// Does a packet, as JSON, look as the scenario says? (scenarios/README.md, "Matchers")
#include "harness/scenario/variables.h"

namespace scenario {

struct Mismatch {
  std::string pointer;             // into the actual value: "/PUBLISH/qos"; empty: another packet altogether
  std::string expected, actual;    // for people: "qos 2", "qos 1"
};
// None: it matches. `actual` is a packet as mqtt::to_json makes it, or any one value. ${name}s of the pattern are replaced first.
// Captures are added to `variables` only when the whole pattern matches.
std::optional<Mismatch> mismatch(const Json& pattern, const Json& actual, Variables& variables);

// A pattern: "PUBLISH with topic 'a/b', qos 1 or 2". A packet's fields stand in the order of scenarios/README.md.
std::string describe(const Json& pattern);

// A packet that came, without what says nothing (flags that are off, properties that are none): "PUBLISH with topic 'a/b', payload 'x', qos 0".
std::string summary(const Json& packet);

}  // namespace scenario
