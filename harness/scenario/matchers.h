#pragma once
// The matchers of scenarios/README.md in one table, which matching, the loader's checks, the words of reports and the schema share.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/scenario/variables.h"

namespace scenario {

// What stands behind a matcher's name.
enum class Argument : std::uint8_t { yes, number, range, length, regex, pattern, patterns, raw, name };

struct Matcher {
  std::string_view name;                        // "$min"
  Argument argument;
  // Does the value match? No value (null pointer): the field is not there. Captures are added to `captured`, also by what does not match.
  bool (*holds)(const Json& argument, const Json* actual, Variables& captured);
  std::string_view words;                       // for reports; {}: the argument, {0} {1}: its items, {or} {and}: its items joined
  std::string_view words_with_field;            // the same where the name of a field is woven in ({field}); empty: "field words"
  std::string_view meaning;
};

inline constexpr std::size_t longest_for_regex = 4096;   // bytes; the library's matcher goes one call deeper for each

std::span<const Matcher> matchers();
const Matcher* matcher_named(std::string_view name);
std::vector<std::string> matcher_names();

// The matcher that an object with one known $ key is; null: a plain pattern.
const Matcher* matcher_of(const Json& pattern);

// Bytes of a text or of {"$raw": ...}; none: neither, or the notation is wrong.
std::optional<std::string> bytes_in(const Json& value);

std::string_view in_words(Argument argument);                      // "a number": what must stand behind the name
std::optional<std::string> wrong_regex(const std::string& text);   // what the regular expression library says; none: it is right

// Pattern against value, to any depth. No value: the field is not there; an object of patterns is then held against fields that are not there.
bool holds(const Json& pattern, const Json* actual, Variables& captured);

}  // namespace scenario
