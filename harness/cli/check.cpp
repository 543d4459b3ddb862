#include <fmt/format.h>

#include "harness/cli/command.h"
#include "harness/cli/library.h"

namespace cli {

std::function<int()> check(CLI::App& app) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto folder = std::make_shared<std::string>();
  app.add_option("PATH", *paths, "scenario files or folders (default: all)");
  app.add_option("--scenarios", *folder, "folder of scenarios and statements");
  return [=] {
    auto root = scenario_folder(*folder);
    auto catalogue = spec::Catalogue::load(statement_folder(root));
    std::vector<std::filesystem::path> chosen(paths->begin(), paths->end());
    if (chosen.empty()) chosen.push_back(root);
    for (auto& path : chosen)
      if (!std::filesystem::exists(path)) throw std::runtime_error(fmt::format("{}: no such file or folder", path.string()));
    auto suite = scenario::load(root, chosen, catalogue);
    print_complaints(suite);
    if (!suite.complaints.empty()) return bad_scenarios;
    if (suite.cases.empty()) throw std::runtime_error("no scenario file there");
    fmt::print("{} cases, no complaints\n", suite.cases.size());
    return all_well;
  };
}

}  // namespace cli
