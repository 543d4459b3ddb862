#include "harness/scenario/model.h"

#include <fmt/format.h>

namespace scenario {

std::string to_string(const Place& place) { return fmt::format("{}:{}:{}", place.file, place.line, place.column); }

std::string full_name(const Case& one) {
  auto row = one.name.empty() ? std::string() : fmt::format(" ({})", one.name);
  return fmt::format("{}{} [{}]", one.scenario, row, mqtt::name(one.version));
}

}  // namespace scenario
