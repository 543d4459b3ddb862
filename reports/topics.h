#pragma once
// What clients wrote, as a tree of topics with the history of each: every PUBLISH and Will. Of one case, or of a whole run.
#include <map>

#include "reports/packets.h"

namespace reports {

struct Case;

struct Written {
  record::Microseconds at{};
  int event = -1;                      // index into Result::trace
  std::string who, value, how;         // "A"; "'on'" or hex; "qos 1, retain, message_expiry_interval 1"
};
struct Message { std::string topic; Written written; };

// In the order of the trace. A Topic Alias counts as the topic it stood for on its connection (5.0, section 3.3.2.3.4).
std::vector<Message> messages(const std::vector<Moment>& moments);

struct Topic {
  struct Part { const Case* at; std::vector<Written> messages; };
  std::string level;                   // "a/b": levels that have one child and no history are told together
  std::vector<Part> history;           // a part for each case that wrote to it
  std::vector<Topic> below;            // in the order of the first message
};
std::vector<Topic> topics(const std::vector<std::pair<const Case*, std::vector<Message>>>& of);   // the roots

// All that is kept of a case for the tree of the whole run: below which topics, told by their first levels, it wrote how many messages.
class TopicIndex {
public:
  struct By { const Case* at; std::size_t messages; };
  struct LevelByLevel { bool operator()(std::string_view left, std::string_view right) const; };
  using Groups = std::map<std::string, std::vector<By>, LevelByLevel>;

  void add(const Case& at, const std::vector<Message>& messages);
  const Groups& groups() const { return groups_; }
private:
  Groups groups_;
};
std::string group_of(std::string_view topic);    // its first three levels: "mqttspec/f8bh3/003v", in a run the topics of one case

}  // namespace reports
