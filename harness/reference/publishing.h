#pragma once
// PUBLISH from a client, and the exchange that follows (sections 3.3, 4.3).
#include "harness/reference/core.h"

namespace reference {

void on_publish(Core& core, Connection& connection, mqtt::Publish publish);
void on_pubrel(Core& core, Connection& connection, const mqtt::Pubrel& pubrel);

// A message as the broker takes it in.
Message message_of(const Core& core, const mqtt::Publish& publish, const std::string& publisher);

}  // namespace reference
