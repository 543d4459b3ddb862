#include "harness/scenario/abilities.h"

namespace scenario {
namespace {

constexpr Ability ability_table[] = {
  {"auth", "checks accounts: the account given is admitted, a wrong password is refused"},
  {"anonymous", "has a listener named 'anonymous' that admits clients without credentials"},
  {"qos2", "grants QoS 2"},
  {"retained", "keeps retained messages"},
  {"wildcards", "admits wildcard subscriptions"},
  {"shared", "has shared subscriptions (5.0)"},
  {"subscription_identifiers", "has subscription identifiers (5.0)"},
  {"topic_alias", "accepts topic aliases from the client (5.0)"},
  {"sys", "publishes under $SYS/"},
  {"empty_client_id", "admits an empty client identifier with Clean Session in 3.1.1"},
  {"restart", "can be stopped and started by the harness"},
  {"persistence", "keeps sessions and retained messages over a restart"},
  {"acl", "refuses some topics to the account given"},
  {"enhanced_auth", "has an authentication method the harness knows (5.0)"},
};

}  // namespace

std::span<const Ability> abilities() { return ability_table; }

const Ability* ability_named(std::string_view name) {
  for (auto& row : ability_table)
    if (row.name == name) return &row;
  return nullptr;
}

std::vector<std::string> ability_names() {
  std::vector<std::string> names;
  for (auto& row : ability_table) names.emplace_back(row.name);
  return names;
}

}  // namespace scenario
