#pragma once
// UTF-8 as MQTT wants it (3.1.1: 1.5.3; 5.0: 1.5.4).
#include <cstddef>
#include <optional>
#include <string_view>

namespace mqtt {

// Offset of the first byte that breaks well-formedness (overlong, surrogate, above U+10FFFF, cut); none: well-formed, as U+0000 is.
std::optional<std::size_t> ill_formed_at(std::string_view text);
inline bool well_formed(std::string_view text) { return !ill_formed_at(text); }
inline bool has_null(std::string_view text) { return text.find('\0') != text.npos; }

}  // namespace mqtt
