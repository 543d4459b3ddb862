#pragma once
// How far a run is: one line that is written anew on a terminal, and nothing where stderr is no terminal.
#include <cstddef>

#include "harness/record/result.h"

namespace cli {

class Progress {
public:
  explicit Progress(std::size_t cases);
  void finished(const record::Result& result);
  void done();   // takes the line away
private:
  std::size_t cases_, finished_ = 0, failed_ = 0;
  bool shown_;
};

}  // namespace cli
