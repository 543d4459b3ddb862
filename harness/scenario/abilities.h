#pragma once
// What a broker may be able to do and a scenario may need (scenarios/README.md, "Abilities").
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scenario {

struct Ability { std::string_view name, meaning; };   // "retained", "keeps retained messages"

std::span<const Ability> abilities();
const Ability* ability_named(std::string_view name);  // null: there is none
std::vector<std::string> ability_names();

}  // namespace scenario
