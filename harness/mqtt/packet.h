#pragma once
// One struct a packet, for all three versions (section 3 of each standard). Members that a version does not know are not written in it.
#include <variant>

#include "harness/mqtt/bytes.h"
#include "harness/mqtt/version.h"

namespace mqtt {

enum class Type : std::uint8_t {
  connect = 1, connack, publish, puback, pubrec, pubrel, pubcomp, subscribe,
  suback, unsubscribe, unsuback, pingreq, pingresp, disconnect, auth };

std::string_view name(Type type);                           // "PUBLISH"
std::optional<Type> type_named(std::string_view text);

enum class Sender : std::uint8_t { client, broker };        // some rules bind one of the two

struct Pair {
  std::string key, value;
  bool operator==(const Pair&) const = default;
};

// 5.0, section 2.2.2. In wire order, repeats and all: a broker that sends a property twice must be seen to.
struct Property {
  std::uint8_t id = 0;
  std::variant<std::uint32_t, std::string, Bytes, Pair> value;
  bool operator==(const Property&) const = default;
};
using Properties = std::vector<Property>;

struct Will {
  std::string topic;
  Bytes payload;
  std::uint8_t qos = 0;
  bool retain = false;
  Properties properties;
  bool operator==(const Will&) const = default;
};

struct Connect {
  static constexpr Type type = Type::connect;
  std::string protocol_name = "MQTT";
  std::uint8_t protocol_level = 4;
  bool clean_start = true;          // Clean Session in 3.1 and 3.1.1
  std::uint16_t keep_alive = 0;     // seconds; 0: off
  Properties properties;
  std::string client_id;
  std::optional<Will> will;
  std::optional<std::string> username;
  std::optional<Bytes> password;
  bool operator==(const Connect&) const = default;
};

struct Connack {
  static constexpr Type type = Type::connack;
  bool session_present = false;
  std::uint8_t reason_code = 0;     // the return code in 3.1 and 3.1.1
  Properties properties;
  bool operator==(const Connack&) const = default;
};

struct Publish {
  static constexpr Type type = Type::publish;
  bool dup = false;
  std::uint8_t qos = 0;
  bool retain = false;
  std::string topic;
  std::uint16_t packet_id = 0;      // on the wire with QoS 1 and 2 only
  Properties properties;
  Bytes payload;
  bool operator==(const Publish&) const = default;
};

template <Type T> struct Acknowledgement {
  static constexpr Type type = T;
  std::uint16_t packet_id = 0;
  std::uint8_t reason_code = 0;
  Properties properties;
  bool operator==(const Acknowledgement&) const = default;
};
using Puback = Acknowledgement<Type::puback>;
using Pubrec = Acknowledgement<Type::pubrec>;
using Pubrel = Acknowledgement<Type::pubrel>;
using Pubcomp = Acknowledgement<Type::pubcomp>;

struct Filter {
  std::string filter;
  std::uint8_t options = 0;         // requested QoS; in 5.0 the subscription options byte (section 3.8.3.1)
  bool operator==(const Filter&) const = default;
};

struct Subscribe {
  static constexpr Type type = Type::subscribe;
  std::uint16_t packet_id = 0;
  Properties properties;
  std::vector<Filter> filters;
  bool operator==(const Subscribe&) const = default;
};

struct Unsubscribe {
  static constexpr Type type = Type::unsubscribe;
  std::uint16_t packet_id = 0;
  Properties properties;
  std::vector<std::string> filters;
  bool operator==(const Unsubscribe&) const = default;
};

template <Type T> struct Reasons {  // a 3.1 or 3.1.1 UNSUBACK has no reason codes
  static constexpr Type type = T;
  std::uint16_t packet_id = 0;
  Properties properties;
  std::vector<std::uint8_t> reason_codes;
  bool operator==(const Reasons&) const = default;
};
using Suback = Reasons<Type::suback>;
using Unsuback = Reasons<Type::unsuback>;

template <Type T> struct Empty {
  static constexpr Type type = T;
  bool operator==(const Empty&) const = default;
};
using Pingreq = Empty<Type::pingreq>;
using Pingresp = Empty<Type::pingresp>;

template <Type T> struct Closing {
  static constexpr Type type = T;
  std::uint8_t reason_code = 0;
  Properties properties;
  bool operator==(const Closing&) const = default;
};
using Disconnect = Closing<Type::disconnect>;
using Auth = Closing<Type::auth>;

using Packet = std::variant<Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe,
                            Suback, Unsubscribe, Unsuback, Pingreq, Pingresp, Disconnect, Auth>;

// A packet of this type (1 to 15) whose members have their defaults; none for any other number.
std::optional<Packet> blank_packet(std::uint8_t type);

inline Type type_of(const Packet& packet) {
  return std::visit([](const auto& each) { return each.type; }, packet);
}

}  // namespace mqtt
