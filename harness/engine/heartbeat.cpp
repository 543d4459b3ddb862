#include "harness/engine/heartbeat.h"

#include <algorithm>

namespace engine {
namespace {

constexpr auto rhythm = std::chrono::milliseconds(50);
constexpr auto noticeable = std::chrono::milliseconds(20);

}  // namespace

boost::asio::awaitable<void> Heartbeat::beat() {
  while (!stopped_) {
    due_ = clock_.now() + rhythm;
    co_await clock_.wait(wake_, due_);
    if (clock_.now() - due_ > noticeable) late_.push_back({due_, clock_.now()});
  }
}

void Heartbeat::stop() {
  stopped_ = true;
  wake_.raise();
}

Duration Heartbeat::held_up_since(Time time) const {
  auto longest = std::max<Duration>(clock_.now() - std::max(due_, time), Duration{});
  for (auto at = late_.rbegin(); at != late_.rend() && at->came >= time; ++at) longest = std::max(longest, at->came - std::max(at->due, time));
  return longest;
}

}  // namespace engine
