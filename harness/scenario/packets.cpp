#include <fmt/format.h>

#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/raw.h"
#include "harness/scenario/reading.h"

namespace scenario {
namespace {

constexpr std::size_t types = std::variant_size_v<mqtt::Packet>;

template <std::size_t... I> std::array<mqtt::Packet, types> default_packets(std::index_sequence<I...>) {
  return {mqtt::Packet(std::in_place_index<I>)...};
}

// For each type the fields that 5.0 has and this version does not.
std::array<std::set<std::string>, types> missing_fields(mqtt::Version version) {
  std::array<std::set<std::string>, types> result;
  auto packets = default_packets(std::make_index_sequence<types>());
  for (std::size_t i = 0; i < types; ++i) {
    auto here = mqtt::to_json(packets[i], version), latest = mqtt::to_json(packets[i], mqtt::Version::v5_0);
    for (auto& [field, value] : latest.begin()->items())
      if (!here.begin()->contains(field)) result[i].insert(field);
  }
  return result;
}

// Of the same length as the text, so that offsets stay right: "${T}" is "0001".
std::string with_sample_numbers(std::string text) {
  for (std::size_t from = 0; (from = text.find("${", from)) != text.npos;) {
    auto end = text.find('}', from);
    if (end == text.npos) break;
    text.replace(from, end + 1 - from, std::string(end - from, '0') + "1");
  }
  return text;
}

struct Outgoing {
  Reading& reading;
  mqtt::Type type;
  std::string name, pointer;     // of the packet's fields
  mqtt::Version version;
  Json& fields;
  const Json& instead;           // object, or null

  bool replaced(const std::string& path) const { return instead.is_object() && instead.contains(path); }

  void fill_in(const std::string& client) {
    if (type != mqtt::Type::connect) return;
    if (!fields.contains("client_id")) fields["client_id"] = "${" + client + "}";
    for (auto account : {"username", "password"})
      if (!fields.contains(account)) fields[account] = fmt::format("${{{}}}", account);
  }

  // What `instead` writes need not be given.
  void fill_in_replaced() {
    if (replaced("packet_id") && !fields.contains("packet_id")) fields["packet_id"] = 0;
    if (type == mqtt::Type::publish && replaced("topic") && !fields.contains("topic")) fields["topic"] = "";
  }

  void check_packet_id() {
    if (type == mqtt::Type::publish && fields.value("qos", Json(0)) == 0) return;
    if (fields.contains("packet_id") && fields["packet_id"] == 0 && !replaced("packet_id"))
      reading.complain(pointer + "/packet_id", fmt::format("{} needs a packet_id from 1 upwards; to send 0, write \"instead\": {{\"packet_id\": \"m0\"}}", name));
  }

