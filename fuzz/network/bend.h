#pragma once
// Spoils a session in one to three places: fields with the lengths around them kept right most of the time, and whole packets.
#include <random>

#include "fuzz/network/session.h"

namespace network {

using Random = std::mt19937;
inline std::uint32_t below(std::uint32_t limit, Random& random) { return std::uint32_t(random() % limit); }

void bend(Session& session, Random& random);
// The packet with one of its fields spoilt; bytes that are no packet get a byte spoilt.
mqtt::Bytes bent(mqtt::View packet, mqtt::Version version, Random& random);

}  // namespace network
