#pragma once
// Packets to bytes and back. Pure: no I/O, no clock, no globals. Names of fields: see `Field paths` in scenarios/README.md; bytes behind
// what a packet has room for are the field `surplus`, bytes that make no sense (behind an unknown property) `unread`.
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
Bytes encode_bytes(const Packet& packet, Version version);    // the bytes alone, quicker

// Decoding cannot fail: it tells how far the bytes made sense and every rule they break.
struct Decoded {
  std::optional<Packet> packet;           // none where not even the type is known
  std::vector<Field> fields;
  std::vector<Fault> faults;
  bool clean() const { return packet && faults.empty(); }
};
enum class Detail : std::uint8_t { everything, packet_only };  // packet_only: for speed, no fields, and the faults without their texts
Decoded decode(View frame, Version version, Sender sender, Detail detail = Detail::everything);

// The version a CONNECT asks for by its protocol level; none: not a CONNECT, cut too early, or a level that no version has.
std::optional<Version> version_asked(View frame);

}  // namespace mqtt
