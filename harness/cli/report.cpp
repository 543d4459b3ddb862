#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/cli/outputs.h"

namespace cli {
namespace {

struct ReportOptions {
  std::vector<std::string> records;
  Outputs outputs;
};

int write_reports(const ReportOptions& options) {
  const auto beside = options.outputs.read();
  record::Run run;
  for (auto& file : options.records) record::outline_more(run, file);
  for (auto& complaint : run.complaints) fmt::print(stderr, "{}\n", complaint);
  if (run.results.empty()) throw std::runtime_error("no result in " + options.records.front() + ": is it a record of `mqttspec run --record`?");
  options.outputs.write(run, beside);
  return all_well;
}

}  // namespace

std::function<int()> report(CLI::App& app) {
  auto options = std::make_shared<ReportOptions>();
  app.add_option("RECORD", options->records, "records of runs (several become one report)")->required();
  options->outputs.options(app);
  return [=] { return write_reports(*options); };
}

}  // namespace cli
