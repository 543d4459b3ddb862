#pragma once
// Will Messages: published at the end of a connection, after their delay, or never (3.1.1: 3.1.2.5; 5.0: 3.1.2.5, 3.1.3.2.2).
#include "harness/reference/closing.h"

namespace reference {

// Publishes, delays or drops the Will of a session whose connection has just ended.
void settle_will(Core& core, Session& session, End how);
// The client has come back to its session.
void cancel_will(Core& core, const std::string& client_id);
void publish_pending_will(Core& core, const std::string& client_id);   // if there is one
void publish_will(Core& core, const std::string& client_id, const mqtt::Will& will);
void publish_due_wills(Core& core);

}  // namespace reference
