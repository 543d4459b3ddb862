#pragma once
// What a case wrote, as a tree of topics with the history of each: every PUBLISH and Will of its clients.
#include "reports/packets.h"

namespace reports {

struct Written {
  record::Microseconds at{};
  int event = -1;                      // index into Result::trace
  std::string who, value, how;         // "A"; "'on'" or hex; "qos 1, retain, message_expiry_interval 1"
};

struct Topic {
  std::string level;                   // "mqttspec/f8bh3/003v": levels that have one child and no history are told together
  std::vector<Written> history;
  std::vector<Topic> below;            // in the order of the first message
};

// The roots: topics by their first level. A Topic Alias counts as the topic it stood for on its connection (5.0, section 3.3.2.3.4).
std::vector<Topic> topics(const std::vector<Moment>& moments);

}  // namespace reports
