#pragma once
// The three versions of the protocol. The value is the protocol level of CONNECT (3.1.1 and 5.0: section 3.1.2.2).
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mqtt {

enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5_0 = 5 };

inline constexpr std::array all_versions{Version::v3_1, Version::v3_1_1, Version::v5_0};

constexpr std::string_view name(Version version) {
  return version == Version::v3_1 ? "3.1" : version == Version::v3_1_1 ? "3.1.1" : "5.0";
}

constexpr std::string_view protocol_name_of(Version version) { return version == Version::v3_1 ? "MQIsdp" : "MQTT"; }

constexpr std::optional<Version> version_named(std::string_view text) {
  for (auto version : all_versions)
    if (name(version) == text) return version;
  return {};
}

}  // namespace mqtt
