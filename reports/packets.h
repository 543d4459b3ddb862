#pragma once
// The trace of a case as people read it: each event with the packets its bytes hold, told field by field, and the findings it is the proof of.
#include "harness/mqtt/explain.h"
#include "harness/record/result.h"

namespace reports {

struct Packet {
  mqtt::Bytes bytes;                             // the whole frame, as far as it came
  int at = 0;                                    // where it begins in the bytes of its event; negative: in an earlier write
  std::string note;                              // "began in an earlier write", "not whole: 5 bytes", or empty
  mqtt::Explanation told;
};

struct Moment {
  const record::Event* event = nullptr;
  int index = -1;                                // into Result::trace
  std::string who;                               // "A → broker", "broker → A", "A", "broker"
  std::string text;                              // one line: summaries of the packets, or what happened
  std::vector<Packet> packets;
  std::vector<const record::Finding*> proves;    // findings (fail, warning) that this event broke
};

// One line of the story of a case: a step, or something on the wire. Exactly one of the two is set.
struct Line {
  const record::StepNote* step = nullptr;
  const Moment* moment = nullptr;
};

std::vector<Moment> moments(const record::Result& result);
std::vector<Line> story(const record::Result& result, const std::vector<Moment>& moments);

struct Stretch { std::string hex; bool marked = false; };
// The bytes in hex, the ones that broke a statement apart; beyond `most` bytes only those around what is marked.
std::vector<Stretch> hex_of(const Packet& packet, const Moment& moment, std::size_t most);
// The same, field by field: the n-th group belongs to the n-th line of packet.told. Bytes of no field stand in a group whose field is -1, and so
// do the words about what is left out.
struct Group { int field = -1; std::vector<Stretch> stretches; };
std::vector<Group> groups_of(const Packet& packet, const Moment& moment, std::size_t most);
bool marked(const Packet& packet, const mqtt::Field& field, const Moment& moment);

std::string left_out(std::size_t bytes, std::string_view where);   // "(3 bytes more)"
std::string plain(const Moment& moment);         // "     12.345 ms  broker → A  PUBLISH ..." for text formats

}  // namespace reports
