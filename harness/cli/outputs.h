#pragma once
// The report files a command was asked for; the same options for `run` and `report`.
#include <CLI/CLI.hpp>

#include "harness/record/record.h"
#include "reports/expected.h"
#include "reports/reports.h"

namespace cli {

// An earlier run, and the failures that are known.
struct Beside {
  std::optional<record::Run> baseline;
  std::optional<reports::KnownList> known;
  reports::Against against() const { return {baseline ? &*baseline : nullptr, known ? &*known : nullptr}; }
};

struct Outputs {
  std::string html, junit, markdown, json, pcap, baseline, expect, detail = "all", assets = "inline";
  bool github = false;
  void options(CLI::App& app);
  // What the run is held against, to be read before it begins. Throws std::runtime_error with what is wrong in the baseline or in the list of known failures.
  Beside read() const;
  // The files, and the summary on stdout. Throws std::runtime_error that names the file that cannot be written.
  void write(const record::Run& run, const Beside& beside) const;
  void write_page(const record::Run& run, const Beside& beside, std::ostream& out, bool assets_beside) const;   // the HTML report
};

// The outlines of a record. Throws std::runtime_error when the file cannot be read or holds no result; lesser complaints are in the Run.
record::Run read_outline(const std::string& file);

}  // namespace cli
