#include "harness/scenario/smallest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "harness/json/document.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/tables.h"
#include "harness/scenario/variables.h"
#include "harness/scenario/words.h"

namespace scenario {
namespace {

using Names = std::set<std::string>;

Json table_of(const Json& file, const std::string& key) {
  const auto rows = file.value(key, Json::array());
  const auto* named = rows.is_string() ? table_named(rows.get<std::string>()) : nullptr;
  return named ? rows_of(*named) : rows;
}

// The rows that a case was made of: of `for`, and of `by`.
std::vector<Json> rows_of(const Json& file, const std::string& name) {
  if (!file.contains("for")) return {};
  for (auto& row : table_of(file, "for")) {
    const auto first = row["name"].get<std::string>();
    if (!file.contains("by") && first == name) return {row};
    for (auto& second : table_of(file, "by"))
      if (first + ", " + second["name"].get<std::string>() == name) return {row, second};
  }
  throw std::runtime_error(fmt::format("there is no row '{}' any more", name));
}

Variables variables_of(const Json& row) {
  Variables made;
  for (auto& [name, value] : row.items())
    if (!key_named(row_keys(), name)) made[name] = value;
  return made;
}

// How many of the author's steps there are up to the one at this place.
std::size_t steps_to(const json::Document& file, const Place& last) {
  std::size_t count = 0;
  for (; count < file.value["steps"].size(); ++count) {
    const auto at = file.value_at(fmt::format("/steps/{}", count));
    if (std::pair(at.line, at.column) > std::pair(last.line, last.column)) break;
  }
  return count > 0 ? count : file.value["steps"].size();   // a row brought the step: it is not known which
}

const Word* word_of(const Json& step) {
  for (auto& word : words())
    if (step.contains(std::string(word.name))) return &word;
  return nullptr;
}

Names clients_of(const Json& step, const Case& one) {
  Names all;
  const auto add = [&](const Json& value) {
    for (auto& each : value.is_array() ? value : Json::array({value}))
      if (each.is_string()) all.insert(each.get<std::string>());
  };
  if (auto word = word_of(step)) {
    add(step[std::string(word->name)]);
    for (auto& key : word->keys)
      if (const std::string name(key.name); key.shape == Shape::client && step.contains(name)) add(step[name]);
  }
  for (auto& inner : step.value("steps", Json::array())) all.merge(clients_of(inner, one));
  for (auto& name : names_in(step)) all.insert(name);
  std::erase_if(all, [&](auto& name) { return std::find(one.clients.begin(), one.clients.end(), name) == one.clients.end(); });
  return all;
}

// Who only opens a connection and says nothing of its own cannot be told from absent, unless the broker counts its clients.
void leave_out_idle_clients(Json& steps, const Case& one) {
  if (one.alone || !one.setup.empty()) return;
  Names busy;
  for (auto& step : steps) {
    const bool idle = step.size() == 1 && (step.contains("connect") || step.contains("open") || step.contains("ping"));
    if (!idle || &step == &steps.back()) busy.merge(clients_of(step, one));
  }
  Json kept = Json::array();
  for (auto& step : steps) {
    auto clients = clients_of(step, one);
    if (clients.empty() || std::any_of(clients.begin(), clients.end(), [&](auto& name) { return busy.contains(name); })) kept.push_back(step);
  }
  steps = std::move(kept);
}

bool silences(const Json& step) { return step.value("by", Json()) == "keep_alive" || step.value("after", Json()) == "keep_alive"; }

// A client that a step left out would have cut by its Keep Alive asks for a short one all the same.
void keep_short_keep_alive(Json& steps, const Json& all, const Case& one) {
  Names silenced;
  for (auto& step : all) {
    if (silences(step)) silenced.merge(clients_of(step, one));
    for (auto& inner : step.value("steps", Json::array()))
      if (silences(inner)) silenced.merge(clients_of(inner, one));
  }
  const auto still = std::any_of(steps.begin(), steps.end(), silences);
  for (auto& step : steps)
    if (!still && step.contains("connect") && step["connect"].is_string() && silenced.contains(step["connect"].get<std::string>()) && !step.contains("keep_alive"))
      step["keep_alive"] = short_keep_alive;
}

void only_checks_of(Json& steps, mqtt::Version version) {
  const auto mine = std::string(mqtt::name(version)) + ":";
  for (auto& step : steps) {
    if (step.contains("steps")) only_checks_of(step["steps"], version);
    if (!step.contains("checks")) continue;
    auto checks = Json::array();
    for (auto& each : step["checks"])
      if (each.get_ref<const std::string&>().starts_with(mine)) checks.push_back(each);
    if (checks.empty()) step.erase("checks");
    else step["checks"] = std::move(checks);
  }
}

bool asks(const Json& step, mqtt::Version version) {
  const auto mine = std::string(mqtt::name(version)) + ":";
  for (auto& each : step.value("checks", Json::array()))
    if (each.get_ref<const std::string&>().starts_with(mine)) return true;
  for (auto& inner : step.value("steps", Json::array()))
    if (asks(inner, version)) return true;
  return step.contains("records");
}

// A capture that nobody uses any more is a field that only has to be there.
void forget_captures(Json& value, const std::vector<std::string>& used) {
  if (!value.is_structured()) return;
  if (value.is_object() && value.size() == 1 && value.contains("$save") && std::find(used.begin(), used.end(), value["$save"].get<std::string>()) == used.end()) {
    value = {{"$any", true}};
    return;
  }
  for (auto& member : value) forget_captures(member, used);
}

std::string in_one_line(const Json& value);
std::string joined(const std::vector<std::string>& parts, const char* around) { return fmt::format("{}{}{}", around[0], fmt::join(parts, ", "), around[1]); }
std::string in_quotes(const std::string& text) { return Json(text).dump(); }

std::string in_one_line(const Json& value) {
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (auto& item : value) parts.push_back(in_one_line(item));
    return joined(parts, "[]");
  }
  if (!value.is_object()) return value.dump();
  for (auto& [key, member] : value.items()) parts.push_back(in_quotes(key) + ": " + in_one_line(member));
  return joined(parts, "{}");
}

// The word of a step first, then its keys in the order of the table.
std::string step_line(const Json& step) {
  auto* word = word_of(step);
  if (!word) return in_one_line(step);
  std::vector<std::string> parts, keys{std::string(word->name)};
  for (auto& key : word->keys) keys.emplace_back(key.name);
  for (auto& [key, member] : step.items()) keys.push_back(key);
  Names written;
  for (auto& key : keys) {
    if (!step.contains(key) || !written.insert(key).second) continue;
    std::vector<std::string> inner;
    if (key == "steps")
      for (auto& each : step[key]) inner.push_back(step_line(each));
    parts.push_back(in_quotes(key) + ": " + (key == "steps" ? joined(inner, "[]") : in_one_line(step[key])));
  }
  return joined(parts, "{}");
}

std::string file_text(const Json& file) {
  std::string text = "{";
  for (auto& key : file_keys()) {
    const std::string name(key.name);
    if (!file.contains(name) || name == "steps") continue;
    text += fmt::format("\n  {}: {},", in_quotes(name), in_one_line(file[name]));
  }
  text += "\n  \"steps\": [";
  for (auto& step : file["steps"]) text += fmt::format("{}\n    {}", &step == &file["steps"].front() ? "" : ",", step_line(step));
  return text + "\n  ]\n}\n";
}

}  // namespace

