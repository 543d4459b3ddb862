#pragma once
// An application message inside the broker, and short ways to the properties of a packet (5.0, section 2.2.2.2).
#include <memory>
#include <optional>
#include <string>

#include "harness/mqtt/packet.h"
#include "harness/reference/actions.h"
#include "harness/reference/rules.h"

namespace reference {

namespace property {
enum : std::uint8_t {
  payload_format_indicator = 0x01, message_expiry_interval = 0x02, content_type = 0x03, response_topic = 0x08, correlation_data = 0x09,
  subscription_identifier = 0x0b, session_expiry_interval = 0x11, assigned_client_identifier = 0x12, server_keep_alive = 0x13,
  authentication_method = 0x15, authentication_data = 0x16, request_problem_information = 0x17, will_delay_interval = 0x18,
  request_response_information = 0x19, response_information = 0x1a, reason_string = 0x1f, receive_maximum = 0x21,
  topic_alias_maximum = 0x22, topic_alias = 0x23, maximum_qos = 0x24, retain_available = 0x25, user_property = 0x26,
  maximum_packet_size = 0x27, wildcard_available = 0x28, subscription_identifiers_available = 0x29, shared_available = 0x2a,
};
}

const mqtt::Property* find(const mqtt::Properties& all, std::uint8_t id);
std::optional<std::uint32_t> number(const mqtt::Properties& all, std::uint8_t id);
std::optional<std::string> text(const mqtt::Properties& all, std::uint8_t id);
mqtt::Bytes binary(const mqtt::Properties& all, std::uint8_t id);           // empty where there is none
void add(mqtt::Properties& all, std::uint8_t id, std::uint32_t value);
void add(mqtt::Properties& all, std::uint8_t id, std::string value);
void remove(mqtt::Properties& all, std::uint8_t id);

struct Message {
  std::string topic;
  mqtt::Bytes payload;
  std::uint8_t qos = 0;
  bool retain = false, dup = false;
  mqtt::Properties properties;              // only those that travel with the message, without the expiry interval
  std::optional<Time> expires;
  std::uint32_t expiry_interval = 0;        // seconds, as it came
  std::string publisher;                    // client identifier
};
using SharedMessage = std::shared_ptr<const Message>;

// The properties of a PUBLISH or a Will that go on to subscribers.
mqtt::Properties forwarded(const mqtt::Properties& all, const Rules& rules);
// The same, with what is left of the expiry interval.
mqtt::Properties properties_now(const Message& message, Time now, const Rules& rules);
inline bool expired(const Message& message, Time now) { return message.expires && *message.expires <= now; }
// The topic as the broker understands it: as it came.
std::string topic_received(std::string topic, const Rules& rules);

}  // namespace reference
