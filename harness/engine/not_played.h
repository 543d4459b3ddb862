#pragma once
// Cases that are not played: why not, and the result that says so.
#include "harness/engine/instance.h"
#include "harness/record/result.h"

namespace engine {

// Empty: it can be played here. `may_break`: also what has brought brokers down.
std::string why_not(const scenario::Case& one, const Target& target, bool may_break);

// With a finding `inconclusive` for everything that the case checks.
record::Result not_played(const scenario::Case& one, const Target& target, record::Verdict verdict, std::string reason);

}  // namespace engine
