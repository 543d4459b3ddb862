#include "harness/mqtt/packet.h"

namespace mqtt {
namespace {

constexpr std::array<std::string_view, 16> names{
    "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
    "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};

template <std::size_t I = 0> std::optional<Packet> blank(std::uint8_t type) {
  if constexpr (I < std::variant_size_v<Packet>) {
    if (type != I + 1) return blank<I + 1>(type);
    static_assert(std::size_t(std::variant_alternative_t<I, Packet>::type) == I + 1);
    return std::optional<Packet>(std::in_place, std::in_place_index<I>);
  }
  return {};
}

}  // namespace

std::optional<Packet> blank_packet(std::uint8_t type) { return blank(type); }

std::string_view name(Type type) { return names[std::uint8_t(type) & 15]; }

std::optional<Type> type_named(std::string_view text) {
  for (std::uint8_t value = 1; value < names.size(); ++value)
    if (names[value] == text) return Type(value);
  return {};
}

}  // namespace mqtt
