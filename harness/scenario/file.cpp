#include "harness/scenario/file.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/abilities.h"
#include "harness/scenario/duration.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/reading.h"
#include "harness/scenario/tables.h"

namespace scenario {
namespace {

using Versions = std::set<mqtt::Version>;

// {"$version": {...}} becomes the value for the version of the case.
void pick_version(const Reading& reading, Json& value, const std::string& pointer) {
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) pick_version(reading, value[i], json::pointer_of(pointer, i));
  if (!value.is_object()) return;
  if (value.size() != 1 || value.begin().key() != by_version) {
    for (auto& [key, member] : value.items())
      if (member.is_structured()) pick_version(reading, member, json::pointer_of(pointer, key));
    return;
  }
  auto choices = std::move(*value.begin());
  auto here = json::pointer_of(pointer, by_version);
  std::string name(mqtt::name(reading.made.version));
  value = nullptr;
  if (!choices.is_object()) return reading.complain(here, fmt::format("behind '$version' stands an object from versions to values, not {}", quote(choices)));
  for (auto& [key, member] : choices.items())
    if (!mqtt::version_named(key)) reading.complain_key(json::pointer_of(here, key), fmt::format("'{}' is no version; there is {}", key, in_words(Shape::version)));
  if (!choices.contains(name)) return reading.complain(pointer, fmt::format("'$version' has no value for {}, in which this scenario is played", name));
  value = std::move(choices[name]);
  pick_version(reading, value, json::pointer_of(here, name));
}

struct Reader {
  const std::string& id;
  const std::string& name;
  json::Document& document;
  const spec::Catalogue& catalogue;
  Complaints complaints;
  std::vector<Case> cases = {};

  const Json& value() const { return document.value; }

  // Puts the rows of the table in whose name stands there.
  bool look_up(const std::string& key) {
    auto named = document.value.find(key);
    if (named == document.value.end() || !named->is_string()) return true;
    auto& name_of_table = named->get_ref<const std::string&>();
    auto table = table_named(name_of_table);
    if (table) *named = rows_of(*table);
    else complaints.at_value("/" + key, fmt::format("there is no table {}{}", quote(*named), did_you_mean(name_of_table, table_names())));
    return table;
  }

  bool check_keys(const Json& object, std::span<const Key> keys, const std::string& pointer, const std::string& what, bool others = false) {
    bool good = true;
    for (auto& key : keys)
      if (key.required && !object.contains(key.name)) {
        complaints.at_value(pointer, fmt::format("{} needs the key '{}': {}", what, key.name, key.meaning));
        good = false;
      }
    for (auto& [word, member] : object.items()) {
      auto key = key_named(keys, word);
      auto here = json::pointer_of(pointer, word);
      if (!key && !others) complaints.at_key(here, fmt::format("unknown key '{}'{}", word, did_you_mean(word, names_of(keys))));
      else if (key && !has_shape(member, key->shape)) complaints.at_value(here, fmt::format("'{}' must be {}, not {}", word, in_words(key->shape), quote(member)));
      else continue;
      good = false;
    }
    return good;
  }

  Versions versions_of(const Json& object, const std::string& pointer, const Versions& from) {
    if (!object.contains("versions")) return from;
    Versions result;
    for (std::size_t i = 0; i < object["versions"].size(); ++i) {
      auto version = *mqtt::version_named(object["versions"][i].get_ref<const std::string&>());
      auto here = fmt::format("{}/versions/{}", pointer, i);
      if (!from.contains(version)) complaints.at_value(here, fmt::format("{} is not among the versions of this scenario", mqtt::name(version)));
      else if (!result.insert(version).second) complaints.at_value(here, fmt::format("{} stands twice", mqtt::name(version)));
    }
    return result;
  }

  std::vector<std::string> needs_of(const Json& object, const std::string& pointer) {
    std::vector<std::string> needs;
    if (!object.contains("needs")) return needs;
    for (std::size_t i = 0; i < object["needs"].size(); ++i) {
      needs.push_back(object["needs"][i].get<std::string>());
      auto here = fmt::format("{}/needs/{}", pointer, i);
      if (!ability_named(needs.back())) complaints.at_value(here, fmt::format("'{}' is no ability{}", needs.back(), did_you_mean(needs.back(), ability_names())));
      else if (std::count(needs.begin(), needs.end(), needs.back()) > 1) complaints.at_value(here, fmt::format("the ability '{}' stands twice", needs.back()));
    }
    return needs;
  }

