#include "harness/cli/outputs.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "reports/reports.h"

namespace cli {
namespace {

std::filesystem::path folder_of(const std::string& file) { return std::filesystem::path(file).parent_path(); }

void write_to(const std::string& file, const std::function<void(std::ostream&)>& format) {
  if (file.empty()) return;
  if (auto folder = folder_of(file); !folder.empty()) std::filesystem::create_directories(folder);
  std::ofstream out(file, std::ios::binary);
  format(out);
  out.close();
  if (!out) throw std::runtime_error(fmt::format("{}: cannot be written", file));
}

}  // namespace

void Outputs::options(CLI::App& app) {
  app.add_option("--html", html, "write the report for people: one file, no network");
  app.add_option("--detail", detail, "all: the HTML report tells every case; failed: of those that simply passed only the names")->check(CLI::IsMember({"all", "failed"}));
  app.add_option("--assets", assets, "files: style and script of the HTML report lie beside it, for servers that forbid them inside (default inline)")
      ->check(CLI::IsMember({"inline", "files"}));
  app.add_option("--junit", junit, "write JUnit XML for a CI server");
  app.add_option("--markdown", markdown, "write a summary in Markdown");
  app.add_option("--json", json, "write the report as JSON (reports/README.md)");
}

void Outputs::write(const record::Run& run) const {
  const bool beside = assets == "files";
  write_to(html, [&](std::ostream& out) { reports::write_html(run, out, {.failed_only = detail == "failed", .assets_beside = beside}); });
  if (beside && !html.empty())
    for (auto& asset : reports::page_assets()) write_to((folder_of(html) / asset.name).string(), [&](std::ostream& out) { out << asset.text; });
  write_to(junit, [&](std::ostream& out) { reports::write_junit(run, out); });
  write_to(markdown, [&](std::ostream& out) { reports::write_markdown(run, out); });
  write_to(json, [&](std::ostream& out) { reports::write_json(run, out); });
}

}  // namespace cli
