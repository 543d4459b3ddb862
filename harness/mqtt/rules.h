#pragma once
// The rules that bytes alone can break, and the statement each stands for in each version.
#include "harness/mqtt/bytes.h"
#include "harness/mqtt/version.h"

namespace mqtt {

enum class Rule : std::uint8_t { placeholder };

// The statement's id with its version ("5.0:MQTT-1.5.4-1"): the one that a sender of such bytes breaks. Never empty.
std::string_view statement(Rule rule, Version version);

}  // namespace mqtt
