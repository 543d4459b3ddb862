#pragma once
// 5.0: enhanced authentication with the broker's one method, a challenge and its proof, and re-authentication (section 4.12; README.md).
#include "harness/reference/core.h"

namespace reference {

// Answers a CONNECT that names a method by AUTH or a refusal. False: nothing done, admit it like any other (only in a broken broker).
bool begin_authentication(Core& core, Connection& connection, const mqtt::Connect& connect, const std::string& method);

// AUTH from a client, during authentication or after CONNACK.
void on_auth(Core& core, Connection& connection, const mqtt::Auth& auth);

}  // namespace reference
