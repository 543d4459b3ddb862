#pragma once
// What every target is written with: one definition of `fuzz::target`, and the properties that must hold for any input.
#include <string_view>

#include "harness/mqtt/bytes.h"
#include "harness/mqtt/version.h"

namespace fuzz {

void target(mqtt::View input);                             // each target's own
void must(bool holds, std::string_view property);          // ends the program when it does not: a finding, as a crash is
inline std::string_view as_text(mqtt::View bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

#ifdef FUZZ_LEVEL   // a target about one version is compiled once for each
inline constexpr auto version = mqtt::Version(FUZZ_LEVEL);
#endif

}  // namespace fuzz
