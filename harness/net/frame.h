#pragma once
// The frames of a WebSocket (RFC 6455, section 5), written and read as they are: whether they are allowed is decided elsewhere, as a harness
// has to send those that are not.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace net {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, reserved = 3, close = 8, ping = 9, pong = 10 };   // 3 stands for 3 to 7

struct Frame {
  Opcode opcode = Opcode::binary;
  std::string payload;
  bool final = true;                    // the last frame of its message
  bool masked = false;                  // as all frames of a client have to be
  std::uint8_t reserved = 0;            // RSV1 to RSV3
  bool is_control() const { return opcode >= Opcode::close; }
  bool operator==(const Frame&) const = default;
};

std::string to_bytes(const Frame& frame, std::array<std::uint8_t, 4> mask);   // the mask is used by a masked frame only

// A close frame's payload: two bytes of code, and a text. None: no code is given.
std::string closing(std::uint16_t code);
std::optional<std::uint16_t> close_code(const Frame& frame);

// Cuts bytes that come in any pieces into frames.
class FrameReader {
public:
  void feed(std::string_view bytes) { held_ += bytes; }
  std::optional<Frame> next();          // none: more bytes are wanted, or it is lost
  bool lost() const { return lost_; }   // a frame announces more than 64 MiB
private:
  std::string held_;
  bool lost_ = false;
};

}  // namespace net
