#pragma once
// One scenario file into its cases: the keys of the file, the table of rows, the versions. Internal to the loader.
#include "harness/scenario/loader.h"

namespace scenario {

// Appends to `suite`. `id` "connect/second-connect", `name` "scenarios/connect/second-connect.json".
void read_file(const std::string& id, const std::string& name, const std::string& text, const spec::Catalogue& catalogue, Suite& suite);

}  // namespace scenario
