#pragma once
// Makes a finding small: sessions, acts, packets, fields and bytes are left out as long as what was found comes again.
#include <functional>

#include "fuzz/network/session.h"
#include "harness/net/clock.h"

namespace network {

using Sessions = std::vector<Session>;
using Again = std::function<boost::asio::awaitable<bool>(const Sessions&)>;   // does it come again?

struct Effort { int attempts = 400; };   // an upper bound of replays
boost::asio::awaitable<Sessions> shrink(Sessions sessions, Again again, Effort effort);

// The packet with something left out, larger cuts first; the lengths around are kept right where they were.
std::vector<mqtt::Bytes> simpler(mqtt::View packet, mqtt::Version version);

}  // namespace network
