#pragma once
// What happened on the wire of one case, in order. The trace keeps bytes; packets, fields and faults are recomputed where they are shown.
#include <chrono>
#include <string>
#include <vector>

#include "harness/mqtt/bytes.h"
#include "harness/mqtt/version.h"

namespace record {

using Microseconds = std::chrono::microseconds;

enum class What : std::uint8_t {
  opened,      // the network connection stands
  refused,     // it could not be made; text says why
  sent,        // bytes: one write of ours
  received,    // bytes: one frame; or, when the stream makes no sense, all that came (text says so)
  ended,       // the broker ended the connection (FIN)
  reset,       // the broker reset it; text says how it showed
  finished,    // we ended our side (FIN)
  dropped,     // we reset it (RST)
  frame_sent,      // a frame of a WebSocket that carries no MQTT; text says which
  frame_received,  // likewise; or a text frame, or the answer to the handshake
  control,     // the broker was stopped, started, killed; text says which
  left_out,    // events of a stream that are not kept; text says how many, of which packets
};
std::string_view name(What what);

struct Event {
  Microseconds at{};            // since the case began
  What what = What::sent;
  std::string client;           // "A"; empty for control and left_out
  mqtt::Version version = mqtt::Version::v5_0;   // the version this client speaks
  int step = -1;                // index into Result::steps; -1: outside of steps
  mqtt::Bytes bytes;
  std::string text;
  bool fence = false;           // a PINGREQ of the harness's own, or the answer to it
  bool operator==(const Event&) const = default;
};

using Trace = std::vector<Event>;

}  // namespace record
