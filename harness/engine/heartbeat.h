#pragma once
// Whether the harness itself kept its time: a beat that comes late shows that the machine held it up, and verdicts about time mean nothing then.
#include <deque>

#include "harness/net/clock.h"

namespace engine {

using net::Duration;
using net::Time;

class Heartbeat {
public:
  Heartbeat(net::Clock& clock, boost::asio::any_io_executor executor) : clock_(clock), wake_(std::move(executor)) {}
  boost::asio::awaitable<void> beat();     // until stop()
  void stop();
  Duration held_up_since(Time time) const; // the longest that a beat was overdue since then, one that has not come yet included
private:
  struct Late { Time due, came; };
  net::Clock& clock_;
  net::Signal wake_;
  std::deque<Late> late_;
  Time due_ = Time::max();                 // of the next beat
  bool stopped_ = false;
};

}  // namespace engine
