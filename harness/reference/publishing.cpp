#include "harness/reference/publishing.h"

#include <algorithm>

#include "harness/reference/closing.h"
#include "harness/reference/delivery.h"
#include "harness/reference/login.h"
#include "harness/reference/sending.h"

namespace reference {
namespace {

struct Objection { std::uint8_t code; std::string_view why; };

std::optional<Objection> alias_objection(const Core& core, const Connection& connection, const mqtt::Publish& publish, std::uint32_t alias) {
  auto most = core.options.topic_alias_maximum;
  if (alias == 0) return {};
  if (most == 0 && core.keeps(Rule::no_alias_without_maximum)) return Objection{0x94, "Topic Aliases are not accepted"};
  if (most > 0 && alias > most && core.keeps(Rule::alias_maximum_enforced)) return Objection{0x94, "the Topic Alias is above the maximum"};
  if (alias == most && !core.keeps(Rule::highest_alias_served)) return Objection{0x94, "the Topic Alias is too high"};
  if (!publish.topic.empty()) return {};
  if (core.state.everybodys_aliases.contains(std::uint16_t(alias))) return {};
  if (!connection.aliases.contains(std::uint16_t(alias)) || !core.keeps(Rule::alias_remembered)) return Objection{0x82, "the Topic Alias is not known"};
  return {};
}

void resolve_alias(Core& core, Connection& connection, mqtt::Publish& publish, std::uint16_t alias) {
  auto& topic = connection.aliases[alias];
  if (topic.empty() && publish.topic.empty()) topic = core.state.everybodys_aliases[alias];
  if (!core.keeps(Rule::alias_of_one_connection) && !publish.topic.empty()) core.state.everybodys_aliases[alias] = publish.topic;
  if (publish.topic.empty()) publish.topic = topic;
  else if (topic.empty() || core.keeps(Rule::alias_remapped)) topic = publish.topic;
  else publish.topic = topic;
}

std::optional<Objection> limit_objection(const Core& core, const Connection& connection, const mqtt::Publish& publish) {
  if (!v5(connection)) return {};
  if (publish.qos > core.options.maximum_qos && core.keeps(Rule::maximum_qos_enforced)) return Objection{0x9b, "the QoS is above the Maximum QoS"};
  if (publish.qos == 2 && !core.keeps(Rule::qos2_served_unless_announced)) return Objection{0x9b, "QoS 2 is not supported"};
  if (publish.retain && !core.options.retain_available && core.keeps(Rule::retain_unavailable_publish))
    return Objection{0x9a, "retained messages are not available"};
  auto& received = connection.session->received;
  auto most = core.options.receive_maximum - std::size_t(!core.keeps(Rule::receive_maximum_reachable));
  bool full = publish.qos == 2 && !received.contains(publish.packet_id) && received.size() >= most;
  if (full && core.keeps(Rule::receive_maximum_enforced)) return Objection{0x93, "more messages than the Receive Maximum are open"};
  return {};
}

template <class P> void acknowledge(Core& core, Connection& connection, std::uint16_t id, std::uint8_t code, std::string_view why) {
  P packet;
  packet.packet_id = id;
  packet.reason_code = v5(connection) ? code : 0;
  if (v5(connection) && !why.empty()) add(packet.properties, property::reason_string, std::string(why));
  send(core, connection, packet);
}

void answer(Core& core, Connection& connection, const mqtt::Publish& publish, std::uint8_t code, std::string_view why) {
  if (publish.qos == 0) {
    if (!core.keeps(Rule::qos0_not_answered)) acknowledge<mqtt::Puback>(core, connection, 1, 0, {});
  } else if (publish.qos == 1) {
    if (core.keeps(Rule::puback_sent)) acknowledge<mqtt::Puback>(core, connection, publish.packet_id, code, why);
  } else if (core.keeps(Rule::pubrec_sent)) {
    acknowledge<mqtt::Pubrec>(core, connection, publish.packet_id, code, why);
  }
}

void answer_accepted(Core& core, Connection& connection, const mqtt::Publish& publish, bool somebody) {
  if (somebody && core.keeps(Rule::no_subscribers_code_true)) return answer(core, connection, publish, 0, {});
  answer(core, connection, publish, 0x10, "nobody has subscribed to this topic");
}

void refuse_publish(Core& core, Connection& connection, const mqtt::Publish& publish) {
  if (!core.keeps(Rule::denied_publish_dropped)) route(core, message_of(core, publish, connection.session->client_id));
  if (!core.keeps(Rule::denied_publish_answered)) return;
  if (publish.qos == 2 && (!v5(connection) || !core.keeps(Rule::refused_id_free))) connection.session->received[publish.packet_id] = {};
  answer(core, connection, publish, 0x87, "you may not publish to this topic");
}

// What a broken broker takes for an old message; true: it is dealt with.
bool taken_for_repeat(Core& core, Connection& connection, const mqtt::Publish& publish) {
  auto& session = *connection.session;
  auto id_is_new = publish.qos == 1 ? Rule::qos1_repeat_is_new : Rule::qos2_id_free_after_pubcomp;
  bool seen = publish.qos > 0 && !core.keeps(id_is_new) && !session.odd.seen.insert(publish.packet_id).second;
  bool thrown = publish.dup && !core.keeps(Rule::dup_is_a_hint);
  thrown |= seen && (publish.qos == 1 ? publish.dup : !session.received.contains(publish.packet_id));
  thrown |= publish.qos == 1 && !core.keeps(Rule::qos1_delivered);
  thrown |= publish.qos == 2 && !core.keeps(Rule::qos2_delivered);
  if (thrown) answer_accepted(core, connection, publish, true);
  return thrown;
}

bool id_in_use_outwards(const Session& session, std::uint16_t id) {
  return std::any_of(session.open.begin(), session.open.end(), [&](auto& each) { return each.id == id; });
}

}  // namespace

Message message_of(const Core& core, const mqtt::Publish& publish, const std::string& publisher) {
  Message message;
  message.topic = topic_received(publish.topic, core.rules);
  message.payload = publish.payload;
  message.qos = publish.qos;
  message.retain = publish.retain;
  message.dup = publish.dup;
  message.properties = forwarded(publish.properties, core.rules);
  message.publisher = publisher;
  if (auto interval = number(publish.properties, property::message_expiry_interval)) {
    message.expiry_interval = *interval;
    message.expires = core.now + std::chrono::seconds(*interval);
  }
  return message;
}

void on_publish(Core& core, Connection& connection, mqtt::Publish publish) {
  auto& session = *connection.session;
  if (publish.qos > 2) publish.qos = 2;
  if (auto alias = number(publish.properties, property::topic_alias); alias && v5(connection)) {
    if (auto bad = alias_objection(core, connection, publish, *alias)) return violate(core, connection, bad->code, bad->why);
    resolve_alias(core, connection, publish, std::uint16_t(*alias));
  }
  if (auto bad = limit_objection(core, connection, publish)) return violate(core, connection, bad->code, bad->why);
  if (!core.keeps(Rule::directions_have_own_ids) && publish.qos > 0 && id_in_use_outwards(session, publish.packet_id)) return;
  bool own_topic = publish.topic.starts_with("$SYS/");
  if (own_topic || denied(core.options.denied_publish, publish.topic)) return refuse_publish(core, connection, publish);
  if (taken_for_repeat(core, connection, publish)) return;
  if (!core.keeps(Rule::exchanges_keep_apart) && publish.qos > 0) std::erase_if(session.open, [&](auto& each) { return each.id == publish.packet_id; });

  auto message = message_of(core, publish, session.client_id);
  if (publish.qos == 2) {
    if (!core.keeps(Rule::pubrel_delivers_nothing)) session.odd.received[publish.packet_id] = message;
    bool repeated = !session.received.emplace(publish.packet_id, message.expires).second;
    if (repeated && core.keeps(Rule::qos2_repeat_not_delivered)) {
      if (core.keeps(Rule::qos2_repeat_answered)) answer(core, connection, publish, 0, {});
      return;
    }
  }
  auto handle = connection.handle;
  bool somebody = route(core, std::move(message)) > 0;
  bool used = !core.keeps(Rule::used_id_answered) && publish.qos > 0 && !session.odd.seen.insert(publish.packet_id).second;
  if (used) return;
  if (auto still = core.connection(handle)) answer_accepted(core, *still, publish, somebody);
}

void on_pubrel(Core& core, Connection& connection, const mqtt::Pubrel& pubrel) {
  if (!core.keeps(Rule::pubrel_of_either_direction) && id_in_use_outwards(*connection.session, pubrel.packet_id)) return;
  auto waiting = connection.session->received.extract(pubrel.packet_id);
  bool known = !waiting.empty();
  auto again = connection.session->odd.received.extract(pubrel.packet_id);
  if (again) route(core, again.mapped());
  if (!known && !core.keeps(Rule::repeated_pubrel_answered)) return;
  if (!core.keeps(Rule::used_id_completed) && !connection.session->odd.seen.insert(pubrel.packet_id).second) return;
  bool too_late = known && waiting.mapped() && *waiting.mapped() <= core.now;
  if (too_late && !core.keeps(Rule::expired_exchange_finished)) return;
  if (!core.keeps(Rule::pubcomp_sent)) return;
  acknowledge<mqtt::Pubcomp>(core, connection, pubrel.packet_id, known ? 0 : 0x92, known ? "" : "no PUBLISH with this identifier waits for PUBREL");
}

}  // namespace reference
