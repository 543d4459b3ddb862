#pragma once
// The report files a command was asked for; the same options for `run` and `report`.
#include <CLI/CLI.hpp>

#include "harness/record/record.h"

namespace cli {

struct Outputs {
  std::string html, junit, markdown, json, pcap, baseline, expect, detail = "all", assets = "inline";
  bool github = false;
  void options(CLI::App& app);
  // The files, and the summary on stdout. Throws std::runtime_error that names the file that cannot be written, or the baseline that cannot be read.
  void write(const record::Run& run) const;
  void write_page(const record::Run& run, std::ostream& out, bool beside) const;   // the HTML report; beside: its style and script are files of their own
};

// The outlines of a record. Throws std::runtime_error when the file cannot be read or holds no result; lesser complaints are in the Run.
record::Run read_outline(const std::string& file);

}  // namespace cli
