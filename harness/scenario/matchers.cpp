#include "harness/scenario/matchers.h"

#include <algorithm>
#include <functional>
#include <regex>

#include "harness/mqtt/raw.h"

namespace scenario {
namespace {

bool any(const Json&, const Json* actual, Variables&) { return actual; }
bool absent(const Json&, const Json* actual, Variables&) { return !actual; }
bool minimum(const Json& least, const Json* actual, Variables&) { return actual && actual->is_number() && *actual >= least; }
bool maximum(const Json& most, const Json* actual, Variables&) { return actual && actual->is_number() && *actual <= most; }

bool between(const Json& borders, const Json* actual, Variables& captured) {
  return minimum(borders.at(0), actual, captured) && maximum(borders.at(1), actual, captured);
}

bool length(const Json& pattern, const Json* actual, Variables& captured) {
  if (!actual) return false;
  auto bytes = bytes_in(*actual);
  if (!bytes && !actual->is_array()) return false;
  Json size = bytes ? bytes->size() : actual->size();
  return holds(pattern, &size, captured);
}

bool matches(const Json& expression, const Json* actual, Variables&) {
  auto bytes = actual ? bytes_in(*actual) : std::nullopt;
  return bytes && bytes->size() <= longest_for_regex && std::regex_search(*bytes, std::regex(expression.get<std::string>()));
}

bool any_one(const Json& patterns, const Json* actual, Variables& captured) {
  for (auto& pattern : patterns) {
    Variables here = captured;
    if (!holds(pattern, actual, here)) continue;
    captured = std::move(here);
    return true;
  }
  return false;
}

bool differs(const Json& pattern, const Json* actual, Variables& captured) {
  Variables here = captured;
  return actual && !holds(pattern, actual, here);
}

// Each pattern takes an item of its own; one that is taken is asked to move (augmenting paths), so that no order of patterns misses a solution.
bool unordered(const Json& patterns, const Json* actual, Variables& captured) {
  if (!actual || !actual->is_array() || actual->size() != patterns.size()) return false;
  std::vector<int> taken_by(actual->size(), -1);
  std::vector<bool> asked;
  std::function<bool(int)> place = [&](int pattern) {
    for (std::size_t item = 0; item < taken_by.size(); ++item) {
      Variables here;
      if (asked[item] || !holds(patterns[std::size_t(pattern)], &(*actual)[item], here)) continue;
      asked[item] = true;
      if (taken_by[item] >= 0 && !place(taken_by[item])) continue;
      taken_by[item] = pattern;
      return true;
    }
    return false;
  };
  for (int pattern = 0; pattern < int(patterns.size()); ++pattern) {
    asked.assign(taken_by.size(), false);
    if (!place(pattern)) return false;
  }
  for (std::size_t item = 0; item < taken_by.size(); ++item) holds(patterns[std::size_t(taken_by[item])], &(*actual)[item], captured);
  return true;
}

bool raw(const Json& notation, const Json* actual, Variables&) {
  return actual && bytes_in(*actual) == bytes_in(Json{{"$raw", notation}});
}

bool save(const Json& name, const Json* actual, Variables& captured) {
  if (actual) captured[name.get<std::string>()] = *actual;
  return actual;
}

constexpr Matcher matcher_table[] = {
  {"$any", Argument::yes, any, "any value", "any {field}", "a field that is there, whatever its value"},
  {"$absent", Argument::yes, absent, "none", "no {field}", "a field that is not there"},
  {"$min", Argument::number, minimum, "at least {}", "", "this number or more"},
  {"$max", Argument::number, maximum, "at most {}", "", "this number or less"},
  {"$between", Argument::range, between, "from {0} to {1}", "", "a number between these two, borders included"},
  {"$length", Argument::length, length, "of length {}", "", "a text, bytes or list of this length (texts and bytes count bytes)"},
  {"$matches", Argument::regex, matches, "that matches {}", "", "a text (at most 4,096 bytes) in which this ECMAScript regular expression is found"},
  {"$one_of", Argument::patterns, any_one, "{or}", "", "one of these"},
  {"$not", Argument::pattern, differs, "not {}", "", "anything that is there, but this"},
  {"$unordered", Argument::patterns, unordered, "{and} in any order", "", "a list with these items in any order"},
  {"$raw", Argument::raw, raw, "bytes {}", "", "exactly these bytes, in the raw notation"},
  {"$save", Argument::name, save, "any value, kept as {}", "any {field}, kept as {}", "a field that is there; its value becomes a variable"},
};

}  // namespace

std::span<const Matcher> matchers() { return matcher_table; }

const Matcher* matcher_named(std::string_view name) {
  for (auto& row : matcher_table)
    if (row.name == name) return &row;
  return nullptr;
}

std::vector<std::string> matcher_names() {
  std::vector<std::string> names;
  for (auto& row : matcher_table) names.emplace_back(row.name);
  return names;
}

const Matcher* matcher_of(const Json& pattern) {
  return pattern.is_object() && pattern.size() == 1 ? matcher_named(pattern.begin().key()) : nullptr;
}

std::optional<std::string> bytes_in(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object() || value.size() != 1 || value.begin().key() != "$raw" || !value.begin()->is_string()) return {};
  auto parsed = mqtt::parse_raw(value.begin()->get_ref<const std::string&>());
  if (parsed.error) return {};
  return mqtt::text_of(parsed.bytes);
}

std::string_view in_words(Argument argument) {
  switch (argument) {
    case Argument::yes: return "true";
    case Argument::number: return "a number";
    case Argument::range: return "a list of two numbers, the smaller one first";
    case Argument::length: return "a length, or a matcher for it";
    case Argument::regex: return "an ECMAScript regular expression";
    case Argument::pattern: return "a value or a matcher";
    case Argument::patterns: return "a list of values and matchers";
    case Argument::raw: return "a text in the raw notation";
    case Argument::name: return "a name: a letter, then letters, digits and _";
  }
  return "";
}

std::optional<std::string> wrong_regex(const std::string& text) {
  try {
    std::regex tried(text);
    return {};
  } catch (const std::regex_error& error) {
    return error.what();
  }
}

bool holds(const Json& pattern, const Json* actual, Variables& captured) {
  if (auto matcher = matcher_of(pattern)) return matcher->holds(pattern.begin().value(), actual, captured);
  if (pattern.is_object()) {
    if (actual && !actual->is_object()) return false;
    for (auto& [key, part] : pattern.items()) {
      auto found = actual ? actual->find(key) : Json::const_iterator();
      if (!holds(part, actual && found != actual->end() ? &*found : nullptr, captured)) return false;
    }
    return true;
  }
  if (!actual) return false;
  if (pattern.is_array()) {
    if (!actual->is_array() || actual->size() != pattern.size()) return false;
    for (std::size_t i = 0; i < pattern.size(); ++i)
      if (!holds(pattern[i], &(*actual)[i], captured)) return false;
    return true;
  }
  if (pattern.is_string()) return bytes_in(*actual) == pattern.get_ref<const std::string&>();
  return pattern == *actual;
}

}  // namespace scenario
