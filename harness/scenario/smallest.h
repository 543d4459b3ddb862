#pragma once
// The smallest scenario that shows what one case showed: for a bug report, and to play it again.
#include "harness/scenario/model.h"

namespace scenario {

// `text` is that of the case's file, `last` the step behind which nothing matters: an index into one.steps. The text of a scenario file with one case: its row's values put in,
// its version alone, without the steps behind `last`, without clients that do nothing but connect, and without what only these would use. What is left out cannot change
// what the rest does. Throws std::runtime_error when the case is not in the file.
std::string smallest(const std::string& text, const Case& one, std::size_t last);

}  // namespace scenario
