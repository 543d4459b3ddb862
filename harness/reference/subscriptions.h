#pragma once
// All subscriptions as a tree of topic levels (section 4.7), shared ones under the filter behind their ShareName.
#include <map>

#include "harness/reference/session.h"

namespace reference {

struct Match {
  Session* session;
  const Subscription* subscription;
};

class Subscriptions {
public:
  explicit Subscriptions(const Rules& rules) : rules_(&rules), nodes_(1) {}   // the rules outlive the tree
  void add(Session& session, const Subscription& subscription);               // both outlive their place in the tree
  void remove(const Subscription& subscription);
  std::vector<Match> match(std::string_view topic) const;                     // in the order of the tree
  std::size_t nodes() const { return nodes_.size() - free_.size(); }
private:
  struct Node {
    std::uint32_t parent = 0;
    std::string level;
    std::map<std::string, std::uint32_t, std::less<>> children;
    std::vector<Match> matches;
  };
  const Rules* rules_;
  std::vector<Node> nodes_;          // [0] is the root
  std::vector<std::uint32_t> free_;
  std::uint32_t child(std::uint32_t of, std::string_view level) const;        // 0: none
  std::uint32_t make_child(std::uint32_t of, std::string_view level);
};

// The text that is matched: filter or topic itself.
std::string canonical(std::string_view text, const Rules& rules);
// One filter, one topic.
bool filter_matches(std::string_view filter, std::string_view topic, const Rules& rules);

}  // namespace reference
