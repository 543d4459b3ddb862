#include "harness/scenario/loader.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/scenario/file.h"

namespace scenario {
namespace {

namespace fs = std::filesystem;

bool is_scenario(const fs::path& path) {
  if (path.extension() != ".json") return false;
  return std::none_of(path.begin(), path.end(), [](auto& part) { return part == "statements"; });
}

std::set<fs::path> files_under(const fs::path& path, Suite& suite) {
  std::set<fs::path> files;
  std::error_code error;
  auto status = fs::status(path, error);
  if (!fs::exists(status)) suite.complaints.push_back({{path.string(), 1, 1}, "there is no such file or folder", ""});
  else if (!fs::is_directory(status)) files.insert(path);
  else
    for (auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.insert(entry.path());
  return files;
}

std::string id_of(const fs::path& root, const fs::path& file) {
  auto relative = file.lexically_normal().lexically_proximate(root.lexically_normal());
  return relative.replace_extension().generic_string();
}

}  // namespace

Suite load(const fs::path& root, const std::vector<fs::path>& paths, const spec::Catalogue& catalogue) {
  Suite suite;
  std::set<fs::path> files;
  for (auto& path : paths) files.merge(files_under(path.lexically_normal(), suite));
  for (auto& file : files) {
    if (!is_scenario(file.lexically_proximate(root.lexically_normal()))) continue;
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (in) read_file(id_of(root, file), file.string(), text.str(), catalogue, suite);
    else suite.complaints.push_back({{file.string(), 1, 1}, "the file cannot be read", ""});
  }
  return suite;
}

Suite load_text(const std::string& id, const std::string& text, const spec::Catalogue& catalogue) {
  Suite suite;
  read_file(id, id + ".json", text, catalogue, suite);
  return suite;
}

}  // namespace scenario
