// Any bytes: decoding is total, its faults lie inside, and a clean packet is written as it came, but for the exceptions listed.
#include "fuzz/target.h"
#include "harness/mqtt/codec.h"

namespace {

using namespace mqtt;
using fuzz::version;

bool ends_with(const Decoded& decoded, View input, std::string_view path) {
  auto& last = decoded.fields.back();
  return last.path == path && last.size == 1 && input[last.offset] == 0;
}

// What a version lets a sender write in more than one way. The packet does not remember which.
struct Exception { const char* what; bool (*met)(const Decoded& decoded, View input); };
constexpr Exception exceptions[] = {
    {"3.1 and 3.1.1: a Remaining Length in more bytes than it needs",
     [](const Decoded& decoded, View input) { return version != Version::v5_0 && decoded.fields[1].size > 1 && input[decoded.fields[1].size] == 0; }},
    {"3.1: DUP of a PUBREL, SUBSCRIBE or UNSUBSCRIBE that is sent again",
     [](const Decoded& decoded, View input) { return version == Version::v3_1 && input[0] & 8 && type_of(*decoded.packet) != Type::publish; }},
    {"3.1: Will QoS and Will Retain without a Will; a text that is missing in spite of its flag",
     [](const Decoded& decoded, View) { return version == Version::v3_1 && type_of(*decoded.packet) == Type::connect; }},
    {"5.0: code 0, or the length of no properties, at the end where it can be left out",
     [](const Decoded& decoded, View input) {
       return version == Version::v5_0 && (ends_with(decoded, input, "reason_code") || ends_with(decoded, input, "properties_length"));
     }},
};

Sender sender_of(View input) {
  auto type = Type(input.empty() ? 0 : input[0] >> 4);
  bool brokers = type == Type::connack || type == Type::suback || type == Type::unsuback || type == Type::pingresp;
  return brokers ? Sender::broker : Sender::client;
}

}  // namespace

void fuzz::target(View input) {
  auto decoded = decode(input, version, sender_of(input), Detail::packet_only);
  for (auto& fault : decoded.faults) must(std::size_t(fault.offset) + fault.size <= input.size(), "faults lie inside the frame");
  if (!decoded.clean()) return;
  auto again = encode_bytes(*decoded.packet, version);
  if (std::equal(again.begin(), again.end(), input.begin(), input.end())) return;
  bool excepted = false;
  auto with_fields = decode(input, version, sender_of(input));
  for (auto& each : exceptions) excepted |= each.met(with_fields, input);
  must(excepted, "a clean packet is written as it came");
  must(again.size() <= input.size(), "an exception is written in its shortest form");
  must(decode(again, version, sender_of(input)).packet == decoded.packet, "what is written is read as the same packet");
}
