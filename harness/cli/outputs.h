#pragma once
// The report files a command was asked for; the same options for `run` and `report`.
#include <CLI/CLI.hpp>

#include "harness/record/record.h"

namespace cli {

struct Outputs {
  std::string html, junit, markdown, json, detail = "all", assets = "inline";
  void options(CLI::App& app);
  // Throws std::runtime_error that names the file that cannot be written.
  void write(const record::Run& run) const;
};

}  // namespace cli
