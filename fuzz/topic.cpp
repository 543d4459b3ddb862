// A topic filter, a line break, a topic name: what matches is what a slow, obvious matcher says.
#include "harness/mqtt/topic.h"

#include <string>
#include <vector>

#include "fuzz/target.h"

namespace {

std::vector<std::string> levels(std::string_view text) {
  std::vector<std::string> all(1);
  for (char c : text) {
    if (c == '/') all.emplace_back();
    else all.back() += c;
  }
  return all;
}

using Levels = std::vector<std::string>;

bool obviously_matches(const Levels& filter, const Levels& topic, std::size_t f, std::size_t t) {
  if (f == filter.size()) return t == topic.size();
  if (filter[f] == "#") return true;                                      // all levels that follow, and the parent
  if (t == topic.size()) return false;
  if (t == 0 && topic[0].starts_with('$') && filter[0] == "+") return false;
  return (filter[f] == "+" || filter[f] == topic[t]) && obviously_matches(filter, topic, f + 1, t + 1);
}

bool obviously_a_filter(const Levels& filter) {
  for (std::size_t i = 0; i < filter.size(); ++i) {
    bool wild = filter[i].find_first_of("+#") != std::string::npos;
    if (wild && filter[i].size() > 1) return false;
    if (filter[i] == "#" && i + 1 < filter.size()) return false;
  }
  return true;
}

}  // namespace

void fuzz::target(mqtt::View input) {
  auto text = as_text(input);
  auto border = std::min(text.find('\n'), text.size());
  auto filter = text.substr(0, border), topic = text.substr(std::min(border + 1, text.size()));
  bool levels_hold = obviously_a_filter(levels(filter));
  must((mqtt::misplaced_wildcard(filter) == 0) == levels_hold, "a wildcard is a level of its own, and # the last one");
  must(!mqtt::valid_topic_filter(filter) || levels_hold, "a valid filter has its wildcards in place");
  must(!mqtt::valid_topic_name(topic) || (topic.find_first_of(std::string_view("+#\0", 3)) == topic.npos && !topic.empty()), "a valid name has no wildcard");
  if (auto shared = mqtt::shared_filter(filter))
    must("$share/" + std::string(shared->group) + "/" + std::string(shared->filter) == filter, "a shared filter is its group and its filter");
  if (!mqtt::valid_topic_filter(filter) || !mqtt::valid_topic_name(topic)) return;
  bool dollar = topic.starts_with('$') && filter.starts_with('#');
  must(mqtt::matches(filter, topic) == (!dollar && obviously_matches(levels(filter), levels(topic), 0, 0)), "matching is what the obvious matcher says");
}
