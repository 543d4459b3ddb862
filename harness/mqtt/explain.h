#pragma once
// A frame told to a person, field by field: what `mqttspec decode` prints and every report shows.
#include "harness/mqtt/codec.h"

namespace mqtt {

struct Line {
  Field field;
  std::string value;   // "0x87 Not authorized", "dup=0 qos=1 retain=0", "'a/b'": printable ASCII, other characters as in JSON
};
struct Explanation {
  std::string summary;        // "PUBLISH qos 1, packet_id 7, topic 'a/b', 2 bytes of payload"
  std::vector<Line> lines;
  std::vector<Fault> faults;
};
Explanation explain(View frame, Version version, Sender sender);

}  // namespace mqtt
