#include <fmt/format.h>

#include <algorithm>

#include "harness/mqtt/packet_json.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/matchers.h"
#include "harness/scenario/reading.h"

namespace scenario {
namespace {

bool is_number(const Json& value) { return value.is_number() || is_one_variable(value); }

bool fits(const Json& value, Argument argument) {
  switch (argument) {
    case Argument::yes: return value == true;
    case Argument::number: return is_number(value);
    case Argument::range:
      return value.is_array() && value.size() == 2 && is_number(value[0]) && is_number(value[1]) && (value[0].is_string() || value[1].is_string() || value[0] <= value[1]);
    case Argument::length: return value.is_number_unsigned() || is_one_variable(value) || matcher_of(value);
    case Argument::regex:
    case Argument::raw:
    case Argument::name: return value.is_string();
    case Argument::patterns: return value.is_array() && !value.empty();
    case Argument::pattern: return true;
  }
  return false;
}

void check_argument(Reading& reading, const Matcher& matcher, const Json& value, const std::string& pointer) {
  if (!fits(value, matcher.argument))
    return reading.complain(pointer, fmt::format("behind '{}' stands {}, not {}", matcher.name, in_words(matcher.argument), quote(value)));
  if (matcher.argument == Argument::raw) return check_raw(reading, value.get<std::string>(), pointer);
  if (matcher.argument == Argument::regex)
    if (auto why = wrong_regex(value.get<std::string>()); why && names_in(value).empty())
      return reading.complain(pointer, fmt::format("{} is no ECMAScript regular expression: {}", quote(value), *why));
  if (value.is_structured()) check_matchers(reading, value, pointer);
}

void check_properties(Reading& reading, const Json& properties, const std::string& pointer) {
  auto known = mqtt::property_names();
  auto check = [&](const std::string& name, const std::string& at) {
    if (std::find(known.begin(), known.end(), name) == known.end() && !name.starts_with("$"))
      reading.complain_key(at, fmt::format("there is no property '{}'{}", name, did_you_mean(name, known)));
  };
  if (properties.is_object())
    for (auto& [name, value] : properties.items()) check(name, json::pointer_of(pointer, name));
  if (!properties.is_array()) return;
  for (std::size_t i = 0; i < properties.size(); ++i)
    if (properties[i].is_object())
      for (auto& [name, value] : properties[i].items()) check(name, json::pointer_of(json::pointer_of(pointer, i), name));
}

void check_frame(Reading& reading, const Json& frame, const std::string& pointer) {
  std::vector<std::string> known(std::begin(frame_fields), std::end(frame_fields));
  if (!frame.is_object() || frame.empty()) return reading.complain(pointer, fmt::format("'{}' must be an object of {}, not {}", frame_key, one_of(known), quote(frame)));
  for (auto& [field, value] : frame.items())
    if (std::find(known.begin(), known.end(), field) == known.end())
      reading.complain_key(json::pointer_of(pointer, field), fmt::format("a packet's '{}' has no '{}'{}", frame_key, field, did_you_mean(field, known)));
}

void check_fields(Reading& reading, const std::string& packet, mqtt::Type type, const Json& fields, const std::string& pointer) {
  auto known = mqtt::field_names(type);
  known.emplace_back(frame_key);
  for (auto& [field, value] : fields.items()) {
    auto here = json::pointer_of(pointer, field);
    if (std::find(known.begin(), known.end(), field) == known.end())
      reading.complain_key(here, fmt::format("{} has no field '{}'{}", packet, field, did_you_mean(field, known)));
    else check_matchers(reading, value, here);
    if (field == frame_key) check_frame(reading, value, here);
    if (field == "properties") check_properties(reading, value, here);
    if (field == "topic" && type == mqtt::Type::publish && value.is_string()) check_topic(reading, value, here, "topic");
  }
}

bool sent_by_clients_only(mqtt::Type type) {
  return type == mqtt::Type::connect || type == mqtt::Type::subscribe || type == mqtt::Type::unsubscribe || type == mqtt::Type::pingreq;
}

}  // namespace

void check_matchers(Reading& reading, const Json& pattern, const std::string& pointer) {
  if (pattern.is_array())
    for (std::size_t i = 0; i < pattern.size(); ++i) check_matchers(reading, pattern[i], json::pointer_of(pointer, i));
  if (!pattern.is_object()) return;
  for (auto& [key, value] : pattern.items()) {
    auto here = json::pointer_of(pointer, key);
    if (!key.starts_with("$")) {
      check_matchers(reading, value, here);
      continue;
    }
    auto matcher = matcher_named(key);
    if (!matcher) reading.complain_key(here, fmt::format("unknown matcher '{}'{}", key, did_you_mean(key, matcher_names())));
    else if (pattern.size() > 1) reading.complain_key(here, fmt::format("the matcher '{}' must be alone in its object", key));
    else check_argument(reading, *matcher, value, here);
  }
}

void resolve_codes(Reading& reading, Json& value, const std::string& pointer, mqtt::Version version) {
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) resolve_codes(reading, value[i], json::pointer_of(pointer, i), version);
  if (auto matcher = matcher_of(value); matcher && matcher->argument != Argument::name && matcher->argument != Argument::raw && matcher->argument != Argument::regex)
    resolve_codes(reading, value.begin().value(), json::pointer_of(pointer, value.begin().key()), version);
  if (!value.is_string() || is_one_variable(value)) return;
  if (auto code = mqtt::reason_code_of(value, version)) {
    value = *code;
    return;
  }
  auto name = value.get<std::string>();
  std::vector<std::string> here;
  for (auto& known : mqtt::reason_code_names())
    if (mqtt::reason_code_of(known, version)) here.push_back(known);
  reading.complain(pointer, fmt::format("MQTT {} has no reason code '{}'{}", mqtt::name(version), name, did_you_mean(name, here)));
  value = 0;
}

std::optional<Json> read_pattern(Reading& reading, const Json& given, const std::string& pointer, const std::string& client) {
  auto packet = named_packet(reading, given, pointer);
  if (!packet) return {};
  auto name = packet->begin().key();
  auto type = *mqtt::type_named(name);
  if (sent_by_clients_only(type)) {
    reading.complain(pointer, fmt::format("a broker never sends {}, so that nothing can match", name));
    return {};
  }
  auto version = reading.version_of(client);
  auto at = pointer + "/" + name;
  auto& fields = *packet->begin();
  for (auto field = fields.begin(); field != fields.end();) field = lacks(version, type, field.key()) ? fields.erase(field) : std::next(field);
  for (auto codes : {"reason_code", "reason_codes"})
    if (auto found = fields.find(codes); found != fields.end()) resolve_codes(reading, *found, at + "/" + codes, version);
  check_fields(reading, name, type, fields, at);
  return packet;
}

}  // namespace scenario
