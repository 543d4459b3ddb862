#include "harness/reference/message.h"

#include <algorithm>

namespace reference {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void strip_mark(std::string& text) {
  for (auto at = text.find(byte_order_mark); at != text.npos; at = text.find(byte_order_mark)) text.erase(at, byte_order_mark.size());
}

using Pairs = std::vector<mqtt::Pair>;

void change_user_properties(mqtt::Properties& all, const Rules& rules) {
  Pairs pairs;
  for (auto& each : all)
    if (auto pair = std::get_if<mqtt::Pair>(&each.value)) pairs.push_back(*pair);
  remove(all, property::user_property);
  auto key = [](auto& pair) { return std::tie(pair.key, pair.value); };
  if (!rules.keeps(Rule::user_properties_in_order)) std::sort(pairs.begin(), pairs.end(), [&](auto& a, auto& b) { return key(a) < key(b); });
  Pairs kept;
  for (auto& pair : pairs) {
    bool again = std::any_of(kept.begin(), kept.end(), [&](auto& each) { return each.key == pair.key; });
    if (again && !rules.keeps(Rule::user_properties_forwarded)) continue;
    if (!rules.keeps(Rule::byte_order_mark_kept_in_properties)) strip_mark(pair.key), strip_mark(pair.value);
    kept.push_back(pair);
  }
  if (!rules.keeps(Rule::nothing_added)) kept.push_back({"broker", "mqttspec"});
  for (auto& pair : kept) all.push_back({property::user_property, pair});
}

}  // namespace

const mqtt::Property* find(const mqtt::Properties& all, std::uint8_t id) {
  auto found = std::find_if(all.begin(), all.end(), [&](auto& each) { return each.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> number(const mqtt::Properties& all, std::uint8_t id) {
  auto found = find(all, id);
  auto value = found ? std::get_if<std::uint32_t>(&found->value) : nullptr;
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::string> text(const mqtt::Properties& all, std::uint8_t id) {
  auto found = find(all, id);
  auto value = found ? std::get_if<std::string>(&found->value) : nullptr;
  return value ? std::optional(*value) : std::nullopt;
}

mqtt::Bytes binary(const mqtt::Properties& all, std::uint8_t id) {
  auto found = find(all, id);
  auto value = found ? std::get_if<mqtt::Bytes>(&found->value) : nullptr;
  return value ? *value : mqtt::Bytes{};
}

void add(mqtt::Properties& all, std::uint8_t id, std::uint32_t value) { all.push_back({id, value}); }
void add(mqtt::Properties& all, std::uint8_t id, std::string value) { all.push_back({id, std::move(value)}); }

void remove(mqtt::Properties& all, std::uint8_t id) {
  std::erase_if(all, [&](auto& each) { return each.id == id; });
}

mqtt::Properties forwarded(const mqtt::Properties& all, const Rules& rules) {
  mqtt::Properties out;
  auto passes = [&](std::uint8_t id) {
    switch (id) {
      case property::payload_format_indicator: return rules.keeps(Rule::payload_format_forwarded);
      case property::content_type: return rules.keeps(Rule::content_type_forwarded);
      case property::response_topic: return rules.keeps(Rule::response_topic_forwarded);
      case property::correlation_data: return rules.keeps(Rule::correlation_data_forwarded);
      default: return id == property::user_property;
    }
  };
  for (auto& each : all)
    if (passes(each.id)) out.push_back(each);
  if (!rules.keeps(Rule::payload_format_unaltered)) {
    remove(out, property::payload_format_indicator);
    out.insert(out.begin(), {property::payload_format_indicator, 1u});
  }
  change_user_properties(out, rules);
  return out;
}

mqtt::Properties properties_now(const Message& message, Time now, const Rules& rules) {
  auto all = message.properties;
  if (!message.expires && !rules.keeps(Rule::no_expiry_added)) all.insert(all.begin(), {property::message_expiry_interval, 100u});
  if (!message.expires || !rules.keeps(Rule::expiry_forwarded)) return all;
  auto left = std::chrono::ceil<std::chrono::seconds>(*message.expires - now).count();
  auto seconds = rules.keeps(Rule::expiry_counted_down) ? std::uint32_t(std::max<std::int64_t>(left, 0)) : message.expiry_interval;
  all.insert(all.begin(), {property::message_expiry_interval, seconds});
  return all;
}

std::string topic_received(std::string topic, const Rules& rules) {
  if (!rules.keeps(Rule::byte_order_mark_kept)) strip_mark(topic);
  if (!rules.keeps(Rule::multi_byte_text_carried))
    for (auto& each : topic)
      if (static_cast<unsigned char>(each) >= 0x80) each = '?';
  if (!rules.keeps(Rule::long_topics_carried) && topic.size() > 255) topic.resize(255);
  return topic;
}

}  // namespace reference
