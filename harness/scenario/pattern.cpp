#include "harness/scenario/pattern.h"

#include "harness/mqtt/packet.h"
#include "harness/scenario/describe.h"
#include "harness/scenario/matchers.h"

namespace scenario {
namespace {

bool names_a_packet(const Json& value) { return value.is_object() && value.size() == 1 && mqtt::type_named(value.begin().key()); }

// The deepest difference, for patterns that are known not to hold.
std::optional<Mismatch> difference(const Json& pattern, const Json* actual, const std::string& pointer) {
  Variables captured;
  if (holds(pattern, actual, captured)) return {};
  if (!matcher_of(pattern) && pattern.is_object() && (!actual || actual->is_object())) {
    for (auto& [key, part] : pattern.items()) {
      auto found = actual ? actual->find(key) : Json::const_iterator();
      if (auto deeper = difference(part, actual && found != actual->end() ? &*found : nullptr, pointer + "/" + key)) return deeper;
    }
  }
  if (pattern.is_array() && actual && actual->is_array() && actual->size() == pattern.size()) {
    for (std::size_t i = 0; i < pattern.size(); ++i)
      if (auto deeper = difference(pattern[i], &(*actual)[i], pointer + "/" + std::to_string(i))) return deeper;
  }
  return Mismatch{pointer, phrase(pointer, pattern), actual ? phrase(pointer, *actual) : phrase_of_absent(pointer)};
}

}  // namespace

std::optional<Mismatch> mismatch(const Json& pattern, const Json& actual, Variables& variables) {
  Json whole = substitute(pattern, variables);
  if (whole.is_string() && mqtt::type_named(whole.get_ref<const std::string&>())) whole = Json{{whole.get<std::string>(), Json::object()}};
  if (names_a_packet(whole) && names_a_packet(actual) && whole.begin().key() != actual.begin().key()) return Mismatch{"", describe(whole), summary(actual)};
  Variables captured;
  if (!holds(whole, &actual, captured)) return difference(whole, &actual, "");
  for (auto& [name, value] : captured) variables[name] = value;
  return {};
}

}  // namespace scenario
