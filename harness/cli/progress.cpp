#include "harness/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "harness/cli/colour.h"
#include "reports/text.h"

namespace cli {
namespace {

constexpr auto between_lines = std::chrono::seconds(10);

std::string time_left(const Standing& standing) {
  const auto left = standing.elapsed * static_cast<std::int64_t>(standing.plays - standing.over) / static_cast<std::int64_t>(standing.over);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  return seconds < 60 ? fmt::format("{} s", seconds) : fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

bool warned(const record::Result& result) {
  return std::any_of(result.findings.begin(), result.findings.end(), [](auto& one) { return one.verdict == record::Kept::warning; });
}

}  // namespace

std::string how_far(const Standing& standing) {
  const auto text = fmt::format("{} of {}", reports::number(standing.over), reports::count(standing.plays, "case"));
  const bool known = standing.over * 20 >= standing.plays && standing.elapsed >= std::chrono::seconds(1);
  return known && standing.over < standing.plays ? fmt::format("{}, about {} left", text, time_left(standing)) : text;
}

std::string progress_text(const Standing& standing, bool coloured) {
  std::string counts;
  const auto add = [&](std::size_t value, std::string_view word, Colour colour) {
    if (value == 0) return;
    const auto shown = fmt::format("{} {}", reports::number(value), word);
    counts += (counts.empty() ? ": " : ", ") + (coloured ? in_colour(shown, colour) : shown);
  };
  add(standing.fail, "fail", Colour::red);
  add(standing.error, "error", Colour::red);
  add(standing.inconclusive, "inconclusive", Colour::yellow);
  add(standing.pass, "pass", Colour::green);
  add(standing.skip, "skip", Colour::none);
  return how_far(standing) + counts;
}

Progress::Progress(std::size_t cases, int repeat) : repeat_(repeat), terminal_(rewrites_lines(STDERR_FILENO)), coloured_(wants_colour(STDERR_FILENO)) {
  standing_.plays = cases * static_cast<std::size_t>(repeat);
}

void Progress::finished(const record::Result& result) {
  const bool skipped = result.verdict == record::Verdict::skip;
  const auto plays = skipped ? static_cast<std::size_t>(repeat_) : 1;   // it is skipped once for all rounds
  standing_.over += plays;
  switch (result.verdict) {
    case record::Verdict::pass: ++standing_.pass, standing_.warned += warned(result); break;
    case record::Verdict::fail: ++standing_.fail; break;
    case record::Verdict::inconclusive: ++standing_.inconclusive; break;
    case record::Verdict::skip: standing_.skip += plays; break;
    case record::Verdict::error: ++standing_.error; break;
  }
  const auto now = Clock::now();
  standing_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begun_);
  // What is wider than the terminal is cut, not wrapped: a second line would stay.
  if (terminal_) fmt::print(stderr, "\r\x1b[?7l{}\x1b[K\x1b[?7h", progress_text(standing_, coloured_));
  else if (now - told_ >= between_lines) fmt::print(stderr, "{}\n", progress_text(standing_, false)), told_ = now;
}

void Progress::done() {
  if (terminal_) fmt::print(stderr, "\r\x1b[K");
}

}  // namespace cli
