#pragma once
// Plays one session against a broker and tells what each client heard.
#include "fuzz/network/line.h"
#include "fuzz/network/session.h"

namespace network {

struct Heard {
  bool connected = false;
  mqtt::Bytes received;
  bool ended = false;        // by the broker, within the patience
  bool dropped = false;      // we reset the connection ourselves
};

struct Played {
  std::vector<Heard> clients;
  Duration took{};           // from our last byte to the end of the last connection, or to the end of our patience
  Duration held_up{};        // the longest that the machine kept us from running meanwhile; whoever plays asks the heartbeat
};

// `patience`: for the broker to read what is sent, and from the last byte of ours to the end of every connection; what has not ended then is reset.
// `moment`: how long a pause is at most, and how long a FIN behind a PINGREQ waits for its answer: a broker may drop at the FIN what it has not served yet.
constexpr Duration short_moment = std::chrono::milliseconds(20);
asio::awaitable<Played> play(const Session& session, engine::Instance& instance, net::Clock& clock, Duration patience, Duration moment = short_moment);

}  // namespace network
