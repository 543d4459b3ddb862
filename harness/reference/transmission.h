#pragma once
// One PUBLISH on its way to one client: topic alias, identifier, first and repeated sending (section 3.3; 4.4).
#include "harness/reference/core.h"

namespace reference {

// False: too large for the client, not sent.
bool transmit(Core& core, Connection& connection, const Delivery& delivery, std::uint16_t id, bool dup);
void begin(Core& core, Connection& connection, Delivery delivery);             // takes an identifier and opens the exchange
void send_again(Core& core, Connection& connection, Outgoing& outgoing);       // PUBLISH or PUBREL
bool sent_again(const Core& core, Outgoing& outgoing);                         // after a reconnect; may put it back a stage in a broken broker
void send_pubrel(Core& core, Connection& connection, std::uint16_t id, std::uint8_t code);

}  // namespace reference
