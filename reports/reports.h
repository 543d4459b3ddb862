#pragma once
// The reports: each a function of a run's record and of nothing else. README.md beside this file says what each format holds.
#include <iosfwd>
#include <string>
#include <vector>

#include "harness/record/record.h"

namespace reports {

struct KnownList;

// What a run is held against; a report does without either.
struct Against {
  const record::Run* baseline = nullptr;   // an earlier run: what has changed since (changes.h)
  const KnownList* known = nullptr;        // failures that are known: which ones are news, which entries are gone or past their date (expected.h)
};

// HTML: pages without network that read with scripts and styles forbidden. One case of the run is in memory at a time.
struct HtmlOptions {
  bool failed_only = false;     // cases that simply passed are one line, without steps, packets and log
  bool assets_beside = false;   // style and script are not in the page but files beside it: page_assets()
  Against against = {};
};
void write_html(const record::Run& run, std::ostream& out, const HtmlOptions& options = {});
struct PageAsset { std::string name, text; };
std::vector<PageAsset> page_assets();

void write_junit(const record::Run& run, std::ostream& out, const Against& against = {});      // known failures are skipped; it has no word for a baseline
void write_markdown(const record::Run& run, std::ostream& out, const Against& against = {});   // always below 1 MiB, GitHub's limit for a step summary
void write_json(const record::Run& run, std::ostream& out, const Against& against = {});
std::string summary(const record::Run& run, const Against& against = {});                      // plain text for a terminal, 110 columns
// GitHub's workflow commands: the ten statements with the most cases as errors, ten warnings, and one notice with the sum. Where failures are known, only what is news.
std::string annotations(const record::Run& run, const Against& against = {});

}  // namespace reports
