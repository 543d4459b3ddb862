#include "harness/mqtt/utf8.h"

#include <cstdint>

namespace mqtt {

std::optional<std::size_t> ill_formed_at(std::string_view text) {
  std::size_t at = 0;
  auto byte = [&](std::size_t i) { return i < text.size() ? std::uint8_t(text[i]) : std::uint8_t(0); };
  while (at < text.size()) {
    auto first = byte(at);
    if (first < 0x80) {
      ++at;
      continue;
    }
    // The range of the second byte rules out overlong forms, surrogates and what lies above U+10FFFF (Unicode, table 3-7).
    int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    std::uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    std::uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0xc2 || first > 0xf4) return at;
    if (auto second = byte(at + 1); second < low || second > high) return at;
    for (int i = 2; i <= more; ++i)
      if ((byte(at + std::size_t(i)) & 0xc0) != 0x80) return at;
    at += std::size_t(more) + 1;
  }
  return {};
}

}  // namespace mqtt
