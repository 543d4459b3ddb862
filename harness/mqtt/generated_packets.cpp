#include "harness/mqtt/generated_packets.h"

#include <random>

#include "harness/mqtt/property_table.h"
#include "harness/mqtt/reason.h"

namespace mqtt {
namespace {

constexpr std::string_view characters[] = {
    "a", "B", "7", " ", "'", "\\", "$", "-", "\xc3\xa9", "\xe2\x82\xac", "\xef\xbb\xbf", "\xf0\x9f\x90\x98", "\n"};

bool sent_by(Type type, Sender sender) {
  switch (type) {
    case Type::connect: case Type::subscribe: case Type::unsubscribe: case Type::pingreq: return sender == Sender::client;
    case Type::connack: case Type::suback: case Type::unsuback: case Type::pingresp: return sender == Sender::broker;
    default: return true;
  }
}

}  // namespace

PacketGenerator::PacketGenerator(std::uint32_t seed) : choose_([random = std::mt19937(seed)]() mutable { return std::uint32_t(random()); }) {}

std::vector<Type> PacketGenerator::types(Version version) {
  std::vector<Type> all;
  for (std::uint8_t type = 1; type <= (version == Version::v5_0 ? 15 : 14); ++type) all.push_back(Type(type));
  return all;
}

Generated PacketGenerator::packet(Type type, Version version) {
  auto sender = coin() ? Sender::client : Sender::broker;
  if (type == Type::disconnect && version != Version::v5_0) sender = Sender::client;
  if (!sent_by(type, sender)) sender = sender == Sender::client ? Sender::broker : Sender::client;
  auto made = *blank_packet(std::uint8_t(type));
  std::visit([&](auto& each) { fill(each, version, sender); }, made);
  return {std::move(made), sender};
}

std::string PacketGenerator::text(std::uint32_t most) {
  std::string all;
  for (auto n = below(most + 1); n > 0; --n) all += characters[below(std::uint32_t(std::size(characters)))];
  return all;
}

std::string PacketGenerator::topic() {
  std::string all = "t";
  for (auto n = below(4); n > 0; --n) all += "/" + text(4);
  return all;
}

std::string PacketGenerator::filter(Version version) {
  std::string all = version == Version::v5_0 && below(4) == 0 ? "$share/g/" : "";
  for (auto n = below(3); n > 0; --n) all += coin() ? "+/" : "level/";
  return all + (coin() ? "#" : coin() ? "+" : "end");
}

Bytes PacketGenerator::bytes(std::uint32_t most) {
  Bytes all(below(most + 1));
  for (auto& each : all) each = std::uint8_t(below(256));
  return all;
}

std::uint8_t PacketGenerator::code(Type type, Version version, Sender sender) {
  std::vector<std::uint8_t> allowed;
  for (auto& row : reasons(version))
    if (reason_allowed(row.code, type, version, sender)) allowed.push_back(row.code);
  return allowed.empty() ? 0 : allowed[below(std::uint32_t(allowed.size()))];
}

Property PacketGenerator::property(std::uint8_t id) {
  auto& row = *property_row(id);
  switch (row.kind) {
    case Kind::utf8: return {id, id == 0x08 ? topic() : text()};
    case Kind::binary: return {id, bytes()};
    case Kind::pair: return {id, Pair{text(), text()}};
    default: {
      auto span = std::uint64_t(row.most) - row.least + 1;
      auto narrow = coin() ? std::min<std::uint64_t>(span, 300) : span;   // short and long variable byte integers
      return {id, std::uint32_t(row.least + choose_() % narrow)};
    }
  }
}

Properties PacketGenerator::properties(Type type, Version version, Sender sender, bool will) {
  Properties all;
  if (version != Version::v5_0) return all;
  auto place = will ? in_will : in(type);
  for (auto& row : property_table) {
    auto others_only = sender == Sender::client ? row.broker_only : row.client_only;
    bool allowed = row.places & place && !(others_only & place);
    if (!allowed || coin() || row.id == 0x16) continue;
    for (auto n = row.repeats & place ? 1 + below(3) : 1; n > 0; --n) all.push_back(property(row.id));
    if (row.id == 0x15 && coin()) all.push_back(property(0x16));   // data only beside a method
  }
  for (auto left = std::uint32_t(all.size()); left > 1; --left) std::swap(all[left - 1], all[below(left)]);
  return all;
}

void PacketGenerator::fill(Connect& p, Version v, Sender s) {
  p.protocol_name = protocol_name_of(v);
  p.protocol_level = std::uint8_t(v);
  p.clean_start = coin();
  p.keep_alive = std::uint16_t(below(65536));
  p.properties = properties(p.type, v, s);
  p.client_id = text();
  if (coin()) p.will = Will{topic(), bytes(), std::uint8_t(below(3)), coin(), properties(p.type, v, s, true)};
  if (coin()) p.username = text();
  if (coin() && (p.username || v == Version::v5_0)) p.password = bytes();
}

void PacketGenerator::fill(Connack& p, Version v, Sender s) {
  p.reason_code = code(p.type, v, s);
  p.session_present = v != Version::v3_1 && p.reason_code == 0 && coin();
  p.properties = properties(p.type, v, s);
}

void PacketGenerator::fill(Publish& p, Version v, Sender s) {
  p.qos = std::uint8_t(below(3));
  p.dup = p.qos > 0 && coin();
  p.retain = coin();
  p.topic = topic();
  if (p.qos > 0) p.packet_id = id();
  p.properties = properties(p.type, v, s);
  p.payload = bytes(below(8) == 0 ? 20000 : 200);
}

template <Type T> void PacketGenerator::fill(Acknowledgement<T>& p, Version v, Sender s) {
  p.packet_id = id();
  if (v == Version::v5_0 && coin()) p.reason_code = code(T, v, s);
  if (coin()) p.properties = properties(T, v, s);
}

void PacketGenerator::fill(Subscribe& p, Version v, Sender s) {
  p.packet_id = id();
  p.properties = properties(p.type, v, s);
  for (auto n = 1 + below(4); n > 0; --n) {
    auto options = below(3);
    if (v == Version::v5_0) options |= below(4) << 2 | below(3) << 4;
    p.filters.push_back({filter(v), std::uint8_t(options)});
  }
}

void PacketGenerator::fill(Unsubscribe& p, Version v, Sender s) {
  p.packet_id = id();
  p.properties = properties(p.type, v, s);
  for (auto n = 1 + below(4); n > 0; --n) p.filters.push_back(filter(v));
}

template <Type T> void PacketGenerator::fill(Reasons<T>& p, Version v, Sender s) {
  p.packet_id = id();
  p.properties = properties(T, v, s);
  if (T == Type::suback || v == Version::v5_0)
    for (auto n = 1 + below(4); n > 0; --n) p.reason_codes.push_back(code(T, v, s));
}

template <Type T> void PacketGenerator::fill(Closing<T>& p, Version v, Sender s) {
  if (v == Version::v5_0) p.reason_code = code(T, v, s);
  p.properties = properties(T, v, s);
}

}  // namespace mqtt
