#include "harness/net/frame.h"

namespace net {
namespace {

constexpr std::uint64_t longest = 64u << 20;   // bytes of payload

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

std::string bytes_of(std::uint64_t value, int size) {
  std::string bytes;
  while (size-- > 0) bytes += static_cast<char>(value >> 8 * size);
  return bytes;
}

void apply_mask(std::string& payload, std::string_view mask) {
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
}

}  // namespace

std::string to_bytes(const Frame& frame, std::array<std::uint8_t, 4> mask) {
  const auto size = frame.payload.size();
  std::string bytes;
  bytes += static_cast<char>((frame.final ? 0x80 : 0) | frame.reserved << 4 | static_cast<int>(frame.opcode));
  const int masked = frame.masked ? 0x80 : 0;
  if (size < 126) bytes += static_cast<char>(masked | static_cast<int>(size));
  else if (size < 65536) bytes += static_cast<char>(masked | 126) + bytes_of(size, 2);
  else bytes += static_cast<char>(masked | 127) + bytes_of(size, 8);
  if (!frame.masked) return bytes + frame.payload;
  const std::string_view key(reinterpret_cast<const char*>(mask.data()), mask.size());
  auto payload = frame.payload;
  apply_mask(payload, key);
  return bytes.append(key) + payload;
}

std::string closing(std::uint16_t code) { return bytes_of(code, 2); }

std::optional<std::uint16_t> close_code(const Frame& frame) {
  if (frame.payload.size() < 2) return std::nullopt;
  return static_cast<std::uint16_t>(number(std::string_view(frame.payload).substr(0, 2)));
}

std::optional<Frame> FrameReader::next() {
  const std::string_view held(held_);
  if (lost_ || held.size() < 2) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(held[0]), second = static_cast<std::uint8_t>(held[1]);
  std::size_t at = 2;
  std::uint64_t size = second & 0x7f;
  if (size > 125) {
    const std::size_t wide = size == 126 ? 2 : 8;
    if (held.size() < at + wide) return std::nullopt;
    size = number(held.substr(at, wide));
    at += wide;
  }
  if (size > longest) {
    lost_ = true;
    return std::nullopt;
  }
  const bool masked = second & 0x80;
  const auto mask = held.substr(at, masked ? 4 : 0);
  at += masked ? 4 : 0;
  if (held.size() < at + size) return std::nullopt;
  const auto code = first & 0x0f;
  Frame frame;
  frame.opcode = code > 2 && code < 8 ? Opcode::reserved : static_cast<Opcode>(code);
  frame.final = first & 0x80;
  frame.masked = masked;
  frame.reserved = first >> 4 & 7;
  frame.payload = held.substr(at, size);
  if (masked) apply_mask(frame.payload, mask);
  held_.erase(0, at + size);
  return frame;
}

}  // namespace net
