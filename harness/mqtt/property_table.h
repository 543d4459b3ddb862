#pragma once
// The properties of 5.0 (section 2.2.2.2, table 2-4): number, name, type, range, and the packets that may carry them.
#include <algorithm>
#include <array>

#include "harness/mqtt/packet.h"

namespace mqtt {

enum class Kind : std::uint8_t { byte, two, four, varint, utf8, binary, pair };

using Places = std::uint16_t;  // one bit a packet type; the will's properties have bit 0, which no packet type uses
inline constexpr Places in_will = 1;
constexpr Places in(Type type) { return Places(1u << std::uint8_t(type)); }
template <class... Types> constexpr Places in(Type first, Types... rest) { return Places(in(first) | in(rest...)); }

struct PropertyRow {
  std::uint8_t id;
  std::string_view name;         // as scenarios say it
  Kind kind;
  std::uint32_t least, most;     // of a number
  Places places;
  Places repeats = 0;            // where it may stand more than once
  Places broker_only = 0, client_only = 0;
};

inline constexpr std::uint32_t max_varint = 268435455;
inline constexpr std::uint32_t max_two = 0xffff, max_four = 0xffffffff;

namespace places {
using enum Type;
inline constexpr Places message = in(publish) | in_will;
inline constexpr Places reasons = in(connack, puback, pubrec, pubrel, pubcomp, suback, unsuback, disconnect, auth);
inline constexpr Places authentication = in(connect, connack, auth);
inline constexpr Places both_connects = in(connect, connack);
inline constexpr Places everywhere = reasons | message | in(connect, subscribe, unsubscribe);
}  // namespace places

inline constexpr PropertyRow property_table[] = {
    {0x01, "payload_format_indicator", Kind::byte, 0, 1, places::message},
    {0x02, "message_expiry_interval", Kind::four, 0, max_four, places::message},
    {0x03, "content_type", Kind::utf8, 0, 0, places::message},
    {0x08, "response_topic", Kind::utf8, 0, 0, places::message},
    {0x09, "correlation_data", Kind::binary, 0, 0, places::message},
    {0x0b, "subscription_identifier", Kind::varint, 1, max_varint, in(Type::publish, Type::subscribe), in(Type::publish),
     in(Type::publish)},
    {0x11, "session_expiry_interval", Kind::four, 0, max_four, places::both_connects | in(Type::disconnect), 0, 0, in(Type::disconnect)},
    {0x12, "assigned_client_identifier", Kind::utf8, 0, 0, in(Type::connack)},
    {0x13, "server_keep_alive", Kind::two, 0, max_two, in(Type::connack)},
    {0x15, "authentication_method", Kind::utf8, 0, 0, places::authentication},
    {0x16, "authentication_data", Kind::binary, 0, 0, places::authentication},
    {0x17, "request_problem_information", Kind::byte, 0, 1, in(Type::connect)},
    {0x18, "will_delay_interval", Kind::four, 0, max_four, in_will},
    {0x19, "request_response_information", Kind::byte, 0, 1, in(Type::connect)},
    {0x1a, "response_information", Kind::utf8, 0, 0, in(Type::connack)},
    {0x1c, "server_reference", Kind::utf8, 0, 0, in(Type::connack, Type::disconnect)},
    {0x1f, "reason_string", Kind::utf8, 0, 0, places::reasons},
    {0x21, "receive_maximum", Kind::two, 1, max_two, places::both_connects},
    {0x22, "topic_alias_maximum", Kind::two, 0, max_two, places::both_connects},
    {0x23, "topic_alias", Kind::two, 1, max_two, in(Type::publish)},
    {0x24, "maximum_qos", Kind::byte, 0, 1, in(Type::connack)},
    {0x25, "retain_available", Kind::byte, 0, 1, in(Type::connack)},
    {0x26, "user_property", Kind::pair, 0, 0, places::everywhere, places::everywhere},
    {0x27, "maximum_packet_size", Kind::four, 1, max_four, places::both_connects},
    {0x28, "wildcard_subscription_available", Kind::byte, 0, 1, in(Type::connack)},
    {0x29, "subscription_identifier_available", Kind::byte, 0, 1, in(Type::connack)},
    {0x2a, "shared_subscription_available", Kind::byte, 0, 1, in(Type::connack)},
};
inline constexpr std::size_t property_id_end = 0x2b;

inline constexpr auto property_rows = [] {   // the row's number, from 1; 0: there is no such property
  std::array<std::uint8_t, property_id_end> rows{};
  for (std::uint8_t i = 0; i < std::size(property_table); ++i) rows[property_table[i].id] = std::uint8_t(i + 1);
  return rows;
}();

constexpr const PropertyRow* property_row(std::uint32_t id) {
  auto number = id < property_id_end ? property_rows[id] : 0;
  return number ? &property_table[number - 1] : nullptr;
}

constexpr const PropertyRow* property_named(std::string_view name) {
  auto row = std::find_if(std::begin(property_table), std::end(property_table), [&](auto& each) { return each.name == name; });
  return row == std::end(property_table) ? nullptr : row;
}

constexpr std::uint32_t most_of(Kind kind) {  // the largest number its bytes can say
  return kind == Kind::byte ? 255 : kind == Kind::two ? max_two : kind == Kind::varint ? max_varint : max_four;
}

}  // namespace mqtt
