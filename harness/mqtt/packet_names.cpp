#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/property_table.h"
#include "harness/mqtt/reason.h"

namespace mqtt {
namespace {

// What 3.1 and 3.1.1 call a code, and what 5.0 calls the same thing.
struct SameMeaning { std::string_view v3, v5; };
constexpr SameMeaning same_meaning[] = {
    {"Connection accepted", "Success"},
    {"Unacceptable protocol version", "Unsupported Protocol Version"},
    {"Identifier rejected", "Client Identifier not valid"},
    {"Failure", "Unspecified error"},
};

bool same_word(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::uint8_t> code_named(std::string_view word, Version version) {
  for (auto& row : reasons(version))
    if (same_word(row.name, word)) return row.code;
  return {};
}

std::vector<std::string> split(std::string_view words) {
  std::vector<std::string> all(1);
  for (char c : words) {
    if (c == ' ') all.emplace_back();
    else all.back() += c;
  }
  return all;
}

}  // namespace

std::vector<std::string> packet_names() {
  std::vector<std::string> names;
  for (std::uint8_t type = 1; type <= 15; ++type) names.emplace_back(name(Type(type)));
  return names;
}

std::vector<std::string> field_names(Type type) {
  switch (type) {
    case Type::connect: return split("protocol_name protocol_level clean_start keep_alive client_id username password will properties");
    case Type::connack: return split("session_present reason_code properties");
    case Type::publish: return split("topic payload qos retain dup packet_id properties");
    case Type::subscribe:
    case Type::unsubscribe: return split("packet_id filters properties");
    case Type::suback:
    case Type::unsuback: return split("packet_id reason_codes properties");
    case Type::pingreq:
    case Type::pingresp: return {};
    case Type::disconnect:
    case Type::auth: return split("reason_code properties");
    default: return split("packet_id reason_code properties");
  }
}

std::vector<std::string> will_names() { return split("topic payload qos retain properties"); }
std::vector<std::string> filter_names() { return split("filter qos no_local retain_as_published retain_handling"); }

std::vector<std::string> property_names() {
  std::vector<std::string> names;
  for (auto& row : property_table) names.emplace_back(row.name);
  return names;
}

std::optional<std::uint8_t> reason_code_of(const nlohmann::json& value, Version version) {
  if (value.is_number_integer()) {
    if (value < 0 || value > 255) return {};
    return value.get<std::uint8_t>();
  }
  if (!value.is_string()) return {};
  auto& word = value.get_ref<const std::string&>();
  if (word.starts_with("0x") || word.starts_with("0X")) {
    auto bytes = parse_hex(word.substr(2));
    return bytes && bytes->size() == 1 ? std::optional(bytes->front()) : std::nullopt;
  }
  if (auto code = code_named(word, version)) return code;
  for (auto& row : same_meaning) {
    if (version == Version::v5_0 && same_word(row.v3, word)) return code_named(row.v5, version);
    if (version != Version::v5_0 && same_word(row.v5, word)) return code_named(row.v3, version);
  }
  return {};
}

std::vector<std::string> reason_code_names() {
  std::vector<std::string> names;
  for (auto version : {Version::v5_0, Version::v3_1_1})
    for (auto& row : reasons(version))
      if (std::none_of(names.begin(), names.end(), [&](auto& known) { return same_word(known, row.name); })) names.emplace_back(row.name);
  return names;
}

}  // namespace mqtt
