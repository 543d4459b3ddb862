#pragma once
// Reads scenario files into cases, and complains about all of them at once.
#include <filesystem>

#include "harness/scenario/model.h"
#include "harness/spec/catalogue.h"

namespace scenario {

struct Complaint {
  Place place;
  std::string text;          // "unknown key 'exect'; did you mean 'expect'?"
  std::string line;          // the line it stands in
};
// Three lines: file:line:column: text, the line, a caret under the column.
std::string to_string(const Complaint& complaint);

struct Suite {
  std::vector<Case> cases;              // by file, row, version; none of a file with complaints
  std::vector<Complaint> complaints;    // by file and line, each once
};

// `paths`: files or folders; scenario ids are relative to `root`. README files, statements/ and what does not end in .json are passed over.
// Places name a file as it was found: under its path.
Suite load(const std::filesystem::path& root, const std::vector<std::filesystem::path>& paths, const spec::Catalogue& catalogue);
// One text, for tests; `id` names it, its file is `id`.json.
Suite load_text(const std::string& id, const std::string& text, const spec::Catalogue& catalogue);

}  // namespace scenario
