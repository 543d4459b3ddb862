#include "harness/net/clock.h"

#include <algorithm>
#include <utility>

#include "harness/net/quietly.h"

namespace net {

// Whoever resumes the timer (deadline, raise(), or both before the waiter ran), raised_ alone decides what is returned.
asio::awaitable<bool> RealClock::wait(Signal& signal, Time deadline) {
  if (!signal.raised_ && deadline > now()) {
    signal.timer_.expires_at(deadline);
    co_await signal.timer_.async_wait(quietly);
  }
  co_return std::exchange(signal.raised_, false);
}

bool VirtualClock::Earlier::operator()(const Signal* a, const Signal* b) const { return a->deadline_ < b->deadline_; }

asio::awaitable<bool> VirtualClock::wait(Signal& signal, Time deadline) {
  if (!signal.raised_ && deadline > now_) {
    struct Waiting {   // leaves the set also when the coroutine is thrown away
      std::multiset<Signal*, Earlier>& all;
      std::multiset<Signal*, Earlier>::iterator me;
      ~Waiting() { all.erase(me); }
    };
    signal.deadline_ = deadline;
    signal.timer_.expires_at(Time::max());
    const Waiting waiting{waiting_, waiting_.insert(&signal)};
    co_await signal.timer_.async_wait(quietly);
  }
  co_return std::exchange(signal.raised_, false);
}

void VirtualClock::run(asio::io_context& io) {
  for (;;) {
    io.restart();
    while (io.poll() > 0) io.restart();
    if (waiting_.empty() || (*waiting_.begin())->deadline_ == Time::max()) return;
    Signal& first = **waiting_.begin();
    now_ = std::max(now_, first.deadline_);
    first.timer_.cancel();
  }
}

}  // namespace net
