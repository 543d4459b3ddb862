// Any bytes: the fields lie inside, in order, and do not overlap; neither the sender nor the detail asked for changes what is read.
#include "fuzz/target.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/rules.h"

#include <algorithm>

void fuzz::target(mqtt::View input) {
  using namespace mqtt;
  auto decoded = decode(input, version, Sender::client);
  std::size_t end = 0;
  for (auto& field : decoded.fields) {
    must(field.size > 0 && field.offset >= end, "fields are ordered and do not overlap");
    end = field.offset + field.size;
  }
  must(end <= input.size(), "fields lie inside the frame");
  for (auto& fault : decoded.faults)
    must(!fault.text.empty() && !statement(fault.rule, version).empty(), "a fault says what breaks which statement");
  auto quick = decode(input, version, Sender::client, Detail::packet_only);
  auto same = [](const Fault& a, const Fault& b) { return a.rule == b.rule && a.offset == b.offset && a.size == b.size; };
  must(quick.packet == decoded.packet && std::equal(quick.faults.begin(), quick.faults.end(), decoded.faults.begin(), decoded.faults.end(), same),
       "without fields and texts the same is read");
  must(decode(input, version, Sender::broker, Detail::packet_only).packet == decoded.packet, "the sender decides what is allowed, not what is read");
  if (decoded.clean()) must(end == input.size(), "every byte of a clean packet belongs to a field");
}
