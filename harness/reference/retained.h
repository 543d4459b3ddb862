#pragma once
// Retained messages (section 3.3.1.3), and the broker's own topics under $SYS/.
#include "harness/reference/core.h"

namespace reference {

// Keeps, replaces or removes the topic's retained message as a PUBLISH asks for.
void keep_retained(Core& core, const Message& message);

// `existed`: the session had this subscription before; `handling` is Retain Handling (0 in 3.1 and 3.1.1).
void send_retained(Core& core, Session& session, const Subscription& subscription, bool existed, int handling);

}  // namespace reference
