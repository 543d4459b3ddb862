#include "harness/engine/heartbeat.h"

namespace engine {
namespace {

constexpr auto rhythm = std::chrono::milliseconds(50);
constexpr auto noticeable = std::chrono::milliseconds(20);

}  // namespace

boost::asio::awaitable<void> Heartbeat::beat() {
  while (!stopped_) {
    auto due = clock_.now() + rhythm;
    co_await clock_.wait(wake_, due);
    auto by = clock_.now() - due;
    if (by > noticeable) late_.push_back({clock_.now(), by});
  }
}

void Heartbeat::stop() {
  stopped_ = true;
  wake_.raise();
}

Duration Heartbeat::held_up_since(Time time) const {
  Duration longest{};
  for (auto at = late_.rbegin(); at != late_.rend() && at->when >= time; ++at) longest = std::max(longest, at->by);
  return longest;
}

}  // namespace engine
