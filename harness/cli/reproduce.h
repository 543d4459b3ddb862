#pragma once
// `run --reproduce`: for each case that failed the smallest scenario that shows it, as a file of its own.
#include <string>
#include <vector>

#include "harness/record/record.h"
#include "harness/scenario/model.h"

namespace cli {

// Writes DIR/connect-second-connect-3.1.1.json, ... and returns how many. Throws std::runtime_error that names the file that cannot be written or read again.
std::size_t write_reproducers(const std::vector<const scenario::Case*>& cases, const std::vector<record::Result>& results, const std::string& folder);

}  // namespace cli
