#pragma once
// How quick this broker answers just now, and the windows that follow from it: silence and closes are judged in round trips, not in seconds.
#include <algorithm>

#include "harness/net/clock.h"

namespace engine {

using net::Duration;

class Pace {
public:
  // The time between a packet of ours and the broker's answer to it. The slowest of late counts; it fades by 2 % an answer.
  void observe(Duration round_trip) { slowest_ = std::max(round_trip, slowest_ * 49 / 50); }
  Duration slowest() const { return slowest_; }
  // How long nothing must have come before a PINGREQ is sent to prove silence.
  Duration quiet_window() const { return clamp(slowest_ * 3, std::chrono::milliseconds(40)); }
  // How long a close may take before a PINGREQ is sent to see whether the broker went on, and how long after its answer.
  Duration grace() const { return clamp(slowest_ * 3, std::chrono::milliseconds(60)); }
private:
  static Duration clamp(Duration value, Duration least) { return std::clamp<Duration>(value, least, std::chrono::seconds(1)); }
  Duration slowest_{};
};

}  // namespace engine
