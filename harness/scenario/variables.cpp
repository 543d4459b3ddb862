#include "harness/scenario/variables.h"

#include <algorithm>
#include <charconv>

namespace scenario {
namespace {

struct Use { std::size_t begin, end; std::string_view name; int more = 0; };   // [begin, end) is "${name}" or "${name+1}"

// "name+1" is the number one above the variable's; nothing else may stand behind the sign.
Use use_of(std::size_t begin, std::size_t end, std::string_view inside) {
  int more = 0;
  auto plus = inside.find('+');
  if (plus == inside.npos || plus == 0) return {begin, end, inside};
  auto [last, error] = std::from_chars(inside.data() + plus + 1, inside.data() + inside.size(), more);
  if (error != std::errc() || last != inside.data() + inside.size()) return {begin, end, inside};
  return {begin, end, inside.substr(0, plus), more};
}

Json value_of(const Use& use, const Json& variable) {
  return use.more > 0 && variable.is_number_integer() ? Json(variable.get<std::int64_t>() + use.more) : variable;
}

std::optional<Use> next_use(std::string_view text, std::size_t from) {
  while ((from = text.find("${", from)) != text.npos) {
    auto end = text.find_first_of("${}", from + 2);
    if (end == text.npos) return {};
    if (text[end] == '}' && end > from + 2) return use_of(from, end + 1, text.substr(from + 2, end - from - 2));
    from = end;
  }
  return {};
}

std::string as_text(const Json& value) { return value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : value.dump(); }

void collect(const Json& value, std::vector<std::string>& names) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    for (auto use = next_use(text, 0); use; use = next_use(text, use->end))
      if (std::find(names.begin(), names.end(), use->name) == names.end()) names.emplace_back(use->name);
  } else if (value.is_structured()) {
    for (auto& [key, member] : value.items()) {
      if (value.is_object() && key.find("${") != key.npos) collect(Json(key), names);
      collect(member, names);
    }
  }
}

}  // namespace

std::string substitute(const std::string& text, const Variables& variables) {
  auto use = next_use(text, 0);
  if (!use) return text;
  std::string result;
  std::size_t done = 0;
  for (; use; use = next_use(text, use->end)) {
    auto found = variables.find(use->name);
    if (found == variables.end()) continue;
    result.append(text, done, use->begin - done).append(as_text(value_of(*use, found->second)));
    done = use->end;
  }
  return result.append(text, done);
}

Json substitute(const Json& value, const Variables& variables) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    auto use = next_use(text, 0);
    if (!use) return value;
    if (use->begin == 0 && use->end == text.size()) {
      auto found = variables.find(use->name);
      return found == variables.end() ? value : value_of(*use, found->second);
    }
    return substitute(text, variables);
  }
  if (value.is_array()) {
    Json result = Json::array();
    for (auto& item : value) result.push_back(substitute(item, variables));
    return result;
  }
  if (value.is_object()) {
    Json result = Json::object();
    for (auto& [key, member] : value.items()) result.emplace(substitute(key, variables), substitute(member, variables));
    return result;
  }
  return value;
}

std::vector<std::string> names_in(const Json& value) {
  std::vector<std::string> names;
  collect(value, names);
  return names;
}

}  // namespace scenario
