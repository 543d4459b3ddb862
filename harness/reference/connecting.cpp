#include "harness/reference/connecting.h"

#include <algorithm>

#include "harness/reference/authentication.h"
#include "harness/reference/closing.h"
#include "harness/reference/guards.h"
#include "harness/reference/login.h"
#include "harness/reference/sending.h"
#include "harness/reference/wills.h"

namespace reference {
namespace {

using mqtt::Version;

// Name and level, read before the version is known.
struct Asked { std::string name; std::uint8_t level = 0; };

std::optional<Asked> asked(mqtt::View frame) {
  std::size_t at = 1;
  while (at < frame.size() && frame[at] & 128) ++at;
  ++at;
  if (frame.size() < at + 2) return {};
  std::size_t size = frame[at] << 8 | frame[at + 1];
  if (frame.size() < at + 3 + size) return {};
  return Asked{mqtt::text_of(frame.subspan(at + 2, size)), frame[at + 2 + size]};
}

bool fits(mqtt::View frame, Version version) {
  auto decoded = mqtt::decode(frame, version, mqtt::Sender::client, mqtt::Detail::packet_only);
  return std::all_of(decoded.faults.begin(), decoded.faults.end(), [](auto& each) {
    return each.rule == mqtt::Rule::protocol_name || each.rule == mqtt::Rule::protocol_level;
  });
}

// The version whose shape a CONNECT of an unknown level has.
Version likely_version(mqtt::View frame, const Asked& asked) {
  for (auto version : mqtt::all_versions)
    if (asked.level == std::uint8_t(version) && fits(frame, version)) return version;
  if (fits(frame, Version::v5_0)) return Version::v5_0;
  return asked.name == mqtt::protocol_name_of(Version::v3_1) ? Version::v3_1 : Version::v3_1_1;
}

// None: the CONNECT has been refused.
std::optional<Version> agreed_version(Core& core, Connection& connection, mqtt::View frame, const Asked& asked) {
  for (auto version : mqtt::all_versions)
    if (asked.name == mqtt::protocol_name_of(version) && asked.level == std::uint8_t(version))
      if (version != Version::v3_1 || core.keeps(Rule::mqisdp_accepted)) return version;
  connection.version = likely_version(frame, asked);
  bool name_known = asked.name == "MQTT" || asked.name == "MQIsdp";
  if (!name_known) {
    if (!core.keeps(Rule::protocol_name_checked)) return connection.version;
    Refusal refusal{0x84, std::nullopt, "the protocol name is not MQTT"};
    if (!core.keeps(Rule::name_refusal_code)) refusal = {0x85, std::uint8_t(2), refusal.why};
    refuse(core, connection, refusal);
    return {};
  }
  if (!core.keeps(Rule::protocol_level_checked)) return connection.version;
  Refusal refusal{0x84, std::uint8_t(1), "this protocol level is not supported"};
  if (!core.keeps(Rule::level_refusal_code)) refusal = {0x85, std::uint8_t(2), "this protocol level is not supported"};
  if (!core.keeps(Rule::level_refusal_told)) refusal.v3.reset();
  refuse(core, connection, refusal);
  return {};
}

std::uint8_t flags_of(mqtt::View frame, const Asked& asked) {
  std::size_t at = 1;
  while (at < frame.size() && frame[at] & 128) ++at;
  at += 4 + asked.name.size();
  return at < frame.size() ? frame[at] : 0;
}

// Oddities that 3.1 allows; true: a broken broker does not.
bool refused_in_3_1(const Core& core, std::uint8_t flags, const mqtt::Connect& connect) {
  if (flags & 128 && !connect.username && !core.keeps(Rule::missing_username_legal)) return true;
  if (flags & 64 && connect.username && !connect.password && !core.keeps(Rule::missing_password_legal)) return true;
  return !(flags & 4) && flags & 0x38 && !core.keeps(Rule::will_bits_disregarded);
}

void refuse_malformed(Core& core, Connection& connection, std::uint8_t code, std::string_view why) {
  std::optional<std::uint8_t> v3;
  if (!core.keeps(Rule::bad_connect_without_connack)) v3 = 3;
  refuse(core, connection, {code, v3, why});
}

std::optional<Refusal> objection(Core& core, const mqtt::Connect& connect, Version version) {
  if (auto bad = client_id_objection(core, connect, version)) return bad;
  if (version == Version::v5_0 && connect.will) {
    if (connect.will->qos > core.options.maximum_qos && connect.will->qos < 3 && core.keeps(Rule::maximum_will_qos_enforced))
      return Refusal{0x9b, {}, "the Will's QoS is above the Maximum QoS"};
    if (connect.will->retain && !core.options.retain_available && core.keeps(Rule::retain_unavailable_will))
      return Refusal{0x9a, {}, "retained messages are not available"};
  }
  if (!connect.clean_start && !core.keeps(Rule::new_session_granted) && !core.state.sessions.contains(connect.client_id))
    return Refusal{0x80, std::uint8_t(2), "there is no such session"};
  return {};
}

}  // namespace

void refuse(Core& core, Connection& connection, const Refusal& refusal) {
  bool new_style = v5(connection);
  bool told = new_style || refusal.v3;
  if (new_style && !core.keeps(Rule::refusal_without_disconnect)) {
    send_disconnect(core, connection, refusal.v5, refusal.why);
  } else if (told) {
    mqtt::Connack connack;
    connack.reason_code = new_style ? refusal.v5 : *refusal.v3;
    if (!core.keeps(Rule::refusal_code_listed)) connack.reason_code = new_style ? 0x8d : 6;
    connack.session_present = !core.keeps(Rule::refusal_without_session);
    if (new_style) add(connack.properties, property::reason_string, std::string(refusal.why));
    send(core, connection, connack);
  }
  connection.phase = told && !core.keeps(Rule::refusal_closes) ? Phase::lingering : Phase::refused;
}

void on_connect(Core& core, Connection& connection, mqtt::View frame) {
  auto wish = asked(frame);
  if (!wish) return refuse_malformed(core, connection, 0x81, "this is no CONNECT");
  auto version = agreed_version(core, connection, frame, *wish);
  if (!version) return;
  connection.version = *version;
  auto decoded = read(frame, *version);
  auto inspection = inspect(decoded, *version, core.rules);
  if (inspection.refused) return refuse_malformed(core, connection, reason_code(inspection.refused->rule), inspection.refused->text);
  auto& connect = std::get<mqtt::Connect>(*decoded.packet);
  if (*version == Version::v3_1 && refused_in_3_1(core, flags_of(frame, *wish), connect))
    return refuse_malformed(core, connection, 0x81, "the flags do not fit the payload");

  connection.maximum_packet_size = number(connect.properties, property::maximum_packet_size).value_or(0xffffffff);
  connection.problem_information = number(connect.properties, property::request_problem_information).value_or(1) != 0;
  if (connect.will && !core.keeps(Rule::payload_order)) {
    auto topic = std::exchange(connect.will->topic, mqtt::text_of(connect.will->payload));
    connect.will->payload = mqtt::bytes_of(topic);
  }
  if (auto bad = objection(core, connect, *version)) return refuse(core, connection, *bad);
  if (auto method = text(connect.properties, property::authentication_method); method && v5(connection)) {
    if (begin_authentication(core, connection, connect, *method)) return;
  }
  bool spoilt = !decoded.faults.empty() && core.rules.broken.any();   // accepting it would show nothing if the login failed
  if (auto bad = spoilt ? std::nullopt : login_objection(core, connection, connect)) {
    refuse(core, connection, *bad);
    if (connect.will && !core.keeps(Rule::refused_will_dropped)) publish_will(core, connect.client_id, *connect.will);
    if (!core.keeps(Rule::login_refusal_closes)) connection.phase = Phase::lingering;
    return;
  }
  admit(core, connection, connect);
}

}  // namespace reference
