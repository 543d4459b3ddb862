#include "harness/reference/guards.h"

#include <algorithm>

#include "harness/reference/mends.h"

namespace reference {
namespace {

using F = mqtt::Rule;
using mqtt::Type;
using Types = std::uint16_t;
template <class... T> constexpr Types on(T... types) { return Types((0 | ... | (1u << std::uint8_t(types)))); }
constexpr Types any = 0xffff;
constexpr Types filters = on(Type::subscribe, Type::unsubscribe);
constexpr Types acknowledgements = on(Type::puback, Type::pubrec, Type::pubcomp);
constexpr Types small = on(Type::puback, Type::pubrec, Type::pubrel, Type::pubcomp, Type::pingreq, Type::disconnect, Type::auth);

struct Guard {
  F fault;
  Types types;
  std::string_view path;      // the field's path begins so; the Will's properties count as properties
  Rule rule;
  std::string_view words = {};   // that tell two faults of one kind apart
  Mend mend = serve_as_it_came;  // when the rule is broken
};

constexpr Guard guards[] = {
    {F::integer_not_minimal, any, "", Rule::overlong_length_refused},
    {F::truncated, on(Type::connect), "client_id", Rule::client_id_demanded},
    {F::truncated, on(Type::connect), "will.", Rule::will_fields_demanded},
    {F::truncated, on(Type::connect), "username", Rule::username_demanded},
    {F::truncated, on(Type::connect), "password", Rule::password_demanded},
    {F::truncated, on(Type::connect), "", Rule::connect_fields_within},
    {F::truncated, on(Type::publish), "", Rule::publish_fields_within},
    {F::truncated, on(Type::subscribe), "", Rule::subscribe_fields_within},
    {F::truncated, on(Type::unsubscribe), "", Rule::unsubscribe_fields_within},
    {F::truncated, small, "", Rule::other_fields_within},
    {F::surplus, on(Type::connect), "", Rule::connect_surplus_refused},
    {F::surplus, Types(~on(Type::connect)), "", Rule::surplus_refused},

    {F::header_flags, on(Type::connect), "", Rule::connect_header_checked},
    {F::header_flags, acknowledgements, "", Rule::acknowledgement_header_checked},
    {F::header_flags, on(Type::pingreq), "", Rule::pingreq_header_checked},
    {F::header_flags_pubrel, any, "", Rule::pubrel_header_checked},
    {F::header_flags_subscribe, any, "", Rule::subscribe_header_checked},
    {F::header_flags_unsubscribe, any, "", Rule::unsubscribe_header_checked},
    {F::header_flags_disconnect, any, "", Rule::disconnect_header_checked},
    {F::header_flags_disconnect, any, "", Rule::disconnect_header_closes, {}, ignore_packet},
    {F::header_flags_auth, any, "", Rule::auth_header_checked},

    {F::utf8, on(Type::connect), "client_id", Rule::client_id_utf8},
    {F::utf8, on(Type::connect), "will.topic", Rule::will_topic_utf8},
    {F::utf8, on(Type::connect), "username", Rule::username_utf8},
    {F::utf8, on(Type::publish), "topic", Rule::topic_utf8},
    {F::utf8, on(Type::subscribe), "filters", Rule::subscribe_filter_utf8},
    {F::utf8, on(Type::unsubscribe), "filters", Rule::unsubscribe_filter_utf8},
    {F::utf8, any, "properties.response_topic", Rule::response_topic_utf8},
    {F::utf8, any, "properties.content_type", Rule::content_type_utf8},
    {F::utf8, any, "properties.user_property", Rule::user_property_utf8},
    {F::utf8, any, "properties.reason_string", Rule::reason_string_utf8},
    {F::null_character, on(Type::connect), "client_id", Rule::client_id_without_null},
    {F::null_character, on(Type::connect), "will.topic", Rule::will_topic_without_null},
    {F::null_character, on(Type::connect), "username", Rule::username_without_null},
    {F::null_character, on(Type::publish), "topic", Rule::topic_without_null},
    {F::null_character, on(Type::publish), "topic", Rule::null_does_not_end_topic, {}, cut_topic_at_null},
    {F::null_character, filters, "filters", Rule::filter_without_null},
    {F::null_character, any, "properties", Rule::properties_without_null},
    {F::packet_id_zero, on(Type::publish), "", Rule::publish_id_zero_refused},
    {F::packet_id_zero, on(Type::subscribe), "", Rule::subscribe_id_zero_refused},
    {F::packet_id_zero, on(Type::unsubscribe), "", Rule::unsubscribe_id_zero_refused},

    {F::topic_wildcard, on(Type::publish), "", Rule::topic_without_wildcards},
    {F::topic_wildcard, on(Type::publish), "", Rule::wildcards_not_left_out, {}, leave_out_wildcards},
    {F::topic_wildcard, on(Type::connect), "", Rule::will_topic_without_wildcards},
    {F::topic_empty, on(Type::connect), "", Rule::will_topic_not_empty},
    {F::topic_empty, on(Type::publish), "", Rule::topic_not_empty},
    {F::topic_missing, on(Type::publish), "", Rule::topic_or_alias_demanded},
    {F::filter_empty, on(Type::subscribe), "", Rule::filter_not_empty},
    {F::filter_empty, on(Type::unsubscribe), "", Rule::unsubscribe_filter_not_empty},
    {F::filter_hash, filters, "", Rule::hash_alone_and_last},
    {F::filter_plus, filters, "", Rule::plus_alone},
    {F::filter_hash, filters, "", Rule::misplaced_hash_delivers_nothing, {}, misplaced_wildcard_matches_all},
    {F::filter_plus, filters, "", Rule::misplaced_plus_delivers_nothing, {}, misplaced_wildcard_matches_all},
    {F::filter_plus, on(Type::subscribe), "", Rule::bad_filter_not_left_out, {}, leave_out_bad_filters},
    {F::share_name, filters, "", Rule::share_name_demanded},
    {F::share_filter, filters, "", Rule::share_name_checked, "wildcard"},
    {F::share_filter, filters, "", Rule::share_filter_demanded, "without a filter"},
    {F::response_topic_wildcard, any, "", Rule::response_topic_without_wildcards},
    {F::response_topic_wildcard, on(Type::publish), "", Rule::bad_response_topic_not_dropped, {}, drop_response_topic},

    {F::connect_flags_reserved, any, "", Rule::reserved_connect_flag},
    {F::will_qos_without_will, any, "", Rule::will_qos_needs_will},
    {F::will_retain_without_will, any, "", Rule::will_retain_needs_will},
    {F::will_qos_3, any, "", Rule::will_qos_three_refused},
    {F::password_without_username, any, "", Rule::password_needs_username},
    {F::qos_3, any, "", Rule::qos3_refused},
    {F::dup_without_qos, any, "", Rule::dup_needs_qos},

    {F::no_filters, any, "", Rule::no_filters_refused},
    {F::no_unsubscribe_filters, any, "", Rule::no_unsubscribe_filters_refused},
    {F::subscription_options, any, "", Rule::subscription_options_checked, "reserved"},
    {F::subscription_options, any, "", Rule::retain_handling_3_refused, "Retain Handling"},
    {F::subscription_qos_3, any, "", Rule::subscription_qos3_refused},

    {F::puback_code, any, "", Rule::client_puback_code_checked},
    {F::pubrec_code, any, "", Rule::client_pubrec_code_checked},
    {F::pubrel_code, any, "", Rule::client_pubrel_code_checked},
    {F::pubcomp_code, any, "", Rule::client_pubcomp_code_checked},
    {F::disconnect_code, any, "", Rule::disconnect_codes_checked, {}, ignore_packet},
    {F::auth_code, any, "", Rule::auth_code_checked, {}, ignore_packet},

    {F::properties_length, any, "", Rule::properties_length_checked},
    {F::integer_too_long, any, "properties_length", Rule::properties_length_in_four_bytes},
    {F::property_unknown, any, "", Rule::property_unknown_refused},
    {F::property_not_allowed, any, "", Rule::property_misplaced_refused},
    {F::property_twice, any, "", Rule::property_repeated_refused},
    {F::property_range, on(Type::connect), "", Rule::connect_values_checked},
    {F::property_range, Types(~on(Type::connect)), "", Rule::property_values_checked},
    {F::topic_alias_zero, any, "", Rule::alias_zero_refused},
    {F::subscription_identifier_from_client, any, "", Rule::client_subscription_identifier_refused},
    {F::authentication_data_alone, any, "", Rule::authentication_data_needs_method},
};

// 3.1 leaves unused bits unchecked, and does not mind DUP.
bool free_in_3_1(const mqtt::Fault& fault) {
  switch (fault.rule) {
    case F::header_flags: case F::header_flags_pubrel: case F::header_flags_subscribe: case F::header_flags_unsubscribe:
    case F::header_flags_disconnect: case F::dup_without_qos: case F::connect_flags_reserved: case F::subscription_options:
      return true;
    default: return false;
  }
}

bool about_one_filter(F fault) {
  return fault == F::filter_empty || fault == F::filter_hash || fault == F::filter_plus || fault == F::share_name || fault == F::share_filter;
}

// No rule is needed to let the fault pass.
bool allowed(const mqtt::Fault& fault, mqtt::Version version) {
  if (fault.rule == F::protocol_name || fault.rule == F::protocol_level) return true;   // judged when the version was agreed on
  bool nobody = (fault.rule == F::puback_code || fault.rule == F::pubrec_code) && fault.text.find("0x10 ") != fault.text.npos;
  if (nobody) return true;   // "no matching subscribers" is for brokers, and harmless
  return version == mqtt::Version::v3_1 && free_in_3_1(fault);
}

// The row whose rule is broken so that the fault passes.
const Guard* broken_guard(const mqtt::Fault& fault, Type type, const Rules& rules) {
  if (rules.broken.none()) return nullptr;
  std::string_view text = fault.text;
  if (text.starts_with("will.properties")) text.remove_prefix(5);
  auto found = std::find_if(std::begin(guards), std::end(guards), [&](const Guard& guard) {
    return guard.fault == fault.rule && guard.types & on(type) && text.starts_with(guard.path) && text.find(guard.words) != text.npos && !rules.keeps(guard.rule);
  });
  return found == std::end(guards) ? nullptr : found;
}

}  // namespace

std::uint8_t reason_code(F fault) {
  switch (fault) {
    case F::topic_wildcard: return 0x90;
    case F::filter_empty: case F::filter_hash: case F::filter_plus: case F::share_name: case F::share_filter: return 0x8f;
    case F::topic_alias_zero: return 0x94;
    case F::packet_type: case F::packet_id_zero: case F::packet_id_zero_answer: case F::topic_empty: case F::topic_missing:
    case F::response_topic_wildcard: case F::no_filters: case F::no_unsubscribe_filters: case F::subscription_qos_3:
    case F::puback_code: case F::pubrec_code: case F::pubrel_code: case F::pubcomp_code: case F::disconnect_code: case F::auth_code:
    case F::property_not_allowed: case F::property_twice: case F::property_range: case F::subscription_identifier_from_client:
    case F::authentication_data_alone:
      return 0x82;
    default: return 0x81;
  }
}

mqtt::Decoded read(mqtt::View frame, mqtt::Version version) {
  auto decoded = mqtt::decode(frame, version, mqtt::Sender::client, mqtt::Detail::packet_only);
  return decoded.faults.empty() ? decoded : mqtt::decode(frame, version, mqtt::Sender::client);
}

Inspection inspect(mqtt::Decoded& decoded, mqtt::Version version, const Rules& rules) {
  Inspection all;
  if (!decoded.packet) return all;
  auto type = mqtt::type_of(*decoded.packet);
  bool by_filter = version == mqtt::Version::v5_0;
  for (auto& fault : decoded.faults) {
    if (allowed(fault, version)) continue;
    if (auto guard = broken_guard(fault, type, rules)) {
      all.ignored |= !guard->mend(*decoded.packet);
      continue;
    }
    if (by_filter && about_one_filter(fault.rule)) {
      auto bracket = fault.text.find('[');
      all.bad_filters.push_back(bracket == fault.text.npos ? 0 : std::size_t(std::stoul(fault.text.substr(bracket + 1))));
    } else if (!all.refused) {
      all.refused = &fault;
    }
  }
  return all;
}

}  // namespace reference
