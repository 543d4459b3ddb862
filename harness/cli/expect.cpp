#include <fmt/format.h>

#include <fstream>

#include "harness/cli/command.h"
#include "harness/cli/outputs.h"
#include "harness/record/known.h"

namespace cli {
namespace {

struct ExpectOptions { std::string record, list; };

int update_list(const ExpectOptions& options) {
  const record::Run run = read_outline(options.record);
  for (auto& complaint : run.complaints) fmt::print(stderr, "{}\n", complaint);
  const bool there = std::filesystem::exists(options.list);
  const auto update = record::updated(run.results, there ? record::load_known(options.list, record::Reasons::may_wait) : std::vector<record::Known>{});
  std::ofstream out(options.list, std::ios::binary);
  out << record::to_text(update.known);
  out.close();
  if (!out) throw std::runtime_error(fmt::format("--expect {}: cannot be written", options.list));
  for (auto& gone : update.gone) fmt::print("  {}\n", gone);
  for (auto& each : update.unlistable) fmt::print("  not listed: {} {}: {}\n", each.name, each.statement, each.text);
  fmt::print("{}: {} of before, {} new{}\n", options.list, update.kept, update.added,
             update.added ? ": say in each empty `reason` why it is the broker's fault; `run --expect` complains until then" : "");
  return all_well;
}

}  // namespace

std::function<int()> expect(CLI::App& app) {
  auto options = std::make_shared<ExpectOptions>();
  app.require_subcommand(1);
  auto* update = app.add_subcommand("update", "write a list of known failures anew from a record: reasons, links, dates and order of what is still seen stay");
  update->add_option("--record", options->record, "the record of a run (`mqttspec run --record`)")->required();
  update->add_option("--expect", options->list, "the list; it need not be there yet")->required();
  return [=] { return update_list(*options); };
}

}  // namespace cli
