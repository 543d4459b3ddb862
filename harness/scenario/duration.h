#pragma once
// Stretches of time as a scenario writes them and a report says them.
#include <optional>
#include <string>
#include <string_view>

#include "harness/scenario/model.h"

namespace scenario {

inline constexpr std::string_view duration_pattern = "^[0-9]+(\\.[0-9]+)?(ms|s)$";   // for the schema

std::optional<Milliseconds> duration_of(std::string_view text);   // "500ms", "2s", "1.5s"; none: not a duration, or finer than 1 ms
std::string to_words(Milliseconds time);                          // "500 ms", "2 s", "1.5 s"

}  // namespace scenario
