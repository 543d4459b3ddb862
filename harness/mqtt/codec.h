#pragma once
// Packets to bytes and back. Pure: no I/O, no clock, no globals.
#include <map>

#include "harness/mqtt/packet.h"

namespace mqtt {

using Instead = std::map<std::string, Bytes, std::less<>>;  // field path -> the bytes to write in its place

struct Frame {
  Bytes bytes;
  std::vector<Field> fields;
  std::vector<std::string> not_replaced;  // paths of `instead` that this packet has no field for
};
// A member too long for its length field is cut to what the field can say (65,535 bytes). Lengths around a replaced field stay right.
Frame encode(const Packet& packet, Version version, const Instead& instead = {});

// Decoding cannot fail: it tells how far the bytes made sense and every rule they break.
struct Decoded {
  std::optional<Packet> packet;           // none where not even the type is known
  std::vector<Field> fields;
  std::vector<Fault> faults;
  bool clean() const { return packet && faults.empty(); }
};
Decoded decode(View frame, Version version, Sender sender);

}  // namespace mqtt
