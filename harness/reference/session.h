#pragma once
// What the broker remembers of a client between connections (3.1.1 and 5.0: section 4.1).
#include <deque>
#include <map>
#include <set>

#include "harness/reference/message.h"

namespace reference {

struct Subscription {
  std::string filter;            // as subscribed: "$share/g/a/#"
  std::string group;             // the ShareName
  std::string topic_filter;      // what is matched: "a/#"
  bool shared = false;
  std::uint8_t qos = 0;
  bool no_local = false, retain_as_published = false;
  int copies = 1;                // more: only in a broken broker
  std::uint32_t identifier = 0;  // 0: none
};

// A message on its way to one client.
struct Delivery {
  SharedMessage message;
  std::uint8_t qos = 0;
  bool retain = false;
  std::vector<std::uint32_t> identifiers;
  std::string filter;            // of the subscription it came by
  std::string share;             // the shared filter, where it came by one
  bool even_if_expired = false;  // only in a broken broker
};

// A QoS 1 or 2 message whose exchange has begun.
struct Outgoing {
  enum class Stage : std::uint8_t { published, released, over };   // over: only a broken broker keeps these
  std::uint16_t id = 0;
  Delivery delivery;
  Stage stage = Stage::published;
  bool counted = true;           // against the client's Receive Maximum
  bool waiting = false;          // after a reconnect: for room to be sent again
  bool resent = false;           // at least once
  std::optional<Time> again{};   // sent again then, though the client has not come back: in 3.1, and in a broken broker
};

inline constexpr std::uint32_t never_expires = 0xffffffff;

struct Session {
  std::string client_id;
  std::uint32_t expiry = 0;      // seconds after the connection's end; never_expires: never
  std::map<std::string, Subscription> subscriptions;
  std::deque<Delivery> queue;
  std::deque<Outgoing> open;     // in the order of their first sending
  std::map<std::uint16_t, std::optional<Time>> received;   // QoS 2 messages that wait for PUBREL, and when they expire
  std::uint16_t last_id = 0;

  Handle connection = 0;                   // 0: the client is away
  bool fresh = true;                       // has not been resumed yet
  std::optional<Time> ends;                // while away
  std::optional<mqtt::Will> will;          // while connected

  struct OnlyIfBroken {                    // what only a broken broker remembers
    std::set<std::uint16_t> seen;          // identifiers ever used by the client
    std::optional<Delivery> held;          // a message held back,
    Time held_until{};
    std::size_t deliveries = 0;
    bool lose_next = false, has_subscribed = false;
    std::map<std::uint16_t, Message> received;   // QoS 2 messages, to be delivered again at PUBREL
    std::optional<Delivery> last_qos0;
    std::map<std::uint16_t, std::string> aliases;        // of the connection before
    std::map<std::string, std::uint16_t> own_aliases;
    std::vector<Delivery> ghosts;          // to come again after a restart
    std::vector<Subscription> ended;       // likewise
  } odd;
};

}  // namespace reference