  // A row of `for` may use the variables of `by`, which are put in after its own.
  void check_rows(const std::string& table, const Json& users) {
    auto& rows = value()[table];
    if (rows.empty()) complaints.at_value("/" + table, fmt::format("'{}' has no row, so that nothing would be played", table));
    auto used = names_in(users);
    std::set<std::string> names, said;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto pointer = fmt::format("/{}/{}", table, i);
      check_keys(rows[i], row_keys(), pointer, fmt::format("a row of '{}'", table), true);
      auto row_name = rows[i].value("name", Json());
      if (row_name == "") complaints.at_value(pointer + "/name", "a row's name must not be empty");
      else if (row_name.is_string() && !names.insert(row_name.get<std::string>()).second)
        complaints.at_value(pointer + "/name", fmt::format("two rows have the name {}", quote(row_name)));
      for (auto& [variable, member] : rows[i].items()) {
        if (key_named(row_keys(), variable)) continue;
        auto here = json::pointer_of(pointer, variable);
        if (!is_variable_name(variable)) complaints.at_key(here, fmt::format("'{}' cannot name a variable: a letter, then letters, digits and _", variable));
        else if (is_reserved(variable))
          complaints.at_key(here, fmt::format("'{}' is the name of a variable of the language; choose another", variable));
        else if (table == "by" && std::any_of(value()["for"].begin(), value()["for"].end(), [&](auto& row) { return row.contains(variable); }))
          complaints.at_key(here, fmt::format("'{}' is a variable of 'for' already", variable));
        else if (std::find(used.begin(), used.end(), variable) == used.end() && said.insert(variable).second)
          complaints.at_key(here, fmt::format("nobody uses the row variable '{0}'; write ${{{0}}} in a step, or leave it out", variable));
      }
    }
  }

  Phases phases() {
    if (!value().contains("phases")) return {};
    auto& said = value()["phases"];
    if (!check_keys(said, phases_keys(), "/phases", "'phases'")) return {};
    return {said["times"].get<int>(), *duration_of(said["over"].get_ref<const std::string&>())};
  }

  void note_clients(Reading& reading, const std::vector<Written>& steps) {
    for (auto& [pointer, step] : steps) {
      std::vector<std::string> keys{"got", "other"};
      for (auto& word : words())
        if (word.shape == Shape::client || word.shape == Shape::clients) keys.emplace_back(word.name);
      for (auto& key : keys) {
        auto subject = step.find(key);
        if (subject == step.end() || !has_shape(*subject, Shape::client)) continue;
        auto client = subject->get<std::string>();
        reading.step = pointer;
        if (step.value("by", Json()) == "keep_alive" || step.value("after", Json()) == "keep_alive") reading.counters.silenced.insert(client);
        if (is_reserved(client) || reading.row_variables.contains(client))
          reading.complain("/" + key, fmt::format("a client named '{0}' would hide the variable ${{{0}}}; choose another name", client));
        if (reading.client_names.insert(client).second) reading.made.clients.push_back(client);
        reading.placeholders[client] = "clientidentifier01";
      }
    }
  }

  void read_case(const File& file, Case made, const std::vector<Row>& rows) {
    Reading reading{file, made, rows, {}, {}, {}, {}, {}, {}, {}, {}, 0, nullptr};
    Json steps = value()["steps"];
    for (auto& row : rows) {
      Variables variables;
      for (auto& [variable, member] : row.value->items())
        if (!key_named(row_keys(), variable) && !is_reserved(variable)) variables[variable] = member;
      made.title = substitute(made.title, variables);
      if (!variables.empty()) steps = substitute(steps, variables);
      reading.row_variables.merge(variables);
    }
    reading.placeholders = {{"T", "mqttspec/run/case"}, {"username", "user"}, {"password", "password"}};
    auto written = unrolled(reading, steps);
    std::set<const Written*> wrong;
    for (auto& one : written) {
      auto said = reading.said;
      reading.step = one.pointer;
      pick_version(reading, one.value, "");
      if (reading.said > said) wrong.insert(&one);
    }
    note_clients(reading, written);
    for (auto& one : written) {
      if (!one.value.is_object()) continue;
      reading.step = one.pointer;
      if (wrong.contains(&one)) pass_over_step(reading, one.value);
      else read_step(reading, std::move(one.value));
    }
    check_unused(reading);
    bool asks = std::any_of(made.steps.begin(), made.steps.end(), [](auto& step) { return !step.checks.empty() || !step.records.empty(); });
    if (!asks && complaints.count() == 0)
      complaints.at_value(value().contains("versions") ? "/versions" : "/title",
        fmt::format("no step checks a statement of {0} or records a behaviour; add one to 'checks' or 'records', or leave {0} out of 'versions'", mqtt::name(made.version)));
    cases.push_back(std::move(made));
  }

