#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

#include "harness/cli/command.h"
#include "harness/cli/library.h"
#include "harness/cli/proof.h"

namespace cli {
namespace {

struct ProveOptions {
  Selection selection;
  std::vector<std::string> scenarios;   // explained one by one
  bool json = false;
  std::size_t sample = 0;
  std::uint64_t seed = 1;
};

void print_json(const Proof& proof) {
  nlohmann::json out{{"checks", proof.checks.size()},           {"proven", proof.proven.size()},
                     {"unproven", proof.unproven},              {"unguarded", proof.unguarded},
                     {"failed_intact", proof.failed_intact},    {"failed_elsewhere", proof.failed_elsewhere}};
  fmt::print("{}\n", out.dump(2));
}

void print_list(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  fmt::print("\n{} ({})\n", title, lines.size());
  for (auto& line : lines) fmt::print("  {}\n", line);
}

void print(const Proof& proof, std::size_t cases, std::chrono::duration<double> took) {
  print_list("Cases that do not pass on the broker that keeps every rule", proof.failed_intact);
  print_list("Checks that no broken rule makes fail: unproven", proof.unproven);
  print_list("Of these, the case fails, but not at the check's own step", proof.failed_elsewhere);
  print_list("Rules that no check notices when they are broken: unguarded", proof.unguarded);
  fmt::print("\n{} of {} checks are proved able to fail; {} cases, {} plays, {:.1f} s\n", proof.proven.size(), proof.checks.size(), cases, proof.plays, took.count());
}

const char* outcome(Attempt::Came came) {
  return came == Attempt::Came::noticed ? "noticed" : came == Attempt::Came::unnoticed ? "not noticed" : "the case fails elsewhere";
}

void explain(const Attempt& attempt) {
  auto& row = reference::row(attempt.rule);
  fmt::print("{}: {}\n  rule     {}\n  broken   {}\n  {:<8} {}\n", scenario::full_name(*attempt.one), attempt.check.statement, row.name, row.broken,
             outcome(attempt.came), attempt.told);
}

// Whole scenarios, so that each check has all the rows that may prove it.
std::vector<const scenario::Case*> sampled(const std::vector<const scenario::Case*>& cases, const ProveOptions& options) {
  if (options.sample == 0 || options.sample >= cases.size()) return cases;
  std::map<std::string, std::vector<const scenario::Case*>> by_scenario;
  for (auto* one : cases) by_scenario[one->scenario].push_back(one);
  std::vector<std::string> names;
  for (auto& [name, rows] : by_scenario) names.push_back(name);
  std::mt19937_64 random(options.seed);
  std::shuffle(names.begin(), names.end(), random);
  std::vector<const scenario::Case*> drawn;
  for (auto name = names.begin(); name != names.end() && drawn.size() < options.sample; ++name)
    drawn.insert(drawn.end(), by_scenario[*name].begin(), by_scenario[*name].end());
  return drawn;
}

int prove_all(ProveOptions options) {
  auto library = load_library(options.selection.folder, options.scenarios);
  print_complaints(library.suite);
  if (!library.suite.complaints.empty()) return bad_scenarios;
  bool explained = !options.scenarios.empty();
  for (auto& scenario : options.scenarios) options.selection.filters.push_back(scenario);
  auto all = select(library.suite, options.selection);
  if (all.empty()) throw std::runtime_error("no case is chosen: see --filter, and `mqttspec list`");
  auto cases = sampled(all, options);
  auto begun = std::chrono::steady_clock::now();
  bool whole = !explained && cases.size() == library.suite.cases.size();
  auto proof = prove(cases, library.catalogue, whole, explained, [&](const Attempt& attempt) {
    if (explained && !options.json) explain(attempt);
  });
  for (auto& check : without_rule(all))
    if (std::find(proof.unproven.begin(), proof.unproven.end(), check) == proof.unproven.end()) proof.unproven.push_back(check);
  if (options.json) print_json(proof);
  else print(proof, cases.size(), std::chrono::steady_clock::now() - begun);
  return proof.complete() ? all_well : something_failed;
}

}  // namespace

std::function<int()> prove(CLI::App& app) {
  auto options = std::make_shared<ProveOptions>();
  app.add_option("SCENARIO", options->scenarios, "explain these: which rule was broken, what the broker did, where the scenario noticed");
  selection_options(app, options->selection);
  app.add_flag("--json", options->json, "print the figures and lists as JSON");
  app.add_option("--sample", options->sample, "only scenarios with about so many cases, drawn by --seed");
  app.add_option("--seed", options->seed, "which sample is drawn (default 1)");
  app.footer("Exit code: 0 when every check is proved and every rule guarded, 1 when not.");
  return [=] { return prove_all(*options); };
}

}  // namespace cli
