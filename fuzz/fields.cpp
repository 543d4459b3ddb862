// Any bytes: the fields lie inside, in order, and do not overlap; neither the sender nor the detail asked for changes what is read.
#include "fuzz/target.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/rules.h"

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
  must(quick.packet == decoded.packet && quick.faults.size() == decoded.faults.size(), "without fields the same is read");
  must(decode(input, version, Sender::broker, Detail::packet_only).packet == decoded.packet, "the sender decides what is allowed, not what is read");
  if (decoded.clean()) must(end == input.size(), "every byte of a clean packet belongs to a field");
}
