#include <fmt/format.h>

#include "harness/scenario/keys.h"
#include "harness/scenario/reading.h"

namespace scenario {
namespace {

// Calls visit(name, pointer) for every {"$save": name}.
template <typename Visit> void each_save(const Json& value, const std::string& pointer, const Visit& visit) {
  if (!value.is_structured()) return;
  for (auto& [key, member] : value.items()) {
    if (value.is_object() && key == "$save" && member.is_string()) visit(member.template get_ref<const std::string&>(), pointer + "/$save");
    else if (member.is_structured()) each_save(member, json::pointer_of(pointer, key), visit);
  }
}

std::string place_of_use(const Json& value, const std::string& pointer, const std::string& use) {
  if (value.is_string()) return value.get_ref<const std::string&>().find(use) == std::string::npos ? "" : pointer;
  if (!value.is_structured()) return "";
  for (auto& [key, member] : value.items()) {
    auto inner = json::pointer_of(pointer, key);
    if (value.is_object() && key.find(use) != key.npos) return inner;
    if (auto found = place_of_use(member, inner, use); !found.empty()) return found;
  }
  return "";
}

std::vector<std::string> known_names(const Reading& reading) {
  std::vector<std::string> names{"T", "username", "password"};
  names.insert(names.end(), reading.client_names.begin(), reading.client_names.end());
  for (auto& [name, value] : reading.row_variables) names.push_back(name);
  for (auto& [name, pointer] : reading.saved) names.push_back(name);
  return names;
}

bool saved_anywhere(const Reading& reading, const std::string& name) {
  bool found = false;
  each_save(reading.file.document.value["steps"], "", [&](auto& saved, const auto&) { found = found || saved == name; });
  return found;
}

std::string why_unknown(const Reading& reading, const std::string& name) {
  if (saved_anywhere(reading, name)) return fmt::format("'${{{0}}}' is used before a {{\"$save\": \"{0}\"}} in an earlier step", name);
  if (reading.row_variables.contains(name)) return fmt::format("a row's value cannot use the row's variable '${{{}}}'", name);
  for (auto& table : {"for", "by"})
    for (auto& row : reading.rows.empty() ? Json::array() : reading.file.document.value.value(table, Json::array()))
      if (row.contains(name)) return fmt::format("the row '{}' has no value for '${{{}}}'", reading.made.name, name);
  return fmt::format("unknown variable '${{{}}}'{}", name, did_you_mean(name, known_names(reading)));
}

// A placeholder of the kind that such a field holds.
Json sample(const std::string& pointer) {
  static constexpr std::string_view texts[] = {"topic", "payload", "client_id", "assigned_client_identifier", "response_information", "server_reference",
    "content_type", "response_topic", "correlation_data", "reason_string", "authentication_method", "authentication_data", "key", "value"};
  auto field = pointer.substr(0, pointer.rfind('/'));
  if (field.find("/user_property") != field.npos) return "saved";
  if (field.ends_with("/session_present") || field.ends_with("/retain") || field.ends_with("/dup")) return false;
  for (auto text : texts)
    if (field.ends_with("/" + std::string(text))) return "saved";
  return 1;
}

}  // namespace

void check_names(Reading& reading, const Json& step) {
  for (auto& name : names_in(step)) {
    if ((is_reserved(name) && name != counter) || reading.client_names.contains(name)) continue;
    if (reading.saved.contains(name)) {
      reading.used.insert(name);
      continue;
    }
    reading.complain(place_of_use(step, "", "${" + name), why_unknown(reading, name));
    reading.used.insert(name);
    reading.placeholders.emplace(name, 1);
  }
}

void note_saves(Reading& reading, const Json& step) {
  each_save(step, "", [&](const std::string& name, const std::string& pointer) {
    bool hides = is_reserved(name) || reading.client_names.contains(name) || reading.row_variables.contains(name);
    if (!is_variable_name(name)) reading.complain(pointer, fmt::format("'{}' cannot name a capture: a letter, then letters, digits and _", name));
    else if (hides) reading.complain(pointer, fmt::format("the capture '{}' would hide a variable of that name; choose another", name));
    if (hides) return;
    reading.saved.emplace(name, reading.absolute(pointer));
    reading.placeholders[name] = sample(pointer);
  });
}

void check_unused(Reading& reading) {
  reading.origin = nullptr;
  for (auto& [name, pointer] : reading.saved) {
    if (reading.used.contains(name)) continue;
    reading.step.clear();
    reading.complain(pointer, fmt::format("nobody uses the capture '{}'; write {{\"$any\": true}} for a field that only must be there", name));
  }
}

}  // namespace scenario
