#pragma once
// The raw notation: bytes as a person writes them, with lengths that may lie (scenarios/README.md, "Raw notation").
#include "harness/mqtt/bytes.h"

namespace mqtt {

struct RawError {
  std::size_t offset;  // characters into the text
  std::string text;    // what is wrong, and what would be right
};
struct RawBytes {
  Bytes bytes;
  std::optional<RawError> error;
};
RawBytes parse_raw(std::string_view text);

}  // namespace mqtt
