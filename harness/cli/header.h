#pragma once
// The header of a record: what a command is going to play, and against what.
#include "harness/cli/target.h"
#include "harness/record/record.h"
#include "harness/spec/catalogue.h"

namespace cli {

// `target` is the broker as it was probed; `scenarios` the folder that makes the same play again, empty for the project's.
record::Header header(const TargetOptions& options, const Choice& choice, const engine::Target& target, const spec::Catalogue& catalogue, std::uint64_t seed, const std::string& scenarios);

}  // namespace cli
