// The input makes the choices of a packet: any legal packet comes back as it went, and one with a spoilt field is still one frame.
#include "fuzz/target.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/mqtt/generated_packets.h"

void fuzz::target(mqtt::View input) {
  using namespace mqtt;
  auto choose = [&input] {
    std::uint32_t choice = 0;
    for (int i = 0; i < 2 && !input.empty(); ++i, input = input.subspan(1)) choice = choice << 8 | input[0];
    return choice;
  };
  auto types = PacketGenerator::types(version);
  auto type = types[choose() % types.size()];
  auto made = PacketGenerator(choose).packet(type, version);
  auto frame = encode(made.packet, version);
  auto decoded = decode(frame.bytes, version, made.sender);
  must(decoded.clean(), "a legal packet is read without a fault");
  must(*decoded.packet == made.packet, "a packet is read as it was written");
  must(decoded.fields == frame.fields, "reader and writer agree on the fields");
  must(encode_bytes(made.packet, version) == frame.bytes, "the quick writer writes the same");

  auto& field = frame.fields[choose() % frame.fields.size()];
  if (field.path == "remaining_length") return;   // spoilt, it may announce anything
  auto spoilt = encode(made.packet, version, {{field.path, Bytes(choose() % 40, std::uint8_t(choose()))}});
  must(spoilt.not_replaced.empty(), "every field that a packet has can be spoilt");
  if (spoilt.bytes.size() < 2 || field.path == "header") return;
  Framer framer;
  framer.feed(spoilt.bytes);
  auto only = framer.next();
  must(only == spoilt.bytes && framer.held().empty(), "the lengths around a spoilt field stay right");
  auto read = decode(spoilt.bytes, version, made.sender);
  must(read.packet.has_value(), "a spoilt field leaves the packet readable");
}
