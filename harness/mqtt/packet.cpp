#include "harness/mqtt/packet.h"

namespace mqtt {
namespace {

constexpr std::array<std::string_view, 16> names{
    "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
    "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};

}  // namespace

std::string_view name(Type type) { return names[std::uint8_t(type) & 15]; }

std::optional<Type> type_named(std::string_view text) {
  for (std::uint8_t value = 1; value < names.size(); ++value)
    if (names[value] == text) return Type(value);
  return {};
}

}  // namespace mqtt
