#pragma once
// Bytes, and what can be said of a stretch of them: a field that has a name, or a fault that breaks a rule.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mqtt {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

enum class Rule : std::uint8_t;  // rules.h

// A named stretch of a frame: what a report underlines and what a scenario may damage. Fields are leaves, in order, and do not overlap.
struct Field {
  std::string path;      // "properties.user_property[1].key"
  std::uint32_t offset;  // bytes from the first byte of the frame
  std::uint32_t size;    // bytes
  bool operator==(const Field&) const = default;
};

// Something in the bytes that the standard forbids.
struct Fault {
  std::uint32_t offset;  // bytes from the first byte of the frame
  std::uint32_t size;    // bytes; 0 where something is missing
  Rule rule;
  std::string text;      // names the field path, and what is wrong with it
};

std::string hex(View bytes);                            // "30 05 00"
std::optional<Bytes> parse_hex(std::string_view text);  // blanks are skipped; none: not hex, or half a byte
Bytes bytes_of(std::string_view text);
std::string text_of(View bytes);                        // the same bytes as a std::string, well-formed UTF-8 or not

}  // namespace mqtt
