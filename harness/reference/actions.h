#pragma once
// What the broker asks of whoever carries its bytes, and the time it is told.
#include <chrono>
#include <cstdint>
#include <vector>

#include "harness/mqtt/bytes.h"

namespace reference {

using Time = std::chrono::steady_clock::time_point;   // net::Time is the same type
using Duration = std::chrono::steady_clock::duration;
using Handle = std::uint32_t;                         // a connection; never 0, never used twice

struct Action {
  Handle to;
  mqtt::Bytes bytes;    // one packet to send; empty: end the connection (FIN) after what was sent before
  bool closes() const { return bytes.empty(); }
};
using Actions = std::vector<Action>;                  // in order

}  // namespace reference
