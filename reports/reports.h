#pragma once
// The reports: each a function of a run's record and of nothing else. README.md beside this file says what each format holds.
#include <iosfwd>
#include <string>
#include <vector>

#include "harness/record/known.h"
#include "harness/record/record.h"

namespace reports {

struct KnownList;

// HTML: pages without network that read with scripts and styles forbidden. One case of the run is in memory at a time.
struct HtmlOptions {
  bool failed_only = false;     // cases that simply passed are one line, without steps, packets and log
  bool assets_beside = false;   // style and script are not in the page but files beside it: page_assets()
  const record::Run* baseline = nullptr;   // what has changed since that run (changes.h)
  const KnownList* known = nullptr;        // which failures are expected, and which entries are gone or stale (expected.h)
};
void write_html(const record::Run& run, std::ostream& out, const HtmlOptions& options = {});
struct PageAsset { std::string name, text; };
std::vector<PageAsset> page_assets();

void write_junit(const record::Run& run, std::ostream& out);
// With a baseline these three tell what has changed since that run (changes.h).
void write_markdown(const record::Run& run, std::ostream& out, const record::Run* baseline = nullptr);  // always below 1 MiB, GitHub's limit for a step summary
void write_json(const record::Run& run, std::ostream& out, const record::Run* baseline = nullptr);
std::string summary(const record::Run& run, const record::Run* baseline = nullptr);                     // plain text for a terminal, 110 columns
// GitHub's workflow commands: the ten statements with the most cases as errors, ten warnings, and one notice with the sum. Where failures are known, only what is news.
std::string annotations(const record::Run& run, const record::News* news = nullptr);

}  // namespace reports
