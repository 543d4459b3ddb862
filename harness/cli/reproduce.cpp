#include "harness/cli/reproduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

#include "harness/scenario/smallest.h"
#include "reports/text.h"

namespace cli {
namespace {

using Key = std::tuple<std::string, std::string, mqtt::Version>;

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read again for --reproduce", file));
  return text.str();
}

// The last step that broke a statement; what failed without one is played to its end.
std::size_t last_step(const scenario::Case& one, const record::Result& result) {
  int last = -1;
  for (auto& finding : result.findings)
    if (finding.verdict == record::Kept::fail) last = std::max(last, finding.step);
  return last < 0 ? one.steps.size() - 1 : static_cast<std::size_t>(last);
}

}  // namespace

std::size_t write_reproducers(const std::vector<const scenario::Case*>& cases, const std::vector<record::Result>& results, const std::string& folder) {
  std::map<Key, const scenario::Case*> by_name;
  for (auto* one : cases) by_name[{one->scenario, one->name, one->version}] = one;
  std::set<std::string> written;
  for (auto& result : results) {
    if (result.verdict != record::Verdict::fail) continue;
    auto& one = *by_name.at({result.scenario, result.case_name, result.version});
    auto name = reports::slug(scenario::full_name(one));
    if (written.contains(name)) continue;                 // of --repeat, the first
    std::filesystem::create_directories(folder);
    const auto file = std::filesystem::path(folder) / (name + ".json");
    std::ofstream out(file, std::ios::binary);
    out << scenario::smallest(read(one.file), one, last_step(one, result));
    out.close();
    if (!out) throw std::runtime_error(fmt::format("{}: cannot be written", file.string()));
    written.insert(std::move(name));
  }
  return written.size();
}

}  // namespace cli
