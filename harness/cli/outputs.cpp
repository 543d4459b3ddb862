#include "harness/cli/outputs.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

#include "harness/cli/colour.h"
#include "reports/capture.h"

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

// GitHub's runner takes a line of output for a command; what a broker sent must not become one. Only who knows the token can switch that on again.
std::string without_commands(const std::string& text) {
  std::random_device random;
  const auto token = fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
  return fmt::format("::stop-commands::{0}\n{1}::{0}::\n", token, text);
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
  app.add_option("--pcap", pcap, "folder for a capture of each case that did not pass, for Wireshark and tshark");
  app.add_flag("--github", github, "print the ten most important errors and warnings as annotations of GitHub actions");
  app.add_option("--expect", expect, "known failures: every report tells them from news (a new failure, a known one that has gone, an entry past its date), and of `run` only news makes the exit code 1");
  app.add_option("--baseline", baseline, "the record of an earlier run: tell what fails anew, what is fixed, what fails differently")->check(CLI::ExistingFile);
}

Beside Outputs::read() const {
  Beside all;
  if (!baseline.empty()) all.baseline = read_outline(baseline);
  if (!expect.empty()) all.known = reports::KnownList{record::load_known(expect), expect, record::today()};
  return all;
}

void Outputs::write_page(const record::Run& run, const Beside& beside, std::ostream& out, bool assets_beside) const {
  reports::write_html(run, out, {.failed_only = detail == "failed", .assets_beside = assets_beside, .against = beside.against()});
}

void Outputs::write(const record::Run& run, const Beside& beside) const {
  const auto against = beside.against();
  write_to(html, [&](std::ostream& out) { write_page(run, beside, out, assets == "files"); });
  if (assets == "files" && !html.empty())
    for (auto& asset : reports::page_assets()) write_to((folder_of(html) / asset.name).string(), [&](std::ostream& out) { out << asset.text; });
  write_to(junit, [&](std::ostream& out) { reports::write_junit(run, out, against); });
  write_to(markdown, [&](std::ostream& out) { reports::write_markdown(run, out, against); });
  write_to(json, [&](std::ostream& out) { reports::write_json(run, out, against); });
  if (!pcap.empty()) reports::write_captures(run, pcap);
  const auto summary = reports::summary(run, against);
  if (github) fmt::print("{}{}", without_commands(summary), reports::annotations(run, against));
  else fmt::print("{}", wants_colour(STDOUT_FILENO) ? coloured(summary) : summary);
}

record::Run read_outline(const std::string& file) {
  record::Run run;
  record::outline_more(run, file);
  if (run.results.empty()) throw std::runtime_error(fmt::format("no result in {}: is it a record of `mqttspec run --record`?", file));
  return run;
}

}  // namespace cli
