#pragma once
// Packets on their way out: trimmed to what the client allows, encoded, and spoilt where a rule about outgoing bytes is broken.
#include "harness/reference/core.h"

namespace reference {

// Reason String and User Properties are left out where the client does not want them or the packet would be too large;
// a packet that is too large even so is not sent. Nothing is sent on a closed connection.
void send(Core& core, Connection& connection, mqtt::Packet packet);

// The bytes of a PUBLISH; none: it is larger than the client allows.
std::optional<mqtt::Bytes> bytes_of(Core& core, const Connection& connection, const mqtt::Publish& publish);
void send_bytes(Core& core, Connection& connection, mqtt::Bytes bytes);

// 5.0 only; `why` becomes the Reason String.
void send_disconnect(Core& core, Connection& connection, std::uint8_t code, std::string_view why);

}  // namespace reference
