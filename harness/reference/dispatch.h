#pragma once
// From bytes to packets to the part of the broker that serves them, by the phase the connection is in.
#include "harness/reference/core.h"

namespace reference {

void take_in(Core& core, Connection& connection, mqtt::View bytes);

// The end of the stream: a packet that it cuts off is forgotten.
void end_of_bytes(Core& core, Connection& connection);

// What only shows when the answers to one write are looked at together: their order, and how many there are. From action `first` on.
void spoil_order(Core& core, Handle to, std::size_t first);

}  // namespace reference
