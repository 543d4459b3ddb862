#pragma once
// Is the broker there, and what does it honestly lack?
#include "harness/engine/player.h"

namespace engine {

// Empty: fresh clients are served (connect, ping, leave). Otherwise what went wrong, for a person.
asio::awaitable<std::string> probe_alive(Stage& stage);

// Adds to `lacks` and `refuses` of the target what a look at the broker shows: versions it refuses, what its CONNACK announces, the QoS it
// grants, whether it checks passwords, whether it publishes $SYS.
asio::awaitable<void> probe_abilities(Stage& stage);

}  // namespace engine
