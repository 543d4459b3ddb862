#pragma once
// How connections and sessions end, and what becomes of the Will (3.1.1 and 5.0: sections 3.1.2.5, 3.14.4, 4.1, 4.13).
#include "harness/reference/core.h"

namespace reference {

enum class End : std::uint8_t {
  network,                // the client's side ended without DISCONNECT
  disconnect,             // DISCONNECT, 00 in 5.0
  disconnect_with_will,   // 5.0: DISCONNECT 04
  error_disconnect,       // 5.0: DISCONNECT of 80 or more
  keep_alive, violation, takeover, shutdown,
};
// Does such an end close the connection? In a broken broker it may stay open.
bool closes(const Core& core, End how);
// `told`: a DISCONNECT has been sent. The session outlives the call only if it has time left.
void end_connection(Core& core, Connection& connection, End how, bool told = false);

// A rule is broken: DISCONNECT with the code in 5.0, then the end.
void violate(Core& core, Connection& connection, std::uint8_t code, std::string_view why);

void end_session(Core& core, Session& session);      // the reference is dead afterwards
void forget_subscriptions(Core& core, Session& session);

}  // namespace reference
