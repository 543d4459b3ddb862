#pragma once
// For the tests: the hand-made record behind the golden files, and the formats by name.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "reports/reports.h"

namespace reports {

inline record::Run golden_run() {
  std::ifstream in{SOURCE_DIR "/reports/golden/run.jsonl"};
  return record::read(in, "run.jsonl");
}

inline std::string written(void (*write)(const record::Run&, std::ostream&), const record::Run& run) {
  std::ostringstream out;
  write(run, out);
  return out.str();
}

inline std::string written(void (*write)(const record::Run&, std::ostream&, const record::Run*), const record::Run& run, const record::Run* baseline = nullptr) {
  std::ostringstream out;
  write(run, out, baseline);
  return out.str();
}

// With its style and script beside it, for an XML parser reads no script.
inline std::string html_of(const record::Run& run, const HtmlOptions& options = {.assets_beside = true}) {
  std::ostringstream out;
  write_html(run, out, options);
  return out.str();
}

}  // namespace reports
