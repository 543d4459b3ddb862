#pragma once
// The rules of the reference broker, each a row of the table in rules/ and one place in the code, and the switch that breaks it.
#include <bitset>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/mqtt/version.h"

namespace reference {

enum class Rule : std::uint16_t {
#define RULE(name, v3_1, v3_1_1, v5_0, broken) name,
#include "harness/reference/rules/all.inc"
#undef RULE
  count
};

struct Row {
  Rule rule;
  std::string_view name;                 // "second_connect_closes"
  std::string_view v3_1, v3_1_1, v5_0;   // the statements it serves, as the catalogue has them, without version, blanks between
  std::string_view broken;               // what the broker does when the rule is broken, one plain sentence

  bool serves(std::string_view statement) const;        // "5.0:MQTT-3.1.0-2"
  std::vector<std::string> statements() const;          // with their version
  std::vector<std::string> statements(mqtt::Version version) const;
};

std::span<const Row> rows();                            // in the order of the enum
const Row& row(Rule rule);
std::optional<Rule> rule_named(std::string_view name);
std::vector<Rule> rules_for(std::string_view statement);

// Which rules are broken; none at first.
struct Rules {
  std::bitset<std::size_t(Rule::count)> broken;
  Rules() = default;
  explicit Rules(std::initializer_list<Rule> all) {
    for (auto rule : all) break_rule(rule);
  }
  bool keeps(Rule rule) const { return !broken[std::size_t(rule)]; }
  void break_rule(Rule rule) { broken.set(std::size_t(rule)); }
};

}  // namespace reference
