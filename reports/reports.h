#pragma once
// The reports: each a function of a run's record and of nothing else. README.md beside this file says what each format holds.
#include <iosfwd>
#include <string>

#include "harness/record/record.h"

namespace reports {

void write_html(const record::Run& run, std::ostream& out);      // one file, no network, no script
void write_junit(const record::Run& run, std::ostream& out);
void write_markdown(const record::Run& run, std::ostream& out);  // always below 1 MiB, GitHub's limit for a step summary
void write_json(const record::Run& run, std::ostream& out);
std::string summary(const record::Run& run);                     // plain text for a terminal, 110 columns

}  // namespace reports
