#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/reading.h"

namespace scenario {

std::vector<std::string> read_checks(Reading& reading, const Json& step) {
  std::vector<std::string> checks;
  if (!step.contains("checks")) return checks;
  std::set<std::string> seen;
  auto mine = fmt::format("{}:", mqtt::name(reading.made.version));
  for (std::size_t i = 0; i < step["checks"].size(); ++i) {
    auto id = step["checks"][i].get<std::string>();
    auto pointer = fmt::format("/checks/{}", i);
    auto statement = reading.file.catalogue.find(id);
    if (!statement) reading.complain(pointer, fmt::format("unknown statement '{}'{}", id, did_you_mean(id, reading.file.catalogue.ids())));
    else if (!seen.insert(id).second) reading.complain(pointer, fmt::format("the statement '{}' stands twice in this step", id));
    else if (!reading.file.versions.contains(statement->version))
      reading.complain(pointer, fmt::format("'{}' is a statement of {}, which is not among the versions of this scenario", id, mqtt::name(statement->version)));
    else if (id.starts_with(mine)) checks.push_back(id);
  }
  return checks;
}

std::vector<std::string> read_records(Reading& reading, const Json& step) {
  std::vector<std::string> records;
  if (!step.contains("records")) return records;
  for (std::size_t i = 0; i < step["records"].size(); ++i) {
    auto id = step["records"][i].get<std::string>();
    auto pointer = fmt::format("/records/{}", i);
    auto behaviour = reading.file.catalogue.behaviour(id);
    std::vector<std::string> known;
    for (auto& each : reading.file.catalogue.behaviours()) known.push_back(each.id);
    if (!behaviour) reading.complain(pointer, fmt::format("there is no behaviour '{}'{}", id, did_you_mean(id, known)));
    else if (std::count(behaviour->versions.begin(), behaviour->versions.end(), reading.made.version) == 0)
      reading.complain(pointer, fmt::format("'{}' is no question of {}, in which this scenario is played", id, mqtt::name(reading.made.version)));
    else records.push_back(id);
  }
  return records;
}

void check_records(Reading& reading, const Json& step, const std::string& client) {
  bool records = step.contains("records");
  if (records && step.contains("checks")) return reading.complain_key("/records", "'checks' and 'records' exclude each other: what a statement decides is not left open");
  if (records && step.contains("any_order")) return reading.complain_key("/any_order", "an answer to 'records' is one thing: packet, any_of, closed or nothing");
  if (records) {
    reading.clients[client].open = true;
    return;
  }
  auto named = step.contains("as") ? "/as" : "";
  for (std::size_t i = 0; step.contains("any_of") && i < step["any_of"].size(); ++i)
    if (step["any_of"][i].contains("as")) return reading.complain_key(fmt::format("/any_of/{}/as", i), "'as' names an answer to 'records', which this step has not");
  if (*named) return reading.complain_key(named, "'as' names an answer to 'records', which this step has not");
  if (step.contains("checks") && reading.clients[client].open)
    reading.complain_key("/checks", fmt::format("an earlier step left open what becomes of {0}'s connection ('records'); check before it, on another client, or open {0} again", client));
}

}  // namespace scenario
