#pragma once
// Plays one case against one broker: steps become events on the trace, expectations are judged over it, and the verdict follows.
#include <set>

#include "harness/engine/instance.h"
#include "harness/engine/pace.h"
#include "harness/record/result.h"
#include "harness/spec/catalogue.h"

namespace engine {

// What plays share. `interrupted` ends each of them at its next step.
struct Stage {
  Instance& instance;
  net::Clock& clock;
  Pace& pace;
  const spec::Catalogue& catalogue;
  std::string run_id;                    // unique to the run: letters and digits, five or so
  bool interrupted = false;
  std::set<net::Signal*> players;        // whoever plays now, to be woken by interrupt()
  std::set<Stage*> beside;               // stages of other brokers that are played at the same time
  void interrupt();
};

// One play. `unique` tells this play from all others of the run (letters and digits, at most five). Never throws for what a broker does;
// trouble of our own is the verdict `error`.
asio::awaitable<record::Result> play_once(const scenario::Case& one, Stage& stage, std::string unique);

// As often as the case's `phases` say, side by side, merged into one result: it fails if one phase fails.
asio::awaitable<record::Result> play(const scenario::Case& one, Stage& stage, std::string unique);

}  // namespace engine
