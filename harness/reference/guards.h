#pragma once
// What the broker does about each fault that the codec finds in a client's packet: which of its rules refuses it, and with which reason code.
#include "harness/mqtt/codec.h"
#include "harness/mqtt/rules.h"
#include "harness/reference/rules.h"

namespace reference {

// True where no rule refuses the fault: the version allows it, or the rule is broken.
bool tolerated(const mqtt::Fault& fault, mqtt::Type type, mqtt::Version version, const Rules& rules);

// For DISCONNECT or CONNACK in 5.0 (section 4.13).
std::uint8_t reason_code(mqtt::Rule fault);

struct Inspection {
  const mqtt::Fault* refused = nullptr;      // the first fault that ends the connection
  std::vector<std::size_t> bad_filters;      // 5.0: indexes of filters that get a failure code of their own
};
Inspection inspect(const mqtt::Decoded& decoded, mqtt::Version version, const Rules& rules);

}  // namespace reference
