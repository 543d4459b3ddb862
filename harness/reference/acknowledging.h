#pragma once
// A client's answers to the broker's QoS 1 and 2 messages (sections 4.3, 4.9).
#include "harness/reference/core.h"

namespace reference {

void on_puback(Core& core, Connection& connection, const mqtt::Puback& puback);
void on_pubrec(Core& core, Connection& connection, const mqtt::Pubrec& pubrec);
void on_pubcomp(Core& core, Connection& connection, const mqtt::Pubcomp& pubcomp);

}  // namespace reference
