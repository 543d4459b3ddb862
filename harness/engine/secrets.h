#pragma once
// Passwords never enter a record: in bytes and texts each is overwritten with asterisks of the same length.
#include "harness/record/result.h"

namespace engine {

void mask(record::Result& result, const std::string& secret);

}  // namespace engine
