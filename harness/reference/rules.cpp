#include "harness/reference/rules.h"

#include <algorithm>

namespace reference {
namespace {

constexpr Row table[] = {
#define RULE(name, v3_1, v3_1_1, v5_0, broken) {Rule::name, #name, v3_1, v3_1_1, v5_0, broken},
#include "harness/reference/rules/all.inc"
#undef RULE
};

// Takes the first word off.
std::string_view next_word(std::string_view& text) {
  auto blank = text.find(' ');
  auto word = text.substr(0, blank);
  text.remove_prefix(blank == text.npos ? text.size() : blank + 1);
  return word;
}

std::string_view ids(const Row& row, mqtt::Version version) {
  return version == mqtt::Version::v3_1 ? row.v3_1 : version == mqtt::Version::v3_1_1 ? row.v3_1_1 : row.v5_0;
}

}  // namespace

std::vector<std::string> Row::statements(mqtt::Version version) const {
  std::vector<std::string> all;
  for (auto rest = ids(*this, version); !rest.empty();) all.push_back(std::string(mqtt::name(version)) + ":" + std::string(next_word(rest)));
  return all;
}

std::vector<std::string> Row::statements() const {
  std::vector<std::string> all;
  for (auto version : mqtt::all_versions)
    for (auto& id : statements(version)) all.push_back(id);
  return all;
}

bool Row::serves(std::string_view statement) const {
  auto colon = statement.find(':');
  auto version = mqtt::version_named(statement.substr(0, colon));
  if (colon == statement.npos || !version) return false;
  for (auto rest = ids(*this, *version); !rest.empty();)
    if (next_word(rest) == statement.substr(colon + 1)) return true;
  return false;
}

std::span<const Row> rows() { return table; }

const Row& row(Rule rule) { return table[std::size_t(rule)]; }

std::optional<Rule> rule_named(std::string_view name) {
  auto found = std::find_if(std::begin(table), std::end(table), [&](auto& each) { return each.name == name; });
  if (found == std::end(table)) return {};
  return found->rule;
}

std::vector<Rule> rules_for(std::string_view statement) {
  std::vector<Rule> all;
  for (auto& each : table)
    if (each.serves(statement)) all.push_back(each.rule);
  return all;
}

}  // namespace reference
