#pragma once
// SUBSCRIBE and UNSUBSCRIBE (sections 3.8 to 3.11), shared subscriptions among them (5.0: 4.8.2).
#include "harness/reference/core.h"

namespace reference {

// `bad_filters`: indexes of filters that are ill-formed and get a failure code of their own (5.0).
void on_subscribe(Core& core, Connection& connection, const mqtt::Subscribe& subscribe, const std::vector<std::size_t>& bad_filters);
void on_unsubscribe(Core& core, Connection& connection, const mqtt::Unsubscribe& unsubscribe, const std::vector<std::size_t>& bad_filters);

}  // namespace reference
