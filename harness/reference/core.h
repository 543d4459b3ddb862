#pragma once
// The broker's insides: state that outlives connections, the connections, and what every part of the broker is handed.
#include <utility>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/reference/options.h"
#include "harness/reference/subscriptions.h"

namespace reference {

enum class Phase : std::uint8_t {
  opened,           // waits for CONNECT
  authenticating,   // has sent AUTH, waits for the client's
  connected,
  refused,          // will be closed when the bytes at hand are looked through
  lingering,        // only a broken broker: should be closed, answers PINGREQ and nothing else
  closed,
};

struct Connection {
  Handle handle = 0;
  Phase phase = Phase::opened;
  mqtt::Version version = mqtt::Version::v3_1_1;
  mqtt::Framer framer;
  Session* session = nullptr;              // while connected
  Time opened{}, heard{};                  // heard: the last packet
  std::uint16_t keep_alive = 0;            // seconds; 0: off
  bool problem_information = true;
  bool anonymous = false;                  // came over a listener for clients without user name
  std::uint16_t receive_maximum = 65535;
  std::uint32_t maximum_packet_size = 0xffffffff;
  std::uint16_t alias_maximum = 0;         // the client's
  std::map<std::uint16_t, std::string> aliases;          // the client's
  std::map<std::string, std::uint16_t> own_aliases;      // the broker's
  std::string method;                      // Authentication Method of CONNECT
  std::string challenge;                   // that waits for its proof
  std::optional<mqtt::Connect> connect;    // while authenticating
  bool subscriptions_forgotten = false;    // only in a broken broker
  bool doomed = false;                     // likewise: to be closed when the bytes at hand are looked through
};

// A Will whose connection has ended and whose delay is not over.
struct PendingWill { mqtt::Will will; Time due; };

// What outlives connections.
struct State {
  explicit State(const Rules& rules) : subscriptions(rules) {}
  std::map<std::string, Session> sessions;               // by client identifier
  Subscriptions subscriptions;
  std::map<std::string, SharedMessage> retained;         // by topic
  std::map<std::string, PendingWill> wills;              // by client identifier
  std::map<std::string, SharedMessage> older_retained;   // replaced ones; only a broken broker keeps them
  std::map<std::string, mqtt::Will> stale_wills;         // likewise; only a broken broker keeps them
  std::map<std::string, SharedMessage> retained_ghosts;  // likewise: to come again after a restart
  std::map<std::string, Session> ghosts;                 // likewise
  std::map<std::string, std::size_t> turns;              // shared filter -> deliveries so far
  std::uint32_t assigned = 0;                            // client identifiers given out
  std::uint32_t challenges = 0;
  bool stalled = false;                                  // only in a broken broker: answers no CONNECT
  Handle unanswered = 0;                                 // likewise: whose CONNACK is thrown away
  std::map<std::uint16_t, std::string> everybodys_aliases;   // likewise
};

struct Core {
  Core(Options o, Rules r) : options(std::move(o)), rules(r), state(rules) {}
  Core(const Core&) = delete;              // the tree points at the rules
  const Options options;
  const Rules rules;
  State state;
  std::map<Handle, Connection> connections;
  Handle last_handle = 0;
  Time started{}, now{};
  Actions* out = nullptr;                  // while bytes or time are taken in

  bool keeps(Rule rule) const { return rules.keeps(rule); }
  Connection* connection(Handle handle) {
    auto found = connections.find(handle);
    return found == connections.end() ? nullptr : &found->second;
  }
  Connection* connection_of(const Session& session) { return session.connection ? connection(session.connection) : nullptr; }
};

inline bool v5(const Connection& connection) { return connection.version == mqtt::Version::v5_0; }

}  // namespace reference