std::string smallest(const std::string& text, const Case& one, std::size_t last) {
  const auto document = json::Document::parse(text);
  if (!document.errors.empty() || last >= one.steps.size()) throw std::runtime_error("the file is no longer what was played");
  auto file = document.value;
  auto needs = file.value("needs", Json::array());
  for (auto& row : rows_of(document.value, one.name)) {
    const auto variables = variables_of(row);
    file["steps"] = substitute(file["steps"], variables);
    file["title"] = substitute(file["title"], variables);
    for (auto& need : row.value("needs", Json::array()))
      if (std::find(needs.begin(), needs.end(), need) == needs.end()) needs.push_back(need);
  }
  if (!needs.empty()) file["needs"] = needs;
  file.erase("for"), file.erase("by");
  file["versions"] = {mqtt::name(one.version)};
  const auto all = file["steps"];
  auto count = steps_to(document, one.steps[last].place);
  while (count < all.size() && std::none_of(all.begin(), all.begin() + std::ptrdiff_t(count), [&](auto& step) { return asks(step, one.version); })) ++count;   // it has to ask something
  auto& steps = file["steps"];
  steps.erase(steps.begin() + std::ptrdiff_t(count), steps.end());
  leave_out_idle_clients(steps, one);
  keep_short_keep_alive(steps, all, one);
  only_checks_of(steps, one.version);
  forget_captures(steps, names_in(steps));
  return file_text(file);
}

}  // namespace scenario
