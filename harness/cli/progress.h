#pragma once
// How far a run is: one line that is written anew on a terminal; elsewhere, in the log of a CI server, a line every ten seconds.
#include <chrono>
#include <cstddef>
#include <string>

#include "harness/record/result.h"

namespace cli {

struct Standing {
  std::size_t plays = 0, over = 0;                     // wanted, and finished; skips count as finished
  std::size_t pass = 0, fail = 0, inconclusive = 0, skip = 0, error = 0;
  std::chrono::milliseconds elapsed{};                 // since the first was begun
  std::size_t warned = 0;                              // of `pass`
};
// "120 of 300 cases, about 12 s left". The time is said once a twentieth is over, and a second.
std::string how_far(const Standing& standing);
// "120 of 300 cases, about 12 s left: 2 fail, 117 pass, 1 skip".
std::string progress_text(const Standing& standing, bool coloured);

class Progress {
public:
  Progress(std::size_t cases, int repeat);
  void finished(const record::Result& result);
  void done();                                         // takes the line away
  const Standing& standing() const { return standing_; }
private:
  using Clock = std::chrono::steady_clock;
  Standing standing_;
  int repeat_;
  bool terminal_, coloured_;
  Clock::time_point begun_ = Clock::now(), told_ = begun_;
};

}  // namespace cli
