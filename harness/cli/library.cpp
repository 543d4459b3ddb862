#include "harness/cli/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "harness/record/known.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

fs::path searched(const std::string& below) {
  auto here = fs::read_symlink("/proc/self/exe").parent_path();
  for (auto& root : {fs::path("."), here / ".." / "..", here / ".." / "share" / "mqttspec"})
    if (fs::exists(root / below)) return (root / below).lexically_normal();
  throw std::runtime_error(fmt::format("no folder '{}' here or beside the program: run it in the project's folder, or name the scenarios with --scenarios", below));
}

bool wanted(const scenario::Case& one, const std::vector<std::string>& filters) {
  auto name = scenario::full_name(one);
  return filters.empty() || std::any_of(filters.begin(), filters.end(), [&](auto& glob) {
    return record::glob_matches(glob, name) || record::glob_matches(glob, one.scenario) ||
           std::any_of(one.tags.begin(), one.tags.end(), [&](auto& tag) { return record::glob_matches(glob, tag); });
  });
}

struct Shard { std::size_t index = 0, count = 1; };
Shard parse_shard(const std::string& text) {
  if (text.empty()) return {};
  auto slash = text.find('/');
  try {
    Shard shard{std::stoul(text) - 1, std::stoul(text.substr(slash + 1))};
    if (slash != text.npos && shard.index < shard.count) return shard;
  } catch (const std::logic_error&) {
  }
  throw std::runtime_error(fmt::format("--shard {}: expected I/N with 1 <= I <= N, for example 2/4", text));
}

}  // namespace

void selection_options(CLI::App& app, Selection& selection) {
  app.add_option("--filter", selection.filters, "only cases whose name, scenario or tag matches this glob (may be repeated): 'qos2/*'");
  app.add_option("--mqtt", selection.versions, "only this version of the protocol (may be repeated): 3.1, 3.1.1 or 5.0");
  app.add_option("--shard", selection.shard, "I/N: only the I-th of N equal parts, to share a run among machines");
  app.add_option("--scenarios", selection.folder, "folder of scenarios (default: the project's); without statements/ in it, they are the project's");
}

fs::path scenario_folder(const std::string& asked) {
  if (asked.empty()) return searched("scenarios");
  if (!fs::is_directory(asked)) throw std::runtime_error(fmt::format("--scenarios {}: no such folder", asked));
  return asked;
}

fs::path statement_folder(const fs::path& scenarios) {
  return fs::is_directory(scenarios / "statements") ? scenarios / "statements" : searched("scenarios") / "statements";
}

fs::path profile_folder(const std::string& asked) {
  return asked.empty() ? searched("ci/brokers") : (fs::path(asked) / ".." / "ci" / "brokers").lexically_normal();
}

Library load_library(const std::string& folder, const std::vector<std::string>& ids) {
  auto root = scenario_folder(folder);
  Library library{spec::Catalogue::load(statement_folder(root)), {}};
  std::vector<fs::path> files;
  for (auto& id : ids) files.push_back(root / (id + ".json"));
  bool all = files.empty() || !std::all_of(files.begin(), files.end(), [](auto& file) { return fs::is_regular_file(file); });
  if (all) files = {root};
  library.suite = scenario::load(root, files, library.catalogue);
  return library;
}

bool can_match(const std::string& filter, const std::string& scenario) {
  if (filter.find('/') == filter.npos || record::glob_matches(filter, scenario)) return true;
  const auto begin = scenario + " ";                       // of its cases' names: "connect/second_connect [3.1.1]"
  for (std::size_t i = 0; i <= filter.size(); ++i)
    if (record::glob_matches(std::string_view(filter).substr(0, i), begin)) return true;
  return false;
}

Library load_library(const Selection& selection) {
  const auto root = scenario_folder(selection.folder);
  Library library{spec::Catalogue::load(statement_folder(root)), {}};
  std::vector<fs::path> files;
  for (auto& entry : fs::recursive_directory_iterator(root)) {
    const auto id = entry.path().lexically_relative(root).replace_extension().generic_string();
    const bool wanted = selection.filters.empty() || std::any_of(selection.filters.begin(), selection.filters.end(), [&](auto& filter) { return can_match(filter, id); });
    if (wanted && entry.is_regular_file()) files.push_back(entry.path());
  }
  library.suite = scenario::load(root, files, library.catalogue);
  return library;
}

void print_complaints(const scenario::Suite& suite) {
  for (auto& complaint : suite.complaints) fmt::print(stderr, "{}\n", scenario::to_string(complaint));
  if (!suite.complaints.empty()) fmt::print(stderr, "{} complaint{} about scenario files\n", suite.complaints.size(), suite.complaints.size() == 1 ? "" : "s");
}

std::vector<const scenario::Case*> select(const scenario::Suite& suite, const Selection& selection) {
  std::vector<mqtt::Version> versions;
  for (auto& text : selection.versions) {
    auto version = mqtt::version_named(text);
    if (!version) throw std::runtime_error(fmt::format("--mqtt {}: expected 3.1, 3.1.1 or 5.0", text));
    versions.push_back(*version);
  }
  auto shard = parse_shard(selection.shard);
  std::vector<const scenario::Case*> chosen;
  std::size_t number = 0;
  for (auto& one : suite.cases) {
    if (!versions.empty() && std::find(versions.begin(), versions.end(), one.version) == versions.end()) continue;
    if (!wanted(one, selection.filters)) continue;
    if (number++ % shard.count == shard.index) chosen.push_back(&one);
  }
  return chosen;
}

}  // namespace cli
