#include "harness/cli/outputs.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "reports/reports.h"

namespace cli {
namespace {

void write_to(const std::string& file, const record::Run& run, void (*format)(const record::Run&, std::ostream&)) {
  if (file.empty()) return;
  if (auto folder = std::filesystem::path(file).parent_path(); !folder.empty()) std::filesystem::create_directories(folder);
  std::ofstream out(file, std::ios::binary);
  format(run, out);
  out.close();
  if (!out) throw std::runtime_error(fmt::format("{}: cannot be written", file));
}

}  // namespace

void Outputs::options(CLI::App& app) {
  app.add_option("--html", html, "write the report for people: one file, no network");
  app.add_option("--junit", junit, "write JUnit XML for a CI server");
  app.add_option("--markdown", markdown, "write a summary in Markdown");
  app.add_option("--json", json, "write the report as JSON (reports/README.md)");
}

void Outputs::write(const record::Run& run) const {
  write_to(html, run, reports::write_html);
  write_to(junit, run, reports::write_junit);
  write_to(markdown, run, reports::write_markdown);
  write_to(json, run, reports::write_json);
}

}  // namespace cli
