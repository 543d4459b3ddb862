#include <ostream>

#include "reports/assets.h"
#include "reports/html.h"
#include "reports/page.h"
#include "reports/text.h"

namespace reports::html {
namespace {

constexpr std::size_t most_history = 20, most_cases = 20;   // messages that a case wrote to a topic; cases that wrote below one topic

json link(const Case* at) { return at ? json{{"anchor", at->anchor}, {"name", at->name}} : json(nullptr); }

json node(std::string_view level, std::string_view small, bool folded, bool parent) {
  return {{"open", true}, {"level", level.empty() ? "(empty level)" : one_line(level)}, {"value", ""}, {"small", small}, {"folded", folded}, {"parent", parent}, {"at", nullptr}, {"parts", json::array()}};
}
json end(bool folded, bool parent) { return {{"open", false}, {"folded", folded}, {"parent", parent}}; }

json part(const Topic::Part& of, const Case* named) {
  json lines = json::array();
  for (const auto& one : of.messages) {
    if (lines.size() == most_history) break;
    lines.push_back({{"when", milliseconds(one.at) + " " + one.who}, {"what", one_line(one.value) + " " + one.how}, {"id", full(*of.at) ? event_id(*of.at, one.event) : ""}});
  }
  const auto more = of.messages.size() - lines.size();
  return {{"named", link(named)}, {"lines", lines}, {"more", more ? count(more, "further message") : ""}};
}

// The case that wrote all of it, or null.
const Case* only_case(const Topic& topic, const Case* so_far = nullptr) {
  for (const auto& one : topic.history) {
    if (so_far && so_far != one.at) return nullptr;
    so_far = one.at;
  }
  for (const auto& each : topic.below)
    if (!(so_far = only_case(each, so_far))) return nullptr;
  return so_far;
}

std::size_t messages_in(const Topic& topic) {
  std::size_t all = 0;
  for (const auto& one : topic.history) all += one.messages.size();
  for (const auto& each : topic.below) all += messages_in(each);
  return all;
}

// A tree as a list of tags to open and to close: templates do not call themselves. A case is named where all below is its own.
void flatten(const Topic& topic, bool named, json& nodes) {
  const auto written = messages_in(topic);
  const bool parent = !topic.below.empty(), folded = parent || written > 1;
  const Case* only = named ? nullptr : only_case(topic);
  json out = node(topic.level, folded ? count(written, "message") : "", folded, parent);
  if (folded && !topic.history.empty()) out["value"] = one_line(topic.history.back().messages.back().value);
  out["at"] = link(only);
  for (const auto& one : topic.history) out["parts"].push_back(part(one, named || only ? nullptr : one.at));
  nodes.push_back(std::move(out));
  for (const auto& each : topic.below) flatten(each, named || only, nodes);
  nodes.push_back(end(folded, parent));
}

// Walks the groups of the index; what stands in a group is read again from the record, one group at a time.
class Tree {
public:
  using At = TopicIndex::Groups::const_iterator;
  Tree(const View& view, std::ostream& out) : view_(view), out_(out) {}

  // Groups that have the same levels before the `from`-th character.
  void levels(At first, At last, std::size_t from) const {
    while (first != last) {
      auto next = std::next(first);
      if (!ends(first, from))
        while (next != last && same(first, next, from)) ++next;
      if (std::next(first) == next) group(*first, from);
      else branch(first, next, from);
      first = next;
    }
  }

private:
  static std::string_view level(At at, std::size_t from) { return std::string_view{at->first}.substr(from, at->first.find('/', from) - from); }
  static bool ends(At at, std::size_t from) { return at->first.find('/', from) == at->first.npos; }
  static bool same(At left, At right, std::size_t from) { return !ends(left, from) && !ends(right, from) && level(left, from) == level(right, from); }

  void branch(At first, At last, std::size_t from) const {
    std::size_t to = from, messages = 0;
    while (same(first, std::prev(last), to)) to += level(first, to).size() + 1;   // levels that all have are told together
    for (auto at = first; at != last; ++at)
      for (const auto& by : at->second) messages += by.messages;
    put({node(std::string_view{first->first}.substr(from, to - 1 - from), count(messages, "message"), true, true)});
    levels(first, last, to);
    put({end(true, true)});
  }

  void group(const TopicIndex::Groups::value_type& of, std::size_t from) const {
    std::vector<std::pair<const Case*, std::vector<Message>>> all;
    for (const auto& by : of.second) {
      if (all.size() == most_cases) break;
      const record::Result result = view_.whole(*by.at);
      all.emplace_back(by.at, messages(moments(result)));
      std::erase_if(all.back().second, [&](const Message& one) { return group_of(one.topic) != of.first; });
      for (auto& one : all.back().second) one.topic.erase(0, from);
    }
    json nodes = json::array();
    for (const auto& topic : topics(all)) flatten(topic, false, nodes);
    if (all.size() < of.second.size()) nodes.push_back(node("and " + count(of.second.size() - all.size(), "further case") + " wrote here", "", false, false)), nodes.push_back(end(false, false));
    put(std::move(nodes));
  }

  void put(json nodes) const { page_.write({{"nodes", std::move(nodes)}}, out_); }

  const View& view_;
  std::ostream& out_;
  const Page page_{asset("topics.mustache")};
};

}  // namespace

void topics(const View& view, const TopicIndex& index, std::ostream& out) { Tree{view, out}.levels(index.groups().begin(), index.groups().end(), 0); }

}  // namespace reports::html
