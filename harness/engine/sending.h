#pragma once
// What a `send` step writes, once the names in it have their values.
#include "harness/mqtt/bytes.h"
#include "harness/scenario/variables.h"

namespace engine {

// Throws std::runtime_error where a value makes no packet or no raw notation.
mqtt::Bytes bytes_of(const scenario::Send& send, mqtt::Version version, const scenario::Variables& variables);

}  // namespace engine
