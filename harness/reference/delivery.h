#pragma once
// From a message to the clients that have subscribed, within what each of them takes at once (3.1.1: 4.3 to 4.6; 5.0: also 4.8 and 4.9).
#include "harness/reference/core.h"

namespace reference {

// Keeps the message if it is to be retained, and gives it to every matching subscription; how many clients had one.
std::size_t route(Core& core, Message message);

// The QoS a message is delivered at (3.1.1: 3.8.4; 5.0: 3.8.4).
std::uint8_t qos_for(const Core& core, std::uint8_t granted, std::uint8_t published, bool shared);

void deliver(Core& core, Session& session, Delivery delivery);
// A shared message that its first receiver did not take; only a broken broker hands such on.
void deliver_to_another(Core& core, const Session& not_to, const Delivery& delivery);

// Sends what waits, as far as the client's Receive Maximum allows.
void pump(Core& core, Session& session);
// After CONNACK: what was sent before and is not acknowledged, then what waits.
void resume(Core& core, Connection& connection);
// How many exchanges count against the client's Receive Maximum.
std::size_t in_use(const Session& session);

// Sends again what 3.1 repeats while the client is connected, and what a broken broker held back; when the next such moment is.
void send_due(Core& core);
std::optional<Time> next_due(const Core& core);

}  // namespace reference
