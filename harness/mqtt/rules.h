#pragma once
// The rules that bytes alone can break, and the statement each stands for in each version.
#include <span>

#include "harness/mqtt/bytes.h"
#include "harness/mqtt/version.h"

namespace mqtt {

enum class Rule : std::uint8_t {
  // frame
  packet_type, header_flags, header_flags_pubrel, header_flags_subscribe, header_flags_unsubscribe, header_flags_disconnect,
  header_flags_auth, truncated, surplus, integer_too_long, integer_not_minimal,
  // text and identifiers
  utf8, null_character, packet_id_zero, packet_id_zero_from_broker, packet_id_zero_answer, packet_id_zero_suback,
  // topics
  topic_wildcard, topic_empty, topic_missing, filter_empty, filter_hash, filter_plus, share_name, share_filter, response_topic_wildcard,
  // CONNECT and CONNACK
  protocol_name, protocol_level, connect_flags_reserved, will_qos_without_will, will_retain_without_will, will_qos_3,
  password_without_username, acknowledge_flags, session_present_on_error,
  // PUBLISH
  qos_3, dup_without_qos,
  // SUBSCRIBE, UNSUBSCRIBE and their answers
  no_filters, no_unsubscribe_filters, subscription_options, subscription_qos_3, no_suback_codes, no_unsuback_codes,
  // reason codes
  connack_code, puback_code, pubrec_code, pubrel_code, pubcomp_code, suback_code, unsuback_code, disconnect_code, auth_code,
  // properties
  properties_length, property_unknown, property_not_allowed, property_twice, property_range, topic_alias_zero,
  subscription_identifier_from_client, session_expiry_from_broker, authentication_data_alone,
};

struct RuleRow {
  Rule rule;
  std::string_view name;                   // "topic_wildcard"
  std::string_view v3_1, v3_1_1, v5_0;     // ids of statements, with their version
};
std::span<const RuleRow> all_rules();      // in the order of the enum

std::string_view name(Rule rule);
// The statement's id with its version ("5.0:MQTT-1.5.4-1"): the one that a sender of such bytes breaks. Never empty: where a version
// says nothing of its own, it is the statement on malformed packets at large.
std::string_view statement(Rule rule, Version version);

}  // namespace mqtt
