#include "harness/reference/sending.h"

namespace reference {
namespace {

using mqtt::Type;

// The rules about what may make a packet larger than the client allows.
struct Fits { Type type; Rule reason, user_property; };
constexpr Fits size_rules[] = {
    {Type::connack, Rule::connack_reason_fits, Rule::connack_user_property_fits},
    {Type::puback, Rule::puback_reason_fits, Rule::puback_user_property_fits},
    {Type::pubrec, Rule::pubrec_reason_fits, Rule::pubrec_user_property_fits},
    {Type::pubrel, Rule::pubrel_reason_fits, Rule::pubrel_user_property_fits},
    {Type::pubcomp, Rule::pubcomp_reason_fits, Rule::pubcomp_user_property_fits},
    {Type::suback, Rule::suback_reason_fits, Rule::suback_user_property_fits},
    {Type::unsuback, Rule::unsuback_reason_fits, Rule::unsuback_user_property_fits},
    {Type::disconnect, Rule::disconnect_reason_fits, Rule::disconnect_user_property_fits},
    {Type::auth, Rule::auth_reason_fits, Rule::auth_user_property_fits},
};

mqtt::Properties* properties_of(mqtt::Packet& packet) {
  return std::visit([](auto& each) -> mqtt::Properties* {
    if constexpr (requires { each.properties; }) return &each.properties;
    else return nullptr;
  }, packet);
}

// The answers that repeat an identifier, and the rule for each.
struct Repeats { Type type; Rule rule; };
constexpr Repeats repeats[] = {
    {Type::puback, Rule::puback_repeats_id}, {Type::pubrec, Rule::pubrec_repeats_id}, {Type::pubrel, Rule::pubrel_repeats_id},
    {Type::pubcomp, Rule::pubcomp_repeats_id}, {Type::suback, Rule::suback_repeats_id}, {Type::unsuback, Rule::unsuback_repeats_id},
};
// Acknowledgements with a code, and the code that is not listed for them.
struct Codes { Type type; Rule rule; std::uint8_t unlisted; };
constexpr Codes codes[] = {
    {Type::puback, Rule::puback_code_listed, 0x05}, {Type::pubrec, Rule::pubrec_code_listed, 0x05},
    {Type::pubrel, Rule::pubrel_code_listed, 0x10}, {Type::pubcomp, Rule::pubcomp_code_listed, 0x10},
};

void spoil_fields(Core& core, Connection& connection, mqtt::Packet& packet) {
  auto type = mqtt::type_of(packet);
  std::visit([&](auto& each) {
    if constexpr (requires { each.packet_id; })
      for (auto& row : repeats)
        if (row.type == type && !core.keeps(row.rule)) each.packet_id = each.packet_id == 65535 ? 1 : std::uint16_t(each.packet_id + 1);
    if constexpr (requires { each.reason_code; })
      for (auto& row : codes)
        if (row.type == type && v5(connection) && !core.keeps(row.rule)) each.reason_code = row.unlisted;
  }, packet);
}

void make_too_large(Core& core, const Connection& connection, mqtt::Packet& packet) {
  auto properties = properties_of(packet);
  auto type = mqtt::type_of(packet);
  if (!properties || !v5(connection) || connection.maximum_packet_size > 60000) return;
  std::string filler(connection.maximum_packet_size, 'x');
  for (auto& row : size_rules) {
    if (row.type != type) continue;
    if (!core.keeps(row.reason)) remove(*properties, property::reason_string), add(*properties, property::reason_string, filler);
    if (!core.keeps(row.user_property)) properties->push_back({property::user_property, mqtt::Pair{"why", filler}});
  }
}

bool too_large_on_purpose(Core& core, Type type) {
  for (auto& row : size_rules)
    if (row.type == type) return !core.keeps(row.reason) || !core.keeps(row.user_property);
  return false;
}

bool ordinary_answer(Type type) {
  return type == Type::puback || type == Type::pubrec || type == Type::suback || type == Type::unsuback || type == Type::pingresp;
}

std::size_t length_end(const mqtt::Bytes& bytes) {
  std::size_t at = 1;
  while (bytes[at] & 128) ++at;
  return at + 1;
}

void spoil_bytes(Core& core, mqtt::Bytes& bytes) {
  auto type = Type(bytes[0] >> 4);
  if (ordinary_answer(type) && !core.keeps(Rule::sends_fixed_flags)) bytes[0] |= 1;
  if (type == Type::connack && !core.keeps(Rule::sends_connack_flags)) bytes[0] |= 1;
  if (type == Type::pubcomp && !core.keeps(Rule::sends_pubcomp_flags)) bytes[0] |= 1;
  if (type == Type::pubrel && !core.keeps(Rule::sends_pubrel_flags)) bytes[0] = 0x60;
  if (type == Type::auth && !core.keeps(Rule::sends_auth_flags)) bytes[0] = 0xf1;
  if (type == Type::connack && !core.keeps(Rule::connack_flags_reserved)) bytes[length_end(bytes)] |= 2;
  if (!core.keeps(Rule::lengths_sent_short) && length_end(bytes) < 5) {
    auto end = length_end(bytes);
    bytes[end - 1] |= 128;
    bytes.insert(bytes.begin() + std::ptrdiff_t(end), 0);
  }
}

mqtt::Bytes encode(Core& core, const Connection& connection, const mqtt::Packet& packet) {
  auto type = mqtt::type_of(packet);
  bool may_lack_length = v5(connection) && (type == Type::suback || type == Type::unsuback || type == Type::publish);
  if (may_lack_length && !core.keeps(Rule::property_length_always)) {
    mqtt::Packet copy = packet;
    if (properties_of(copy)->empty()) return mqtt::encode(packet, connection.version, {{"properties_length", {}}}).bytes;
  }
  auto publish = std::get_if<mqtt::Publish>(&packet);
  if (publish && publish->qos == 0 && !core.keeps(Rule::qos0_without_id)) {
    auto size = publish->topic.size();
    mqtt::Bytes topic{std::uint8_t(size >> 8), std::uint8_t(size)};
    topic.insert(topic.end(), publish->topic.begin(), publish->topic.end());
    topic.insert(topic.end(), {0, 1});
    return mqtt::encode(packet, connection.version, {{"topic", topic}}).bytes;
  }
  return mqtt::encode_bytes(packet, connection.version);
}

}  // namespace

void send_bytes(Core& core, Connection& connection, mqtt::Bytes bytes) {
  if (connection.phase == Phase::closed || bytes.empty()) return;
  spoil_bytes(core, bytes);
  core.out->push_back({connection.handle, std::move(bytes)});
}

void send(Core& core, Connection& connection, mqtt::Packet packet) {
  auto type = mqtt::type_of(packet);
  auto properties = properties_of(packet);
  bool always_tells = type == Type::connack || type == Type::disconnect;
  if (properties && !connection.problem_information && !always_tells && core.keeps(Rule::problem_information)) {
    remove(*properties, property::reason_string);
    remove(*properties, property::user_property);
  }
  spoil_fields(core, connection, packet);
  make_too_large(core, connection, packet);
  auto bytes = encode(core, connection, packet);
  for (auto droppable : {property::reason_string, property::user_property}) {
    if (!properties || bytes.size() <= connection.maximum_packet_size || too_large_on_purpose(core, type)) break;
    remove(*properties, droppable);
    bytes = encode(core, connection, packet);
  }
  bool too_large = bytes.size() > connection.maximum_packet_size && !too_large_on_purpose(core, type);
  if (too_large && core.keeps(Rule::large_answer_not_sent)) return;
  auto connack = std::get_if<mqtt::Connack>(&packet);
  bool says_session = connack && connack->session_present && connection.version == mqtt::Version::v3_1;
  if (says_session && !core.keeps(Rule::connack_length_31)) bytes[2] |= 1;
  send_bytes(core, connection, std::move(bytes));
}

std::optional<mqtt::Bytes> bytes_of(Core& core, const Connection& connection, const mqtt::Publish& publish) {
  auto bytes = encode(core, connection, publish);
  auto most = connection.maximum_packet_size;
  if (bytes.size() > most && core.keeps(Rule::too_large_not_sent)) return {};
  if (bytes.size() == most && !core.keeps(Rule::largest_sent)) return {};
  return bytes;
}

void send_disconnect(Core& core, Connection& connection, std::uint8_t code, std::string_view why) {
  if (!v5(connection) || connection.phase == Phase::closed) return;
  mqtt::Disconnect disconnect;
  disconnect.reason_code = code;
  if (!core.keeps(Rule::violation_told)) disconnect.reason_code = 0;
  if (!core.keeps(Rule::disconnect_code_listed)) disconnect.reason_code = 4;
  if (!core.keeps(Rule::disconnect_without_expiry)) add(disconnect.properties, property::session_expiry_interval, 10);
  add(disconnect.properties, property::reason_string, std::string(why));
  send(core, connection, disconnect);
  if (!core.keeps(Rule::silent_after_own_disconnect)) send(core, connection, mqtt::Pingresp{});
}

}  // namespace reference
