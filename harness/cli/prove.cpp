#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <random>
#include <span>

#include "harness/cli/command.h"
#include "harness/cli/library.h"
#include "harness/cli/proof.h"
#include "harness/json/document.h"

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
  std::vector<std::string> unproven;
  for (auto& check : proof.unproven) unproven.push_back(to_string(check));
  nlohmann::json out{{"checks", proof.checks.size()},           {"proven", proof.proven.size()},
                     {"unproven", unproven},                    {"unguarded", proof.unguarded},
                     {"failed_intact", proof.failed_intact},    {"failed_elsewhere", proof.failed_elsewhere}};
  fmt::print("{}\n", out.dump(2));
}

void print_list(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  fmt::print("\n{} ({})\n", title, lines.size());
  for (auto& line : lines) fmt::print("  {}\n", line);
}

std::vector<std::string> with_reason(const std::set<Check>& unproven) {
  std::vector<std::string> lines;
  for (auto& check : unproven) {
    bool served = !reference::rules_for(check.statement).empty();
    lines.push_back(to_string(check) + (served ? ": its step notices none of the rules that serve the statement" : ": no rule serves the statement"));
  }
  return lines;
}

void print(const Proof& proof, std::size_t cases, std::chrono::duration<double> took) {
  print_list("Cases that do not pass on the broker that keeps every rule", proof.failed_intact);
  print_list("Checks that no broken rule makes fail: unproven", with_reason(proof.unproven));
  print_list("Of these, the case fails, but not at the check's own step", proof.failed_elsewhere);
  print_list("Rules that no check notices when they are broken: unguarded", proof.unguarded);
  if (!proof.unproven.empty() || !proof.unguarded.empty())
    fmt::print("\n`mqttspec prove SCENARIO` shows what each rule does to a scenario; how a rule is added: harness/reference/README.md, \"The table of rules\"\n");
  fmt::print("\n{} of {} checks are proved able to fail; {} cases, {} plays, {:.1f} s\n", proof.proven.size(), proof.checks.size(), cases, proof.plays, took.count());
}

void explain(const Attempt& attempt) {
  auto& row = reference::row(attempt.rule);
  fmt::print("  rule      {}\n  broken    {}\n", row.name, row.broken);
  auto word = attempt.came == Attempt::Came::noticed ? "noticed" : "elsewhere";
  if (!attempt.finding) return fmt::print("  {:<9} {}\n", word, attempt.reason);
  fmt::print("  {:<9} {}\n    expected  {}\n    actual    {}\n", word, attempt.finding->where, attempt.finding->expected, attempt.finding->actual);
}

// Case by case, what each rule of the statement did; rules that the case does not notice in one line.
void explain(const std::vector<Attempt>& attempts) {
  for (auto begin = attempts.begin(); begin != attempts.end();) {
    auto end = std::find_if(begin, attempts.end(), [&](auto& each) { return each.one != begin->one || each.check != begin->check; });
    fmt::print("{}: {}\n", scenario::full_name(*begin->one), begin->check.statement);
    std::vector<std::string_view> passed;
    for (auto& attempt : std::span(begin, end))
      if (attempt.came == Attempt::Came::unnoticed) passed.push_back(reference::row(attempt.rule).name);
      else explain(attempt);
    if (!passed.empty()) fmt::print("  passes    also with one of these broken: {}\n", fmt::join(passed, ", "));
    begin = end;
  }
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

// A scenario may be named by its file too, as reports name it: "scenarios/connect/second_connect.json".
std::string id_of(const std::string& asked, const std::filesystem::path& root) {
  if (!asked.ends_with(".json")) return asked;
  return std::filesystem::relative(asked, root).replace_extension().generic_string();
}

void must_be_there(const std::string& scenario, const scenario::Suite& suite) {
  Selection only;
  only.filters = {scenario};
  if (!select(suite, only).empty()) return;
  std::vector<std::string> known;
  for (auto& one : suite.cases) known.push_back(one.scenario);
  auto near = json::nearest(scenario, known);
  throw std::runtime_error(fmt::format("{}: no such scenario{}; `mqttspec list` prints them", scenario, near ? fmt::format(", did you mean {}?", *near) : ""));
}

int prove_all(ProveOptions options) {
  for (auto& scenario : options.scenarios) scenario = id_of(scenario, scenario_folder(options.selection.folder));
  auto library = load_library(options.selection.folder, options.scenarios);
  print_complaints(library.suite);
  if (!library.suite.complaints.empty()) return bad_scenarios;
  bool explained = !options.scenarios.empty();
  for (auto& scenario : options.scenarios) {
    must_be_there(scenario, library.suite);
    options.selection.filters.push_back(scenario);
  }
  auto all = select(library.suite, options.selection);
  if (all.empty()) throw std::runtime_error("no case is chosen: see --filter, and `mqttspec list`");
  auto cases = sampled(all, options);
  auto begun = std::chrono::steady_clock::now();
  bool whole = !explained && cases.size() == library.suite.cases.size();
  std::vector<Attempt> attempts;
  auto proof = prove(cases, library.catalogue, whole, explained, [&](const Attempt& attempt) {
    if (explained) attempts.push_back(attempt);
  });
  if (!options.json) explain(attempts);
  proof.unproven.merge(without_rule(all));
  if (options.json) print_json(proof);
  else print(proof, cases.size(), std::chrono::steady_clock::now() - begun);
  return proof.complete() ? all_well : something_failed;
}

}  // namespace

std::function<int()> prove(CLI::App& app) {
  auto options = std::make_shared<ProveOptions>();
  app.add_option("SCENARIO", options->scenarios, "explain these (id or file): which rule was broken, what the broker did, where the scenario noticed");
  selection_options(app, options->selection);
  app.add_flag("--json", options->json, "print the figures and lists as JSON");
  app.add_option("--sample", options->sample, "only scenarios with about so many cases, drawn by --seed");
  app.add_option("--seed", options->seed, "which sample is drawn (default 1)");
  app.footer("Exit code: 0 when every check is proved and every rule guarded, 1 when not.");
  return [=] { return prove_all(*options); };
}

}  // namespace cli
