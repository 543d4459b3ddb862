#pragma once
// A look at the broker before scenarios are played: is it there, what is it able to do, and how is that known?
#include "harness/engine/player.h"

namespace engine {

// Empty: so many fresh clients are served, one after another: connect, ping, and, where the target `delivers`, receive a message of their own. Otherwise
// which of these failed, and how, for a person: "a new client does not receive its own message: ...".
asio::awaitable<std::string> probe_alive(Stage& stage, int clients = 1);

// One thing that was looked at.
struct Seen {
  enum class Is { yes, no, unclear } is;   // unclear: neither was it seen nor does the broker say that it is missing, which would be a fault
  std::string name;                        // "5.0", "qos2", "receive_maximum"
  std::string how;                         // "SUBACK grants it", "its CONNACK says 20"
};
struct Look {
  std::vector<Seen> versions, abilities;
  std::vector<Seen> limits;                // what CONNACK announces in 5.0
};

// Adds to `lacks`, `refuses`, `versions` and `delivers` of the target what the broker itself says it lacks (in CONNACK or SUBACK, or by a refusal). An exchange that
// fails although the broker announces no such lack is no lack: scenarios will show the fault.
asio::awaitable<Look> probe_abilities(Stage& stage);

}  // namespace engine
