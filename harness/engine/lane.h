#pragma once
// A row of cases on one broker, many at once, and who is to blame when that broker is lost under them.
#include <deque>

#include "harness/engine/heartbeat.h"
#include "harness/engine/shared_broker.h"
#include "harness/engine/suite.h"

namespace engine {

using Cases = std::vector<const scenario::Case*>;

Duration length(const scenario::Case& one);   // how long it may take by what its steps say

// What the lanes of one run share.
struct Run {
  const Plan& plan;
  const std::function<void(record::Result)>& report;
  Course& course;
  const Heartbeat& heartbeat;
  Time begin;
};

// The broker is lost when its process has ended, or when it serves no new clients. Suspects are the cases that were being played then, but for those that
// passed without owing it to the end of a connection. The broker is restarted, and they are played again alone, the short ones first, until one loses it again:
// that one has failed, the others get the verdict of their second play. If no suspect does it, those that ended shortly before are tried likewise, the last one
// first; if none of these does it either, the suspects that did not fail are inconclusive.
class Lane {
public:
  Lane(const Cases& cases, int jobs, Stage& stage, const Run& run, asio::any_io_executor executor, SharedBroker* shared = nullptr);
  asio::awaitable<void> run();

private:
  struct Ended { const scenario::Case* one; record::Result result; Time when; };
  struct Charged {
    record::Result result;
    bool guilty = false;
    std::string trouble;   // why the broker did not come back afterwards
  };

  asio::awaitable<void> play_many();
  asio::awaitable<void> work();
  asio::awaitable<record::Result> play_here(const scenario::Case& one);
  asio::awaitable<record::Result> play_now(const scenario::Case& one);
  asio::awaitable<std::string> how_lost(int clients);
  asio::awaitable<std::string> how_died();
  asio::awaitable<std::string> lost_by(const scenario::Case& one, const record::Result& result);
  void report_until(Time time);
  void tell(record::Result result);

  asio::awaitable<void> after_a_loss();
  asio::awaitable<std::string> find_the_guilty(Cases& suspects, const std::string& loss);
  asio::awaitable<Charged> play_again(const scenario::Case& one);
  asio::awaitable<std::string> revive();      // empty: it serves a new client; or why it does not come back
  void give_up(const Cases& suspects, const std::string& loss);
  void charge(record::Result& result, const std::string& loss) const;
  void leave_open(record::Result& result, const std::string& loss) const;

  std::deque<const scenario::Case*> waiting_;
  Cases suspects_;
  std::deque<Ended> ended_;            // not told yet: the broker may still die of them
  int jobs_;
  Stage& stage_;
  const Run& run_;
  SharedBroker* shared_;               // none: each play that takes the broker down has it to itself
  net::Signal idle_;
  asio::any_io_executor executor_;
  std::size_t working_ = 0;
  std::string lost_;                   // how the broker was lost; empty: it lives
  std::exception_ptr trouble_;
};

}  // namespace engine
