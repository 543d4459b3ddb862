#pragma once
// From the first packet to CONNACK: versions, client identifiers, accounts, take-over and sessions (section 3.1.4).
#include "harness/reference/core.h"

namespace reference {

void on_connect(Core& core, Connection& connection, mqtt::View frame);

// Admits the client: take-over, session, CONNACK, and what waits for it.
void admit(Core& core, Connection& connection, const mqtt::Connect& connect);

// CONNACK with the code of the client's version, where it has one, then the end. `v3`: none is a bare close in 3.1 and 3.1.1.
struct Refusal { std::uint8_t v5; std::optional<std::uint8_t> v3; std::string_view why; };
void refuse(Core& core, Connection& connection, const Refusal& refusal);

}  // namespace reference
