#pragma once
// What a client found in its inbox: a packet, something of the WebSocket that carries them, or the end of the connection.
#include <nlohmann/json.hpp>

#include "harness/mqtt/codec.h"
#include "harness/record/trace.h"

namespace engine {

struct Arrival {
  int event = -1;                     // index into the trace
  record::Microseconds at{};          // since the case began
  record::What what = record::What::received;
  std::string trouble = {};           // of an end by TLS or WebSocket: what they found wrong
  std::optional<mqtt::Type> type;     // none: an end, or bytes that are no packet
  nlohmann::json packet;              // as mqtt::to_json; null with no type
  nlohmann::json frame;               // scenario::frame_fields of a packet: its length, header and Remaining Length as they were written
  std::vector<mqtt::Field> fields;
  std::vector<mqtt::Fault> faults;
  bool carrier = false;               // `packet` is a frame of the WebSocket or the answer to its handshake: {"close": {"code": 1002}}
  bool fence = false;                 // the answer to a PINGREQ of the harness's own
  bool is_end() const { return what == record::What::ended || what == record::What::reset; }
};

}  // namespace engine
