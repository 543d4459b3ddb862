#pragma once
// Plays many cases, many at once, and keeps the account straight when the broker dies under them.
#include "harness/engine/player.h"

namespace engine {

struct Plan {
  std::vector<const scenario::Case*> cases;
  int jobs = 32;                        // cases at once
  int repeat = 1;                       // plays of each case, round by round
  // Makes a broker of its own, in this setup (empty: as it comes), for scenarios that ask for one. Without it those that must be alone are
  // played on the main one after all others, if it is exclusively ours.
  std::function<asio::awaitable<std::unique_ptr<Instance>>(std::string setup)> own_instance;
  int instances = 0;                    // of those at once; 0: any number
  bool exclusive = false;
  bool may_break = true;                // without it, scenarios tagged `intrusive` are skipped: they have brought brokers down
};

struct Course {
  bool interrupted = false;
  std::vector<std::string> deaths;      // each time the broker died or stopped serving: how, and of which case, or what was being played
  bool uncharged = false;               // no case is to blame for one of them, or the broker did not come back: that is news, whatever failures are known
};

// Reports each result, without its broker's password, skips included (once), when it is certain that the broker has not died of its case. Longest cases first. Where a broker of its own does
// not start, the cases that asked for it are errors.
asio::awaitable<Course> play_suite(Plan plan, Stage& stage, std::function<void(record::Result)> report);

}  // namespace engine
