#pragma once
// Can every check fail? Each rule of the reference broker is broken in turn, in virtual time, and exactly the checks of its statements must notice.
#include <functional>
#include <set>

#include "harness/record/result.h"
#include "harness/reference/rules.h"
#include "harness/scenario/loader.h"

namespace cli {

// One case against a fresh reference broker with these rules.
record::Result play_embedded(const scenario::Case& one, reference::Rules rules, const spec::Catalogue& catalogue);

struct Check {                        // one scenario, one version, one statement
  std::string scenario, statement;
  mqtt::Version version;
  auto operator<=>(const Check&) const = default;
};
std::string to_string(const Check& check);     // "connect/second_connect [5.0] 5.0:MQTT-3.1.0-2"

struct Attempt {                      // one case played with one rule broken
  const scenario::Case* one;
  Check check;
  reference::Rule rule;
  enum class Came { noticed, unnoticed, elsewhere } came;
  std::optional<record::Finding> finding;   // that noticed it, or that shows it at another step
  std::string reason;                 // where no finding does
};

struct Proof {
  std::size_t plays = 0;
  std::set<Check> checks, proven;
  std::set<Check> unproven;                    // checks that no rule makes fail
  std::vector<std::string> unguarded;          // rules that no check notices
  std::vector<std::string> failed_intact;      // cases that do not pass on the broker with all rules kept
  std::vector<std::string> failed_elsewhere;   // checks whose rules make the case fail, but not at their own step
  bool complete() const { return unproven.empty() && unguarded.empty() && failed_intact.empty() && failed_elsewhere.empty(); }
};

// Checks whose statement no rule serves: nothing could make them fail. Takes no playing, so that every author is told at once.
std::set<Check> without_rule(const std::vector<const scenario::Case*>& cases);

// `watch` sees every attempt. With `thorough` every case tries every rule of its statements; without, what is proven is not tried again.
// `all_rules`: rules that nobody notices are listed (only when the whole suite is given).
Proof prove(const std::vector<const scenario::Case*>& cases, const spec::Catalogue& catalogue, bool all_rules, bool thorough,
            const std::function<void(const Attempt&)>& watch);

}  // namespace cli
