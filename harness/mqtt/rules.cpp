#include "harness/mqtt/rules.h"

namespace mqtt {
namespace {

constexpr std::string_view any31 = "3.1:V31-2.1-1", any311 = "3.1.1:MQTT-4.8.0-1", any5 = "5.0:MQTT-4.13.1-1";

using enum Rule;
constexpr RuleRow table[] = {
    {packet_type, "packet_type", "3.1:V31-2.1-3", any311, any5},
    {header_flags, "header_flags", "3.1:V31-2.5-2", "3.1.1:MQTT-2.2.2-1", "5.0:MQTT-2.1.3-1"},
    {header_flags_pubrel, "header_flags_pubrel", "3.1:V31-3.6-2", "3.1.1:MQTT-3.6.1-1", "5.0:MQTT-3.6.1-1"},
    {header_flags_subscribe, "header_flags_subscribe", "3.1:V31-3.8-1", "3.1.1:MQTT-3.8.1-1", "5.0:MQTT-3.8.1-1"},
    {header_flags_unsubscribe, "header_flags_unsubscribe", "3.1:V31-2.5-2", "3.1.1:MQTT-3.10.1-1", "5.0:MQTT-3.10.1-1"},
    {header_flags_disconnect, "header_flags_disconnect", "3.1:V31-2.5-2", "3.1.1:MQTT-3.14.1-1", "5.0:MQTT-3.14.1-1"},
    {header_flags_auth, "header_flags_auth", "3.1:V31-2.1-3", any311, "5.0:MQTT-3.15.1-1"},
    {truncated, "truncated", any31, any311, any5},
    {surplus, "surplus", any31, any311, any5},
    {integer_too_long, "integer_too_long", "3.1:V31-2.1-2", any311, "5.0:MQTT-1.5.5-1"},
    {integer_not_minimal, "integer_not_minimal", any31, any311, "5.0:MQTT-1.5.5-1"},

    {utf8, "utf8", "3.1:V31-2.5-1", "3.1.1:MQTT-1.5.3-1", "5.0:MQTT-1.5.4-1"},
    {null_character, "null_character", "3.1:V31-A-10", "3.1.1:MQTT-1.5.3-2", "5.0:MQTT-1.5.4-2"},
    {packet_id_zero, "packet_id_zero", "3.1:V31-2.4-3", "3.1.1:MQTT-2.3.1-1", "5.0:MQTT-2.2.1-3"},
    {packet_id_zero_from_broker, "packet_id_zero_from_broker", "3.1:V31-2.4-3", "3.1.1:MQTT-2.3.1-1", "5.0:MQTT-2.2.1-4"},
    {packet_id_zero_answer, "packet_id_zero_answer", "3.1:V31-2.4-3", "3.1.1:MQTT-2.3.1-6", "5.0:MQTT-2.2.1-5"},
    {packet_id_zero_suback, "packet_id_zero_suback", "3.1:V31-2.4-3", "3.1.1:MQTT-2.3.1-7", "5.0:MQTT-2.2.1-6"},

    {topic_wildcard, "topic_wildcard", "3.1:V31-3.3-2", "3.1.1:MQTT-3.3.2-2", "5.0:MQTT-3.3.2-2"},
    {topic_empty, "topic_empty", "3.1:V31-A-6", "3.1.1:MQTT-4.7.3-1", "5.0:MQTT-4.7.3-1"},
    {topic_missing, "topic_missing", "3.1:V31-A-6", "3.1.1:MQTT-4.7.3-1", "5.0:MQTT-4.7.3-1"},
    {filter_empty, "filter_empty", "3.1:V31-A-6", "3.1.1:MQTT-4.7.3-1", "5.0:MQTT-4.7.3-1"},
    {filter_hash, "filter_hash", "3.1:V31-A-3", "3.1.1:MQTT-4.7.1-2", "5.0:MQTT-4.7.1-1"},
    {filter_plus, "filter_plus", "3.1:V31-A-5", "3.1.1:MQTT-4.7.1-3", "5.0:MQTT-4.7.1-2"},
    {share_name, "share_name", any31, any311, "5.0:MQTT-4.8.2-1"},
    {share_filter, "share_filter", any31, any311, "5.0:MQTT-4.8.2-2"},
    {response_topic_wildcard, "response_topic_wildcard", any31, any311, "5.0:MQTT-3.3.2-14"},

    {protocol_name, "protocol_name", "3.1:V31-2.2-1", "3.1.1:MQTT-3.1.2-1", "5.0:MQTT-3.1.2-1"},
    {protocol_level, "protocol_level", "3.1:V31-2.2-2", "3.1.1:MQTT-3.1.2-2", "5.0:MQTT-3.1.2-2"},
    {connect_flags_reserved, "connect_flags_reserved", "3.1:V31-2.5-2", "3.1.1:MQTT-3.1.2-3", "5.0:MQTT-3.1.2-3"},
    {will_qos_without_will, "will_qos_without_will", "3.1:V31-2.2-13", "3.1.1:MQTT-3.1.2-13", "5.0:MQTT-3.1.2-11"},
    {will_retain_without_will, "will_retain_without_will", "3.1:V31-2.2-13", "3.1.1:MQTT-3.1.2-15", "5.0:MQTT-3.1.2-13"},
    {will_qos_3, "will_qos_3", "3.1:V31-2.2-12", "3.1.1:MQTT-3.1.2-14", "5.0:MQTT-3.1.2-12"},
    {password_without_username, "password_without_username", "3.1:V31-2.2-15", "3.1.1:MQTT-3.1.2-22", "5.0:MQTT-3.1.2-19"},
    {acknowledge_flags, "acknowledge_flags", "3.1:V31-3.2-1", "3.1.1:MQTT-3.2.2-3", "5.0:MQTT-3.2.2-1"},
    {session_present_on_error, "session_present_on_error", "3.1:V31-3.2-1", "3.1.1:MQTT-3.2.2-4", "5.0:MQTT-3.2.2-6"},

    {qos_3, "qos_3", "3.1:V31-2.1-7", "3.1.1:MQTT-3.3.1-4", "5.0:MQTT-3.3.1-4"},
    {dup_without_qos, "dup_without_qos", "3.1:V31-2.1-4", "3.1.1:MQTT-3.3.1-2", "5.0:MQTT-3.3.1-2"},

    {no_filters, "no_filters", "3.1:V31-3.8-2", "3.1.1:MQTT-3.8.3-3", "5.0:MQTT-3.8.3-2"},
    {no_unsubscribe_filters, "no_unsubscribe_filters", "3.1:V31-3.10-1", "3.1.1:MQTT-3.10.3-2", "5.0:MQTT-3.10.3-2"},
    {subscription_options, "subscription_options", "3.1:V31-3.8-5", "3.1.1:MQTT-3.8.3-4", "5.0:MQTT-3.8.3-5"},
    {subscription_qos_3, "subscription_qos_3", "3.1:V31-3.8-4", "3.1.1:MQTT-3.8.3-4", "5.0:MQTT-3.8.3-5"},
    {no_suback_codes, "no_suback_codes", "3.1:V31-3.9-1", "3.1.1:MQTT-3.8.4-5", "5.0:MQTT-3.8.4-6"},
    {no_unsuback_codes, "no_unsuback_codes", "3.1:V31-3.11-1", "3.1.1:MQTT-3.10.4-4", "5.0:MQTT-3.11.3-2"},

    {connack_code, "connack_code", "3.1:V31-2.2-19", "3.1.1:MQTT-3.2.2-6", "5.0:MQTT-3.2.2-8"},
    {puback_code, "puback_code", "3.1:V31-3.4-1", any311, "5.0:MQTT-3.4.2-1"},
    {pubrec_code, "pubrec_code", "3.1:V31-3.5-1", any311, "5.0:MQTT-3.5.2-1"},
    {pubrel_code, "pubrel_code", "3.1:V31-3.6-1", any311, "5.0:MQTT-3.6.2-1"},
    {pubcomp_code, "pubcomp_code", "3.1:V31-3.7-1", any311, "5.0:MQTT-3.7.2-1"},
    {suback_code, "suback_code", "3.1:V31-3.9-2", "3.1.1:MQTT-3.9.3-2", "5.0:MQTT-3.9.3-2"},
    {unsuback_code, "unsuback_code", "3.1:V31-3.11-1", any311, "5.0:MQTT-3.11.3-2"},
    {disconnect_code, "disconnect_code", any31, any311, "5.0:MQTT-3.14.2-1"},
    {auth_code, "auth_code", any31, any311, "5.0:MQTT-3.15.2-1"},

    {properties_length, "properties_length", any31, any311, "5.0:MQTT-2.2.2-1"},
    {property_unknown, "property_unknown", any31, any311, any5},
    {property_not_allowed, "property_not_allowed", any31, any311, any5},
    {property_twice, "property_twice", any31, any311, any5},
    {property_range, "property_range", any31, any311, any5},
    {topic_alias_zero, "topic_alias_zero", any31, any311, "5.0:MQTT-3.3.2-8"},
    {subscription_identifier_from_client, "subscription_identifier_from_client", any31, any311, "5.0:MQTT-3.3.4-6"},
    {session_expiry_from_broker, "session_expiry_from_broker", any31, any311, "5.0:MQTT-3.14.2-2"},
    {authentication_data_alone, "authentication_data_alone", any31, any311, "5.0:MQTT-4.12.0-5"},
};

constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < std::size(table); ++i)
    if (std::size_t(table[i].rule) != i) return false;
  return std::size(table) == std::size_t(authentication_data_alone) + 1;
}
static_assert(rows_stand_in_order());

}  // namespace

std::span<const RuleRow> all_rules() { return table; }

std::string_view name(Rule rule) { return table[std::size_t(rule)].name; }

std::string_view statement(Rule rule, Version version) {
  auto& row = table[std::size_t(rule)];
  return version == Version::v3_1 ? row.v3_1 : version == Version::v3_1_1 ? row.v3_1_1 : row.v5_0;
}

}  // namespace mqtt
