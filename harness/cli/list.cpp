#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/cli/command.h"
#include "harness/cli/library.h"

namespace cli {
namespace {

struct ListOptions {
  Selection selection;
  bool json = false, coverage = false;
};

struct Listed {
  const scenario::Case* first = nullptr;
  std::size_t cases = 0;
  std::vector<std::string> versions;
  std::set<std::string> checks, records, needs;
};

using Listing = std::map<std::string, Listed>;
using Covered = std::map<std::string, std::set<std::string>>;  // statement or behaviour -> scenarios

Listing listing(const std::vector<const scenario::Case*>& cases) {
  Listing all;
  for (auto* one : cases) {
    auto& listed = all[one->scenario];
    if (!listed.first) listed.first = one;
    ++listed.cases;
    auto version = std::string(mqtt::name(one->version));
    if (std::find(listed.versions.begin(), listed.versions.end(), version) == listed.versions.end()) listed.versions.push_back(version);
    listed.needs.insert(one->needs.begin(), one->needs.end());
    for (auto& step : one->steps) {
      listed.checks.insert(step.checks.begin(), step.checks.end());
      listed.records.insert(step.records.begin(), step.records.end());
    }
  }
  return all;
}

Covered covered(const Listing& all, std::set<std::string> Listed::*what) {
  Covered by_id;
  for (auto& [id, listed] : all)
    for (auto& each : listed.*what) by_id[each].insert(id);
  return by_id;
}

std::vector<std::string_view> names(const std::vector<mqtt::Version>& versions) {
  std::vector<std::string_view> all;
  for (auto version : versions) all.push_back(mqtt::name(version));
  return all;
}

const char* name(spec::Observable observable) {
  return observable == spec::Observable::yes ? "yes" : observable == spec::Observable::partly ? "partly" : "no";
}

void print_json(const Listing& all, const spec::Catalogue& catalogue) {
  auto out = nlohmann::json{{"scenarios", nlohmann::json::array()}, {"statements", nlohmann::json::array()}, {"behaviours", nlohmann::json::array()}};
  for (auto& [id, listed] : all)
    out["scenarios"].push_back({{"id", id}, {"title", listed.first->title}, {"versions", listed.versions}, {"cases", listed.cases},
                                {"checks", listed.checks}, {"records", listed.records}, {"needs", listed.needs}, {"tags", listed.first->tags}});
  auto by_statement = covered(all, &Listed::checks);
  for (auto& statement : catalogue.all())
    out["statements"].push_back({{"id", statement.id}, {"observable", name(statement.observable)}, {"binds", statement.binds},
                                 {"scenarios", by_statement[statement.id]}});
  auto by_behaviour = covered(all, &Listed::records);
  for (auto& behaviour : catalogue.behaviours())
    out["behaviours"].push_back({{"id", behaviour.id}, {"question", behaviour.question}, {"versions", names(behaviour.versions)},
                                 {"statements", behaviour.statements}, {"scenarios", by_behaviour[behaviour.id]}});
  fmt::print("{}\n", out.dump(2));
}

void print_coverage(const Listing& all, const spec::Catalogue& catalogue) {
  auto by_statement = covered(all, &Listed::checks);
  for (auto version : mqtt::all_versions) {
    std::size_t observable = 0, checked = 0;
    std::vector<const spec::Statement*> open;
    for (auto& statement : catalogue.all()) {
      if (statement.version != version || statement.observable == spec::Observable::no) continue;
      ++observable;
      if (by_statement.contains(statement.id)) ++checked;
      else open.push_back(&statement);
    }
    fmt::print("MQTT {}: {} of {} observable statements are checked\n", mqtt::name(version), checked, observable);
    for (auto* statement : open) fmt::print("  {:<24} {:<8} {}\n", statement->id, statement->section, statement->summary);
  }
  auto by_behaviour = covered(all, &Listed::records);
  fmt::print("Behaviours that the standards leave open: {} of {} are recorded\n", by_behaviour.size(), catalogue.behaviours().size());
  for (auto& behaviour : catalogue.behaviours()) {
    if (by_behaviour.contains(behaviour.id)) continue;
    auto judged = std::count_if(behaviour.statements.begin(), behaviour.statements.end(), [&](auto& id) { return by_statement.contains(id); });
    fmt::print("  {:<24} {:<8} {}\n", behaviour.id, judged > 0 ? "judged" : "", behaviour.question);
  }
}

void print_table(const Listing& all) {
  std::size_t cases = 0;
  for (auto& [id, listed] : all) {
    fmt::print("{:<58} {:<14} {:>4}  {}\n", id, fmt::format("{}", fmt::join(listed.versions, " ")), listed.cases, listed.first->title);
    cases += listed.cases;
  }
  fmt::print("{} scenarios, {} cases, {} statements checked, {} behaviours recorded\n", all.size(), cases, covered(all, &Listed::checks).size(),
             covered(all, &Listed::records).size());
}

int list_all(const ListOptions& options) {
  auto library = load_library(options.selection);
  print_complaints(library.suite);
  if (!library.suite.complaints.empty()) return bad_scenarios;
  auto chosen = select(library.suite, options.selection);
  if (chosen.empty()) throw std::runtime_error("no case is chosen: see --filter and --mqtt");
  auto all = listing(chosen);
  if (options.json) print_json(all, library.catalogue);
  else if (options.coverage) print_coverage(all, library.catalogue);
  else print_table(all);
  return all_well;
}

}  // namespace

std::function<int()> list(CLI::App& app) {
  auto options = std::make_shared<ListOptions>();
  selection_options(app, options->selection);
  app.add_flag("--json", options->json, "as JSON: scenarios, statements with the scenarios that check them, behaviours with those that record them");
  app.add_flag("--coverage", options->coverage, "which observable statements no scenario checks, and which behaviours none records");
  return [=] { return list_all(*options); };
}

}  // namespace cli
