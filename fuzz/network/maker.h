#pragma once
// Makes sessions out of seeds: from what the scenarios send, and from a grammar of its own, then bent.
#include <map>
#include <string>

#include "fuzz/network/session.h"
#include "harness/engine/instance.h"

namespace network {

class Maker {
public:
  // Scenarios that must be alone on a broker or ask for a setup are left out, as is what depends on an answer.
  Maker(const std::vector<scenario::Case>& cases, const engine::Target& target);
  Session make(std::uint64_t seed) const;   // the same seed, cases and account give the same bytes
  std::size_t scripts() const;              // that scenarios gave
private:
  std::vector<mqtt::Version> versions_;
  std::optional<engine::Account> account_;
  std::map<mqtt::Version, std::vector<std::vector<Act>>> scripts_;
};

// Names of a session: client identifiers and topics begin with it. Eight characters, the same length for every seed.
std::string name_of(std::uint64_t seed);

}  // namespace network
