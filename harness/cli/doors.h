#pragma once
// How the reference broker keeps, or breaks, the rules of the WebSocket that carries it: it sees bytes itself, so these rules are asked for here.
#include "harness/net/websocket.h"
#include "harness/reference/rules.h"

namespace cli {

net::Manners manners(const reference::Rules& rules);

}  // namespace cli
