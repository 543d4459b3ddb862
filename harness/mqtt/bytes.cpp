#include "harness/mqtt/bytes.h"

namespace mqtt {
namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string hex(View bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 3);
  for (auto byte : bytes) {
    if (!text.empty()) text += ' ';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<Bytes> parse_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (char c : text) {
    if (high < 0 && (c == ' ' || c == '\t' || c == '\r' || c == '\n')) continue;
    int value = digit(c);
    if (value < 0) return {};
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(std::uint8_t(high << 4 | value));
      high = -1;
    }
  }
  if (high >= 0) return {};
  return bytes;
}

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

std::string text_of(View bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace mqtt
