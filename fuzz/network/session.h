#pragma once
// One session of the fuzzer: what its clients do, in order. It follows from its seed byte for byte. A client is one network connection: who comes back
// is another one, with the same client identifier.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/mqtt/bytes.h"
#include "harness/mqtt/version.h"

namespace network {

struct Act {
  enum class What : std::uint8_t {
    open,     // a network connection
    send,     // bytes: one packet, as bent as it may be
    finish,   // FIN
    drop,     // RST
    pause,    // until the broker has said something to this client, or a moment has passed
  } what;
  int client = 0;
  mqtt::Bytes bytes;
  bool operator==(const Act&) const = default;
};

struct Session {
  std::uint64_t seed = 0;
  mqtt::Version version = mqtt::Version::v5_0;
  std::vector<Act> acts;
  bool operator==(const Session&) const = default;
};

// Stands for the account's password in a session, so that a fresh broker with a new password gets the same session: as long as the password,
// which for a short one is itself.
inline std::string stand_in(const std::string& password) {
  std::string text = "fz-password-";
  if (password.size() < text.size()) return password;
  text.resize(password.size(), '-');
  return text;
}

inline int clients_of(const Session& session) {
  int most = -1;
  for (auto& act : session.acts) most = std::max(most, act.client);
  return most + 1;
}

inline mqtt::Bytes sent_by(int client, const Session& session) {
  mqtt::Bytes all;
  for (auto& act : session.acts)
    if (act.what == Act::What::send && act.client == client) all.insert(all.end(), act.bytes.begin(), act.bytes.end());
  return all;
}

}  // namespace network
