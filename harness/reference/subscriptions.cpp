#include "harness/reference/subscriptions.h"

#include <algorithm>


namespace reference {
namespace {

std::vector<std::string_view> levels_of(std::string_view text) {
  std::vector<std::string_view> all;
  for (auto slash = text.find('/'); slash != text.npos; slash = text.find('/')) {
    all.push_back(text.substr(0, slash));
    text.remove_prefix(slash + 1);
  }
  all.push_back(text);
  return all;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at)) text.replace(at, what.size(), by);
}

// The filter as the tree has it.
std::string planted(const std::string& filter, const Rules& rules) {
  bool greedy = filter.ends_with("/#") && !rules.keeps(Rule::hash_matches_only_below);
  return greedy ? "#" : canonical(filter, rules);
}

}  // namespace

std::string canonical(std::string_view text, const Rules& rules) {
  std::string out(text);
  if (!rules.keeps(Rule::topics_case))
    for (auto& each : out) each = each >= 'A' && each <= 'Z' ? char(each + 32) : each;
  if (!rules.keeps(Rule::topics_with_spaces)) out = out.substr(0, out.find(' '));
  if (!rules.keeps(Rule::leading_slash) && out.size() > 1 && out.front() == '/') out.erase(0, 1);
  if (!rules.keeps(Rule::trailing_slash) && out.size() > 1 && out.back() == '/') out.pop_back();
  if (!rules.keeps(Rule::empty_levels)) replace_all(out, "//", "/");
  if (!rules.keeps(Rule::not_normalised)) replace_all(out, "e\xCC\x81", "\xC3\xA9");
  return out;
}

std::uint32_t Subscriptions::child(std::uint32_t of, std::string_view level) const {
  auto found = nodes_[of].children.find(level);
  return found == nodes_[of].children.end() ? 0 : found->second;
}

std::uint32_t Subscriptions::make_child(std::uint32_t of, std::string_view level) {
  if (auto there = child(of, level)) return there;
  std::uint32_t made;
  if (free_.empty()) {
    made = std::uint32_t(nodes_.size());
    nodes_.emplace_back();
  } else {
    made = free_.back();
    free_.pop_back();
    nodes_[made] = {};
  }
  nodes_[made].parent = of;
  nodes_[made].level = level;
  nodes_[of].children.emplace(level, made);
  return made;
}

void Subscriptions::add(Session& session, const Subscription& subscription) {
  auto filter = planted(subscription.topic_filter, *rules_);
  std::uint32_t node = 0;
  for (auto level : levels_of(filter)) node = make_child(node, level);
  nodes_[node].matches.push_back({&session, &subscription});
}

void Subscriptions::remove(const Subscription& subscription) {
  auto filter = planted(subscription.topic_filter, *rules_);
  std::uint32_t node = 0;
  for (auto level : levels_of(filter))
    if (!(node = child(node, level))) return;
  std::erase_if(nodes_[node].matches, [&](auto& each) { return each.subscription == &subscription; });
  while (node && nodes_[node].matches.empty() && nodes_[node].children.empty()) {
    auto parent = nodes_[node].parent;
    nodes_[parent].children.erase(nodes_[node].level);
    free_.push_back(node);
    node = parent;
  }
}

std::vector<Match> Subscriptions::match(std::string_view topic) const {
  std::vector<Match> found;
  bool dollar = topic.starts_with('$');
  if (dollar && !rules_->keeps(Rule::dollar_matches_itself)) return found;
  auto text = canonical(topic, *rules_);
  auto levels = levels_of(text);
  auto collect = [&](std::uint32_t node) { found.insert(found.end(), nodes_[node].matches.begin(), nodes_[node].matches.end()); };

  struct At { std::uint32_t node; std::size_t level; };
  std::vector<At> todo{{0, 0}};
  while (!todo.empty()) {
    auto [node, at] = todo.back();
    todo.pop_back();
    auto hash = child(node, "#");
    if (at == levels.size()) {
      collect(node);
      if (hash && rules_->keeps(Rule::hash_matches_parent)) collect(hash);
      continue;
    }
    if (node && !rules_->keeps(Rule::levels_separate)) collect(node);
    bool wild = !(at == 0 && dollar && rules_->keeps(Rule::dollar_kept_from_wildcards));
    if (hash && wild && (levels.size() - at == 1 || rules_->keeps(Rule::hash_matches_deep))) collect(hash);
    auto plus = wild && rules_->keeps(Rule::plus_matches) ? child(node, "+") : 0;
    if (plus && (!levels[at].empty() || rules_->keeps(Rule::plus_matches_empty))) {
      if (!rules_->keeps(Rule::plus_matches_one))
        for (auto next = at + 2; next <= levels.size(); ++next) todo.push_back({plus, next});
      todo.push_back({plus, at + 1});
    }
    auto exact = levels[at] == "+" || levels[at] == "#" ? 0 : child(node, levels[at]);
    if (exact) todo.push_back({exact, at + 1});
  }
  return found;
}

bool filter_matches(std::string_view filter, std::string_view topic, const Rules& rules) {
  Subscriptions one(rules);
  Session session;
  Subscription subscription;
  subscription.topic_filter = filter;
  one.add(session, subscription);
  return !one.match(topic).empty();
}

}  // namespace reference
