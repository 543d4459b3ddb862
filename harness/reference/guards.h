#pragma once
// What the broker does about each fault that the codec finds in a client's packet: which of its rules refuses it, and with which reason code.
#include "harness/mqtt/codec.h"
#include "harness/mqtt/rules.h"
#include "harness/reference/rules.h"

namespace reference {

// A client's packet; where it has faults, with their texts, which `inspect` reads.
mqtt::Decoded read(mqtt::View frame, mqtt::Version version);

// For DISCONNECT or CONNACK in 5.0 (section 4.13).
std::uint8_t reason_code(mqtt::Rule fault);

struct Inspection {
  const mqtt::Fault* refused = nullptr;      // the first fault that ends the connection
  bool ignored = false;                      // only in a broken broker: the packet is as if it had not come
  std::vector<std::size_t> bad_filters;      // 5.0: indexes of filters that get a failure code of their own
};
// Where a rule is broken, the packet may be changed into what the broker takes it for.
Inspection inspect(mqtt::Decoded& decoded, mqtt::Version version, const Rules& rules);

}  // namespace reference
