#pragma once
// Reason codes of 5.0 (section 2.4) and return codes of 3.1 and 3.1.1 (CONNACK, SUBACK), one table.
#include <span>

#include "harness/mqtt/packet.h"

namespace mqtt {

struct ReasonRow {
  std::uint8_t code;
  std::string_view name;                     // the standard's
  std::uint16_t from_client, from_broker;    // packets that may carry it: bit 1 << Type
};
std::span<const ReasonRow> reasons(Version version);

// "Not authorized" for 0x87 in a 5.0 CONNACK and for 5 in a 3.1.1 CONNACK; empty for a code the packet cannot carry.
std::string_view reason_name(std::uint8_t code, Type packet, Version version);
// May this sender put this code into this packet?
bool reason_allowed(std::uint8_t code, Type packet, Version version, Sender sender);

}  // namespace mqtt
