#include "harness/mqtt/reason.h"

#include "harness/mqtt/property_table.h"

namespace mqtt {
namespace {

using enum Type;
constexpr Places acks = in(puback, pubrec), both_subacks = in(suback, unsuback);

constexpr ReasonRow v5[] = {
    {0x00, "Success", in(puback, pubrec, pubrel, pubcomp), in(connack, puback, pubrec, pubrel, pubcomp, unsuback, auth)},
    {0x00, "Normal disconnection", in(disconnect), 0},
    {0x00, "Granted QoS 0", 0, in(suback)},
    {0x01, "Granted QoS 1", 0, in(suback)},
    {0x02, "Granted QoS 2", 0, in(suback)},
    {0x04, "Disconnect with Will Message", in(disconnect), 0},
    {0x10, "No matching subscribers", 0, acks},
    {0x11, "No subscription existed", 0, in(unsuback)},
    {0x18, "Continue authentication", in(auth), in(auth)},
    {0x19, "Re-authenticate", in(auth), 0},
    {0x80, "Unspecified error", acks | in(disconnect), acks | both_subacks | in(connack, disconnect)},
    {0x81, "Malformed Packet", in(disconnect), in(connack, disconnect)},
    {0x82, "Protocol Error", in(disconnect), in(connack, disconnect)},
    {0x83, "Implementation specific error", acks | in(disconnect), acks | both_subacks | in(connack, disconnect)},
    {0x84, "Unsupported Protocol Version", 0, in(connack)},
    {0x85, "Client Identifier not valid", 0, in(connack)},
    {0x86, "Bad User Name or Password", 0, in(connack)},
    {0x87, "Not authorized", acks, acks | both_subacks | in(connack, disconnect)},
    {0x88, "Server unavailable", 0, in(connack)},
    {0x89, "Server busy", 0, in(connack, disconnect)},
    {0x8a, "Banned", 0, in(connack)},
    {0x8b, "Server shutting down", 0, in(disconnect)},
    {0x8c, "Bad authentication method", 0, in(connack, disconnect)},
    {0x8d, "Keep Alive timeout", 0, in(disconnect)},
    {0x8e, "Session taken over", 0, in(disconnect)},
    {0x8f, "Topic Filter invalid", 0, both_subacks | in(disconnect)},
    {0x90, "Topic Name invalid", acks | in(disconnect), acks | in(connack, disconnect)},
    {0x91, "Packet Identifier in use", acks, acks | both_subacks},
    {0x92, "Packet Identifier not found", in(pubrel, pubcomp), in(pubrel, pubcomp)},
    {0x93, "Receive Maximum exceeded", in(disconnect), in(disconnect)},
    {0x94, "Topic Alias invalid", in(disconnect), in(disconnect)},
    {0x95, "Packet too large", in(disconnect), in(connack, disconnect)},
    {0x96, "Message rate too high", in(disconnect), in(disconnect)},
    {0x97, "Quota exceeded", acks | in(disconnect), acks | in(connack, suback, disconnect)},
    {0x98, "Administrative action", in(disconnect), in(disconnect)},
    {0x99, "Payload format invalid", acks | in(disconnect), acks | in(connack, disconnect)},
    {0x9a, "Retain not supported", 0, in(connack, disconnect)},
    {0x9b, "QoS not supported", 0, in(connack, disconnect)},
    {0x9c, "Use another server", 0, in(connack, disconnect)},
    {0x9d, "Server moved", 0, in(connack, disconnect)},
    {0x9e, "Shared Subscriptions not supported", 0, in(suback, disconnect)},
    {0x9f, "Connection rate exceeded", 0, in(connack, disconnect)},
    {0xa0, "Maximum connect time", 0, in(disconnect)},
    {0xa1, "Subscription Identifiers not supported", 0, in(suback, disconnect)},
    {0xa2, "Wildcard Subscriptions not supported", 0, in(suback, disconnect)},
};

constexpr ReasonRow v3_1_1[] = {
    {0, "Connection accepted", 0, in(connack)},
    {1, "Unacceptable protocol version", 0, in(connack)},
    {2, "Identifier rejected", 0, in(connack)},
    {3, "Server unavailable", 0, in(connack)},
    {4, "Bad user name or password", 0, in(connack)},
    {5, "Not authorized", 0, in(connack)},
    {0, "Granted QoS 0", 0, in(suback)},
    {1, "Granted QoS 1", 0, in(suback)},
    {2, "Granted QoS 2", 0, in(suback)},
    {0x80, "Failure", 0, in(suback)},
};

constexpr std::span<const ReasonRow> rows(Version version) {
  if (version == Version::v5_0) return v5;
  return std::span(v3_1_1).first(std::size(v3_1_1) - (version == Version::v3_1));  // 3.1 has no SUBACK code for failure
}

// The packets that each code may stand in, whatever its name there.
struct Allowed { Places from_client = 0, from_broker = 0; };
using AllowedCodes = std::array<Allowed, 256>;

constexpr AllowedCodes allowed_codes(Version version) {
  AllowedCodes codes;
  for (auto& row : rows(version)) {
    codes[row.code].from_client |= row.from_client;
    codes[row.code].from_broker |= row.from_broker;
  }
  return codes;
}
constexpr std::array allowed{allowed_codes(Version::v3_1), allowed_codes(Version::v3_1_1), allowed_codes(Version::v5_0)};

}  // namespace

std::span<const ReasonRow> reasons(Version version) { return rows(version); }

std::string_view reason_name(std::uint8_t code, Type packet, Version version) {
  for (auto& row : reasons(version))
    if (row.code == code && (row.from_client | row.from_broker) & in(packet)) return row.name;
  return {};
}

bool reason_allowed(std::uint8_t code, Type packet, Version version, Sender sender) {
  auto& codes = allowed[std::size_t(version) - std::size_t(Version::v3_1)];
  return (sender == Sender::client ? codes[code].from_client : codes[code].from_broker) & in(packet);
}

}  // namespace mqtt
