#pragma once
// Where scenarios, statements and profiles are found, and which cases were asked for.
#include <CLI/CLI.hpp>

#include "harness/scenario/loader.h"

namespace cli {

struct Selection {
  std::string folder;                   // of scenarios; empty: searched for
  std::vector<std::string> filters;     // globs over full names or tags; none: all
  std::vector<std::string> versions;    // "3.1.1"; none: all
  std::string shard;                    // "2/4": the second quarter of the cases
};

void selection_options(CLI::App& app, Selection& selection);

std::filesystem::path scenario_folder(const std::string& asked);   // throws when there is none
std::filesystem::path statement_folder(const std::filesystem::path& scenarios);   // of these scenarios, or the project's
std::filesystem::path profile_folder(const std::string& asked);

struct Library {
  spec::Catalogue catalogue;
  scenario::Suite suite;
};
// Loads all scenarios, or, where each of `ids` is one ("connect/second_connect"), only those, or those whose cases the filters can match. Complaints are printed to stderr; the caller exits with `bad_scenarios` when there are any.
Library load_library(const std::string& folder, const std::vector<std::string>& ids = {});
Library load_library(const Selection& selection);
// Whether a filter can match a case of this scenario by its name. One without a slash may be meant for a tag, which only the file tells: it can match any.
bool can_match(const std::string& filter, const std::string& scenario);
void print_complaints(const scenario::Suite& suite);

// Throws std::runtime_error when a version or the shard makes no sense.
std::vector<const scenario::Case*> select(const scenario::Suite& suite, const Selection& selection);

}  // namespace cli
