#include "harness/mqtt/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/mqtt/property_table.h"
#include "harness/mqtt/reason.h"
#include "harness/mqtt/utf8.h"

namespace mqtt {
namespace {

constexpr std::size_t longest_value = 200;   // bytes of a text or of bytes that a line shows

std::uint32_t number_in(View bytes) {
  std::uint32_t value = 0;
  for (auto byte : bytes) value = value << 8 | byte;
  return value;
}

std::uint32_t varint_in(View bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 4; ++i) value |= std::uint32_t(bytes[i] & 127) << 7 * i;
  return value;
}

std::string bytes_words(std::size_t count) { return fmt::format("{} byte{}", count, count == 1 ? "" : "s"); }

std::string shortened(View bytes) {
  if (bytes.size() <= longest_value) return hex(bytes);
  return fmt::format("{} ... ({} in all)", hex(bytes.first(longest_value)), bytes_words(bytes.size()));
}

// Printable text in quotes, anything else as hex.
std::string quoted(View bytes) {
  auto text = text_of(bytes);
  if (!well_formed(text)) return shortened(bytes);
  auto shown = text;
  if (shown.size() > longest_value) {
    shown.resize(longest_value);
    while (!well_formed(shown)) shown.pop_back();
  }
  auto escaped = nlohmann::json(shown).dump(-1, ' ', true);   // ASCII only; control characters as \n or \u0001
  std::string plain;
  for (std::size_t i = 1; i + 1 < escaped.size(); ++i) {
    if (escaped[i] == '\\') {
      if (escaped[++i] != '"') plain += '\\';
      plain += escaped[i];
    } else if (escaped[i] == '\x7f') plain += "\\u007f";
    else if (escaped[i] == '\'') plain += "\\'";
    else plain += escaped[i];
  }
  if (shown.size() < text.size()) return fmt::format("'{}' ... ({} in all)", plain, bytes_words(text.size()));
  return fmt::format("'{}'", plain);
}

std::string text_field(View bytes) {
  if (bytes.size() < 2) return hex(bytes);
  auto announced = number_in(bytes.first(2));
  auto body = bytes.subspan(2);
  if (announced == body.size()) return quoted(body);
  return fmt::format("{}, cut: {} announced, {} here", quoted(body), bytes_words(announced), bytes_words(body.size()));
}

std::string code_field(std::uint8_t code, Type type, Version version) {
  auto word = reason_name(code, type, version);
  return word.empty() ? fmt::format("0x{:02x} (not a code of {})", code, name(type)) : fmt::format("0x{:02x} {}", code, word);
}

std::string header_field(std::uint8_t byte) {
  auto type = byte >> 4;
  if (Type(type) == Type::publish) return fmt::format("PUBLISH dup={} qos={} retain={}", byte >> 3 & 1, byte >> 1 & 3, byte & 1);
  if (type == 0) return fmt::format("packet type 0, flags {}", byte & 15);
  return fmt::format("{} flags={}", name(Type(type)), byte & 15);
}

std::string connect_flags(std::uint8_t byte, Version version) {
  return fmt::format("{}={} will={} will_qos={} will_retain={} password={} username={}{}",
                     version == Version::v5_0 ? "clean_start" : "clean_session",
                     byte >> 1 & 1, byte >> 2 & 1, byte >> 3 & 3, byte >> 5 & 1, byte >> 6 & 1, byte >> 7, byte & 1 ? " reserved=1" : "");
}

std::string options_field(std::uint8_t byte, Version version) {
  auto reserved = byte & (version == Version::v5_0 ? 0xc0 : 0xfc);
  auto end = reserved ? fmt::format(" reserved=0x{:02x}", reserved) : std::string();
  if (version != Version::v5_0) return fmt::format("qos={}{}", byte & 3, end);
  return fmt::format("qos={} no_local={} retain_as_published={} retain_handling={}{}",
                     byte & 3, byte >> 2 & 1, byte >> 3 & 1, byte >> 4 & 3, end);
}

// "properties.user_property[1].key" -> {"user_property", "key"}
struct PropertyPath { std::string_view property, leaf; };
std::optional<PropertyPath> property_path(std::string_view path) {
  if (path.starts_with("will.")) path.remove_prefix(5);
  if (!path.starts_with("properties.")) return {};
  path.remove_prefix(11);
  auto dot = path.find('.');
  if (dot == path.npos) return {};
  auto property = path.substr(0, dot);
  return PropertyPath{property.substr(0, property.find('[')), path.substr(dot + 1)};
}

std::string property_field(const PropertyPath& path, View bytes) {
  auto row = property_named(path.property);
  if (path.leaf == "id") return row ? fmt::format("0x{:02x} {}", row->id, row->name) : hex(bytes);
  if (!row) return hex(bytes);
  switch (row->kind) {
    case Kind::utf8:
    case Kind::binary:
    case Kind::pair: return text_field(bytes);
    case Kind::varint: return fmt::format("{}", varint_in(bytes));
    default: return fmt::format("{}", number_in(bytes));
  }
}

std::string value_of(std::string_view path, View bytes, std::optional<Type> type, Version version) {
  if (auto property = property_path(path)) return property_field(*property, bytes);
  if (path.ends_with("unread") || path.ends_with("surplus"))
    return shortened(bytes);
  if (path.ends_with("_length")) return fmt::format("{}", varint_in(bytes));
  if (path == "header") return header_field(bytes[0]);
  if (path == "connect_flags") return connect_flags(bytes[0], version);
  if (path == "acknowledge_flags") return bytes[0] <= 1 ? fmt::format("session_present={}", bytes[0]) : fmt::format("0x{:02x}", bytes[0]);
  if (path == "protocol_level" || path == "packet_id") return fmt::format("{}", number_in(bytes));
  if (path == "keep_alive") return fmt::format("{} s", number_in(bytes));
  if (path.ends_with(".options")) return options_field(bytes[0], version);
  if (path.starts_with("reason_code")) return type ? code_field(bytes[0], *type, version) : hex(bytes);
  if (path == "payload") return quoted(bytes);
  return text_field(bytes);
}

// ---- the summary

std::string list_of(const std::vector<std::string>& items) {
  constexpr std::size_t most = 3;
  std::string all;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) all += (i ? ", " : "") + items[i];
  if (items.size() > most) all += fmt::format(" and {} more", items.size() - most);
  return all;
}

