#pragma once
// The page that shows a run as it goes, and what it is told: each case as it finishes, and how far the run is. When the run is over the report stands in its place.
#include <nlohmann/json.hpp>

#include "harness/record/record.h"

namespace reports {

// The files of the page; the first is the page itself and has no name.
struct LiveFile { std::string name, type, text; };
std::vector<LiveFile> live_files();

nlohmann::json live_run(const record::Header& header);                                    // the broker, and what is said about the run
nlohmann::json live_case(const record::Result& result, const record::Header& header);     // one case, without its steps and packets

}  // namespace reports
