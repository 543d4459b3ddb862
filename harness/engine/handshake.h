#pragma once
// Ready means: a CONNECT was answered by CONNACK. An open port is not ready, and a process that lives may be mute.
#include "harness/engine/instance.h"

namespace engine {

// One client that comes and goes in an orderly way. Empty: it was admitted; otherwise what happened: "Connection refused",
// "CONNACK with 5 (Not authorized)", "the connection was closed", "no answer to CONNECT".
asio::awaitable<std::string> handshake(net::Endpoint endpoint, std::optional<Account> account, mqtt::Version version, net::Clock& clock, Time deadline);

}  // namespace engine
