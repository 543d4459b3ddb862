#pragma once
// What a broker may be able to do and a scenario may need (scenarios/README.md, "Abilities").
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scenario {

struct Ability {
  std::string_view name, meaning;   // "retained", "keeps retained messages"
  bool claimed = false;             // no exchange shows it: a broker's profile must say that it is there
};

std::span<const Ability> abilities();
const Ability* ability_named(std::string_view name);  // null: there is none
std::vector<std::string> ability_names();

// How a broker of its own may be configured for a scenario (scenarios/README.md, "Setups").
std::span<const Ability> setups();
const Ability* setup_named(std::string_view name);
std::vector<std::string> setup_names();

}  // namespace scenario