struct Summary {
  Version version;
  bool v5() const { return version == Version::v5_0; }
  std::string named(std::string_view text) const { return quoted(View(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())); }
  std::string code(std::uint8_t value, Type type) const { return v5() ? ", " + code_field(value, type, version) : ""; }

  std::string operator()(const Connect& p) const {
    return fmt::format(" client_id {}, {} {}, keep_alive {}{}{}{}", named(p.client_id),
                       v5() ? "clean_start" : "clean_session", int(p.clean_start),
                       p.keep_alive, p.username ? ", username " + named(*p.username) : "", p.password ? ", a password" : "",
                       p.will ? fmt::format(", will to {}", named(p.will->topic)) : "");
  }
  std::string operator()(const Connack& p) const {
    return fmt::format(" {}{}", code_field(p.reason_code, p.type, version), p.session_present ? ", session present" : "");
  }
  std::string operator()(const Publish& p) const {
    return fmt::format(" qos {}{}, topic {}, {} of payload{}{}", p.qos,
                       p.qos ? fmt::format(", packet_id {}", p.packet_id) : "", named(p.topic),
                       bytes_words(p.payload.size()), p.retain ? ", retain" : "", p.dup ? ", dup" : "");
  }
  template <Type T> std::string operator()(const Acknowledgement<T>& p) const {
    return fmt::format(" packet_id {}{}", p.packet_id, code(p.reason_code, T));
  }
  std::string operator()(const Subscribe& p) const {
    std::vector<std::string> filters;
    for (auto& each : p.filters) filters.push_back(fmt::format("{} qos {}", named(each.filter), each.options & 3));
    return fmt::format(" packet_id {}, {}", p.packet_id, filters.empty() ? "no filter" : list_of(filters));
  }
  std::string operator()(const Unsubscribe& p) const {
    std::vector<std::string> filters;
    for (auto& each : p.filters) filters.push_back(named(each));
    return fmt::format(" packet_id {}, {}", p.packet_id, filters.empty() ? "no filter" : list_of(filters));
  }
  template <Type T> std::string operator()(const Reasons<T>& p) const {
    std::vector<std::string> codes;
    for (auto each : p.reason_codes) codes.push_back(code_field(each, T, version));
    return fmt::format(" packet_id {}{}", p.packet_id, codes.empty() ? "" : ", " + list_of(codes));
  }
  template <Type T> std::string operator()(const Empty<T>&) const { return ""; }
  template <Type T> std::string operator()(const Closing<T>& p) const { return v5() ? " " + code_field(p.reason_code, T, version) : ""; }
};

std::string summary_of(const Decoded& decoded, View frame, Version version) {
  if (!decoded.packet) return frame.empty() ? "no bytes" : fmt::format("{} of no known packet", bytes_words(frame.size()));
  auto text = std::string(name(type_of(*decoded.packet))) + std::visit(Summary{version}, *decoded.packet);
  if (!decoded.faults.empty()) text += fmt::format("; {} fault{}", decoded.faults.size(), decoded.faults.size() == 1 ? "" : "s");
  return text;
}

}  // namespace

Explanation explain(View frame, Version version, Sender sender) {
  auto decoded = decode(frame, version, sender);
  Explanation explanation{summary_of(decoded, frame, version), {}, {}};
  auto type = decoded.packet ? std::optional(type_of(*decoded.packet)) : std::nullopt;
  for (auto& field : decoded.fields)
    explanation.lines.push_back({field, value_of(field.path, frame.subspan(field.offset, field.size), type, version)});
  explanation.faults = std::move(decoded.faults);
  return explanation;
}

}  // namespace mqtt
