#include "harness/scenario/model.h"

#include <fmt/format.h>

#include <algorithm>

namespace scenario {

std::string to_string(const Place& place) { return fmt::format("{}:{}:{}", place.file, place.line, place.column); }

bool names_answer(const Action& action, const std::string& answer) {
  if (auto* stream = std::get_if<Stream>(&action)) return stream->as == answer;
  auto* expect = std::get_if<Expect>(&action);
  return expect && std::any_of(expect->any_of.begin(), expect->any_of.end(), [&](auto& each) { return each.as == answer; });
}

std::string full_name(const Case& one) {
  auto row = one.name.empty() ? std::string() : fmt::format(" ({})", one.name);
  return fmt::format("{}{} [{}]", one.scenario, row, mqtt::name(one.version));
}

}  // namespace scenario
