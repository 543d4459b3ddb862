#pragma once
// How the reference broker keeps, or breaks, the rules of what carries it, WebSocket and TLS: it sees bytes itself, so these rules are asked for here.
#include "harness/net/websocket.h"
#include "harness/reference/rules.h"

namespace cli {

net::Manners manners(const reference::Rules& rules);

// Is a client admitted to the handshake that shows this certificate (scenario::certificates) where one is demanded?
bool welcome(const reference::Rules& rules, std::string_view certificate);

}  // namespace cli
