#include "harness/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

namespace cli {

Progress::Progress(std::size_t cases) : cases_(cases), shown_(isatty(STDERR_FILENO)) {}

void Progress::finished(const record::Result& result) {
  ++finished_;
  if (result.verdict != record::Verdict::pass && result.verdict != record::Verdict::skip) ++failed_;
  if (shown_) fmt::print(stderr, "\r{} of {} cases, {} not passed ", finished_, cases_, failed_);
}

void Progress::done() {
  if (shown_) fmt::print(stderr, "\r{:60}\r", "");
}

}  // namespace cli