  void read() {
    if (!value().is_object()) return complaints.at_value("", "a scenario must be an object with 'title' and 'steps'");
    if (!check_keys(value(), file_keys(), "", "a scenario")) return;
    if (!look_up("for") || !look_up("by")) return;
    if (value()["title"] == "") complaints.at_value("/title", "the title must say in one sentence what a right broker does");
    if (value()["steps"].empty()) complaints.at_value("/steps", "a scenario without steps plays nothing");
    Case base;
    base.scenario = id;
    base.file = name;
    base.title = value()["title"].get<std::string>();
    base.alone = value().value("alone", false);
    base.setup = value().value("setup", std::string());
    if (value().contains("setup") && !setup_named(base.setup))
      complaints.at_value("/setup", fmt::format("there is no setup {}{}", quote(base.setup), did_you_mean(base.setup, setup_names())));
    base.transport = value().value("transport", std::string());
    if (!base.transport.empty() && base.transport != "ws")
      complaints.at_value("/transport", fmt::format("'transport' is \"ws\" or left out, not {}", quote(base.transport)));
    base.phases = phases();
    base.needs = needs_of(value(), "");
    base.tags = value().value("tags", std::vector<std::string>());
    auto versions = versions_of(value(), "", Versions(mqtt::all_versions.begin(), mqtt::all_versions.end()));
    File file{id, name, document, catalogue, complaints, versions};
    if (!value().contains("for")) {
      if (value().contains("by")) complaints.at_key("/by", "'by' is a second table and needs a 'for' beside it");
      return read_versions(file, base, versions, {});
    }
    Json users = {value()["steps"], value()["title"]};
    check_rows("for", users);
    users.push_back(value()["for"]);
    if (value().contains("by")) check_rows("by", users);
    read_table("for", file, base, versions, {});
  }

  void read_table(const std::string& table, const File& file, const Case& base, const Versions& versions, const std::vector<Row>& rows) {
    if (!value().contains(table)) return read_versions(file, base, versions, rows);
    for (std::size_t i = 0; i < value()[table].size(); ++i) {
      auto& row = value()[table][i];
      auto pointer = fmt::format("/{}/{}", table, i);
      if (std::any_of(row_keys().begin(), row_keys().end(), [&](auto& key) { return row.contains(key.name) && !has_shape(row[std::string(key.name)], key.shape); })) continue;
      auto made = base;
      made.name += (rows.empty() ? "" : ", ") + row.value("name", std::string());
      for (auto& need : needs_of(row, pointer)) made.needs.push_back(need);
      auto all = rows;
      all.push_back({pointer, &row});
      auto own = versions_of(row, pointer, file.versions);
      std::erase_if(own, [&](auto version) { return !versions.contains(version); });
      if (table == "by") read_versions(file, made, own, all);
      else read_table("by", file, made, own, all);
    }
  }

  void read_versions(const File& file, Case made, const Versions& versions, const std::vector<Row>& rows) {
    for (auto version : versions) {
      made.version = version;
      read_case(file, made, rows);
    }
  }
};

}  // namespace

void read_file(const std::string& id, const std::string& name, const std::string& text, const spec::Catalogue& catalogue, Suite& suite) {
  auto document = json::Document::parse(text);
  Reader reader{id, name, document, catalogue, Complaints(name, document)};
  for (auto& error : document.errors) reader.complaints.at(error.at, error.text);
  if (document.errors.empty()) reader.read();
  auto complaints = reader.complaints.sorted();
  if (complaints.empty()) std::move(reader.cases.begin(), reader.cases.end(), std::back_inserter(suite.cases));
  std::move(complaints.begin(), complaints.end(), std::back_inserter(suite.complaints));
}

}  // namespace scenario
