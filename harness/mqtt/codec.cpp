#include "harness/mqtt/codec.h"

#include "harness/mqtt/layout.h"

namespace mqtt {
namespace {

// ---- the first byte

constexpr std::uint8_t fixed_flags(Type type) {
  return type == Type::pubrel || type == Type::subscribe || type == Type::unsubscribe ? 2 : 0;
}

template <class P> std::uint8_t header_of(const P& packet) {
  std::uint8_t flags = fixed_flags(P::type);
  if constexpr (P::type == Type::publish) flags = std::uint8_t(packet.dup << 3 | (packet.qos & 3) << 1 | packet.retain);
  return std::uint8_t(std::uint8_t(P::type) << 4 | flags);
}

constexpr Rule flags_rule(Type type) {
  switch (type) {
    case Type::pubrel: return Rule::header_flags_pubrel;
    case Type::subscribe: return Rule::header_flags_subscribe;
    case Type::unsubscribe: return Rule::header_flags_unsubscribe;
    case Type::disconnect: return Rule::header_flags_disconnect;
    case Type::auth: return Rule::header_flags_auth;
    default: return Rule::header_flags;
  }
}

template <class Io, class P> void read_flags(Io& io, P& packet, std::uint8_t flags) {
  if constexpr (P::type == Type::publish) {
    packet.dup = flags >> 3 & 1;
    packet.qos = flags >> 1 & 3;
    packet.retain = flags & 1;
    io.must(packet.qos < 3, Rule::qos_3, "header", "QoS 3");
    io.must(packet.qos != 0 || !packet.dup, Rule::dup_without_qos, "header", "DUP with QoS 0");
  } else {
    if (io.version == Version::v3_1 && fixed_flags(P::type) == 2) flags &= 7;  // there a repeated one carries DUP
    io.must(flags == fixed_flags(P::type), flags_rule(P::type), "header",
            [&] { return "flags " + std::to_string(flags) + " instead of " + std::to_string(fixed_flags(P::type)); });
  }
}

template <bool KeepText> Decoded decode_with(View frame, Version version, Sender sender) {
  std::uint8_t header = frame.empty() ? 0 : frame[0], type = header >> 4;
  Decoded decoded{version == Version::v5_0 || Type(type) != Type::auth ? blank_packet(type) : std::nullopt, {}, {}};
  Reader<KeepText> reader(frame, version, sender, decoded);
  reader.u8("header", header);
  if (decoded.packet) {
    std::visit([&](auto& packet) {
      read_flags(reader, packet, header & 15);
      reader.sized("remaining_length", [&](Reader<KeepText>&) {
        layout(reader, packet);
        reader.finish();
      });
    }, *decoded.packet);
  } else {
    reader.must(false, Rule::packet_type, "header",
                [&] { return "packet type " + std::to_string(type) + " does not exist in MQTT " + std::string(name(version)); });
    reader.sized("remaining_length", [&](Reader<KeepText>&) { reader.stop(); });
  }
  reader.end();
  return decoded;
}

template <bool KeepFields> Writer<KeepFields> encode_with(const Packet& packet, Version version, const Instead* instead) {
  Writer<KeepFields> writer(version, instead);
  auto copy = packet;  // layouts take what they write by reference, as a Reader needs it
  std::visit([&](auto& each) {
    writer.u8("header", header_of(each));
    writer.sized("remaining_length", [&](Writer<KeepFields>&) {
      layout(writer, each);
      writer.finish();
    });
  }, copy);
  return writer;
}

}  // namespace

Frame encode(const Packet& packet, Version version, const Instead& instead) {
  auto writer = encode_with<true>(packet, version, &instead);
  Frame frame{std::move(writer.out), std::move(writer.fields), {}};
  for (auto& [path, bytes] : instead)
    if (std::find(writer.replaced.begin(), writer.replaced.end(), path) == writer.replaced.end()) frame.not_replaced.push_back(path);
  return frame;
}

Bytes encode_bytes(const Packet& packet, Version version) { return encode_with<false>(packet, version, nullptr).out; }

Decoded decode(View frame, Version version, Sender sender, Detail detail) {
  return detail == Detail::everything ? decode_with<true>(frame, version, sender) : decode_with<false>(frame, version, sender);
}

std::optional<Version> version_asked(View frame) {
  auto decoded = decode(frame, Version::v3_1_1, Sender::client, Detail::packet_only);
  auto connect = decoded.packet ? std::get_if<Connect>(&*decoded.packet) : nullptr;
  if (!connect) return {};
  for (auto version : all_versions)
    if (connect->protocol_level == std::uint8_t(version)) return version;
  return {};
}

}  // namespace mqtt
