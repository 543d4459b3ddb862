#pragma once
// Who may come in: client identifiers (sections 3.1.3.1, 3.1.3.5) and accounts.
#include "harness/reference/connecting.h"

namespace reference {

std::optional<Refusal> client_id_objection(const Core& core, const mqtt::Connect& connect, mqtt::Version version);
std::optional<Refusal> login_objection(const Core& core, const Connection& connection, const mqtt::Connect& connect);

// True where the access list has a filter that covers the topic or filter.
bool denied(const std::vector<std::string>& list, std::string_view topic_or_filter);

}  // namespace reference