  void check_topics() {
    if (type == mqtt::Type::publish && fields.contains("topic") && !replaced("topic")) check_topic(reading, fields["topic"], pointer + "/topic", "topic");
    if (type == mqtt::Type::connect && fields.contains("will") && fields["will"].is_object() && fields["will"].contains("topic") && !replaced("will.topic"))
      check_topic(reading, fields["will"]["topic"], pointer + "/will/topic", "topic");
    if ((type != mqtt::Type::subscribe && type != mqtt::Type::unsubscribe) || !fields.contains("filters") || !fields["filters"].is_array()) return;
    for (std::size_t i = 0; i < fields["filters"].size(); ++i) {
      auto& filter = fields["filters"][i];
      auto path = fmt::format("filters[{}]", i);
      if (replaced(path) || replaced(path + ".filter")) continue;
      bool object = filter.is_object() && filter.contains("filter");
      check_topic(reading, object ? filter["filter"] : filter, fmt::format("{}/filters/{}{}", pointer, i, object ? "/filter" : ""), "filter");
    }
  }
};

}  // namespace

bool lacks(mqtt::Version version, mqtt::Type type, const std::string& field) {
  static const auto in_3_1 = missing_fields(mqtt::Version::v3_1), in_3_1_1 = missing_fields(mqtt::Version::v3_1_1);
  if (version == mqtt::Version::v5_0) return false;
  return (version == mqtt::Version::v3_1 ? in_3_1 : in_3_1_1)[std::size_t(type) - 1].contains(field);
}

void check_topic(Reading& reading, const Json& topic, const std::string& pointer, std::string_view what) {
  if (reading.made.alone) return;
  bool raw = topic.is_object() && topic.size() == 1 && topic.begin().key() == "$raw";
  const Json& text = raw ? *topic.begin() : topic;
  if (!text.is_string() || text == "") return;
  for (auto& name : names_in(text))
    if (name == "T" || reading.saved.contains(name)) return;
  reading.complain(raw ? pointer + "/$raw" : pointer,
    fmt::format("the {} {} does not hold ${{T}}, so that other cases would meet it; put ${{T}} into it, or say \"alone\": true", what, quote(text)));
}

void check_raw(Reading& reading, const std::string& text, const std::string& pointer) {
  auto parsed = mqtt::parse_raw(with_sample_numbers(text));
  if (parsed.error) reading.complain_inside(pointer, parsed.error->offset, parsed.error->text);
}

std::optional<Json> named_packet(Reading& reading, const Json& given, const std::string& pointer) {
  auto name = given.is_string() ? given.get<std::string>() : given.begin().key();
  if (!mqtt::type_named(name)) {
    auto text = fmt::format("unknown packet '{}'{}", name, did_you_mean(name, mqtt::packet_names()));
    if (given.is_string()) reading.complain(pointer, text);
    else reading.complain_key(json::pointer_of(pointer, name), text);
    return {};
  }
  if (given.is_string()) return Json{{name, Json::object()}};
  if (given.begin()->is_object()) return given;
  reading.complain(pointer + "/" + name, fmt::format("the fields of {} must be an object, not {}", name, quote(*given.begin())));
  return {};
}

void check_instead(Reading& reading, const Json& packet, const Json& instead, mqtt::Version version) {
  mqtt::Instead spoilt;
  for (auto& [path, text] : instead.items()) {
    check_raw(reading, text.get<std::string>(), json::pointer_of("/instead", path));
    spoilt[path] = {0};
  }
  auto dry = mqtt::packet_from_json(substitute(packet, reading.placeholders), version);
  if (!dry.packet) return;
  for (auto& path : mqtt::encode(*dry.packet, version, spoilt).not_replaced) {
    std::vector<std::string> known;
    for (auto& field : mqtt::encode(*dry.packet, version).fields) known.push_back(field.path);
    reading.complain_key(json::pointer_of("/instead", path),
      fmt::format("this {} has no field '{}' in MQTT {}{}", packet.begin().key(), path, mqtt::name(version), did_you_mean(path, known)));
  }
}

std::optional<Json> read_packet(Reading& reading, const Json& given, const std::string& pointer, const std::string& client, const Json& instead) {
  auto packet = named_packet(reading, given, pointer);
  if (!packet) return {};
  auto name = packet->begin().key();
  auto version = reading.version_of(client);
  Outgoing outgoing{reading, *mqtt::type_named(name), name, pointer + "/" + name, version, *packet->begin(), instead};
  for (auto field = outgoing.fields.begin(); field != outgoing.fields.end();)
    field = lacks(version, outgoing.type, field.key()) ? outgoing.fields.erase(field) : std::next(field);
  if (auto will = outgoing.fields.find("will"); version != mqtt::Version::v5_0 && will != outgoing.fields.end() && will->is_object()) will->erase("properties");
  for (auto codes : {"reason_code", "reason_codes"})
    if (auto found = outgoing.fields.find(codes); found != outgoing.fields.end()) resolve_codes(reading, *found, outgoing.pointer + "/" + codes, version);
  outgoing.fill_in(client);
  outgoing.fill_in_replaced();
  outgoing.check_packet_id();
  outgoing.check_topics();
  auto dry = mqtt::packet_from_json(substitute(*packet, reading.placeholders), version);
  for (auto& error : dry.errors) reading.complain(pointer + error.pointer, error.text);
  return packet;
}

}  // namespace scenario
