#include "harness/scenario/reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/keys.h"

namespace scenario {

mqtt::Version Reading::version_of(const std::string& client) const {
  auto found = clients.find(client);
  return found == clients.end() ? made.version : found->second.version;
}

std::string Reading::absolute(const std::string& pointer) const {
  if (!origin) return step + pointer;
  for (auto& [part, source] : *origin)
    if (pointer.starts_with(part) && (pointer.size() == part.size() || pointer[part.size()] == '/')) return step + source + pointer.substr(part.size());
  return step + pointer;
}

// A value that stands for another one: {"$version": ...} for its member, "${name}" for the row's value.
void Reading::follow(Found& found) const {
  for (;;) {
    if (found.value->is_object() && found.value->size() == 1 && found.value->begin().key() == by_version) {
      auto& choices = *found.value->begin();
      std::string name(mqtt::name(made.version));
      if (!choices.is_object() || !choices.contains(name)) return;
      found = {fmt::format("{}/{}/{}", found.pointer, by_version, name), &choices[name], true};
    } else if (is_one_variable(*found.value)) {
      auto text = found.value->get<std::string>();
      auto name = text.substr(2, text.size() - 3);
      auto row = std::find_if(rows.begin(), rows.end(), [&](auto& each) { return each.value->contains(name) && row_variables.contains(name); });
      if (row == rows.end() || found.pointer.starts_with(row->pointer)) return;
      found = {json::pointer_of(row->pointer, name), &(*row->value)[name], true};
    } else {
      return;
    }
  }
}

Reading::Found Reading::locate(const std::string& pointer, bool key) const {
  Found found{"", &file.document.value, true};
  for (std::size_t from = 1; from <= pointer.size();) {
    auto slash = std::min(pointer.find('/', from), pointer.size());
    auto token = pointer.substr(from, slash - from);
    from = slash + 1;
    auto next = Json::json_pointer("/" + token);
    auto leads_on = [&] { return found.value->is_structured() && found.value->contains(next); };
    if (!leads_on()) follow(found);
    if (!leads_on()) {
      found.whole = false;
      return found;
    }
    found = {found.pointer + "/" + token, &(*found.value)[next], true};
  }
  if (!key) follow(found);
  return found;
}

// The place is the same for all rows, but what stands there differs.
std::string Reading::row_note(const Found& found) const {
  if (rows.empty() || !found.value->is_string() || is_one_variable(*found.value)) return "";
  for (auto& name : names_in(*found.value))
    if (row_variables.contains(name)) return fmt::format(" (row '{}')", made.name);
  return "";
}

void Reading::complain_at(const std::string& pointer, const std::string& text, bool key) const {
  ++said;
  auto found = locate(pointer, key);
  auto whole = text + row_note(found);
  if (key && found.whole) file.complaints.at_key(found.pointer, whole);
  else file.complaints.at_value(found.pointer, whole);
}

void Reading::complain_inside(const std::string& pointer, std::size_t offset, const std::string& text) const {
  ++said;
  auto found = locate(absolute(pointer), false);
  auto place = file.document.value_at(found.pointer);
  auto line = file.document.line(place.line);
  if (found.value->is_string()) {
    auto written = "\"" + found.value->get<std::string>() + "\"";   // without escapes, characters of the text are characters of the line
    bool plain = std::size_t(place.column) <= line.size() + 1 && line.substr(std::size_t(place.column) - 1).starts_with(written);
    if (plain && row_note(found).empty()) place.column += int(offset) + 1;
  }
  file.complaints.at(place, text + row_note(found));
}

}  // namespace scenario
