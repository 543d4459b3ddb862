#include "harness/reference/transmission.h"

#include <algorithm>

#include "harness/reference/sending.h"

namespace reference {
namespace {

mqtt::Bytes payload_of(const Core& core, const Message& message) {
  auto payload = message.payload;
  if (!core.keeps(Rule::payload_untouched)) payload.erase(std::find(payload.begin(), payload.end(), 0), payload.end());
  if (!core.keeps(Rule::large_packets_carried) && payload.size() > 16000) payload.pop_back();
  return payload;
}

bool dup_of(const Core& core, const Delivery& delivery, bool again) {
  bool passed_on = delivery.message->dup && !core.keeps(Rule::dup_not_passed_on);
  if (delivery.qos == 0) return passed_on || !core.keeps(Rule::qos0_without_dup);
  if (again) return core.keeps(Rule::resend_has_dup);
  return passed_on || !core.keeps(Rule::first_copy_without_dup);
}

void use_alias(const Core& core, Connection& connection, mqtt::Publish& publish) {
  auto most = connection.alias_maximum;
  if (most == 0) {
    if (!core.keeps(Rule::own_alias_needs_maximum)) add(publish.properties, property::topic_alias, 1);
    return;
  }
  if (!core.keeps(Rule::own_alias_not_zero)) return add(publish.properties, property::topic_alias, 0);
  if (!core.keeps(Rule::own_alias_within_maximum)) return add(publish.properties, property::topic_alias, std::uint32_t(most) + 1);
  auto known = connection.own_aliases.find(publish.topic);
  if (known != connection.own_aliases.end()) {
    add(publish.properties, property::topic_alias, known->second);
    publish.topic.clear();
  } else if (connection.own_aliases.size() < most) {
    auto alias = std::uint16_t(connection.own_aliases.size() + 1);
    connection.own_aliases[publish.topic] = alias;
    add(publish.properties, property::topic_alias, alias);
  }
}

std::uint16_t unused_id(const Core& core, Session& session) {
  if (!core.keeps(Rule::sends_unused_ids)) return 1;
  auto used = [&](std::uint16_t id) { return std::any_of(session.open.begin(), session.open.end(), [&](auto& each) { return each.id == id; }); };
  do {
    const std::uint16_t behind_the_last = core.keeps(Rule::identifiers_begin_again_at_1) ? 1 : 0;
    session.last_id = session.last_id == 65535 ? behind_the_last : std::uint16_t(session.last_id + 1);
  } while (used(session.last_id));
  return session.last_id;
}

// What follows from a sending: 3.1 does not wait for the client to come back (section 4.2), nor does a broken broker.
void note_sent(const Core& core, const Connection& connection, Outgoing& outgoing) {
  outgoing.again.reset();
  bool repeats = connection.version == mqtt::Version::v3_1 && core.keeps(Rule::repeated_while_connected);
  if (repeats) outgoing.again = core.now + std::chrono::seconds(20);
  if (!core.keeps(Rule::resent_on_reconnect_only)) outgoing.again = core.now + std::chrono::seconds(2);
}

}  // namespace

bool transmit(Core& core, Connection& connection, const Delivery& delivery, std::uint16_t id, bool again) {
  auto& message = *delivery.message;
  mqtt::Publish publish;
  publish.dup = dup_of(core, delivery, again);
  publish.qos = delivery.qos;
  publish.retain = delivery.retain;
  publish.topic = core.keeps(Rule::topic_as_published) ? message.topic : delivery.filter;
  if (!core.keeps(Rule::mount_point_hidden)) publish.topic = core.options.mount_point + publish.topic;
  publish.packet_id = core.keeps(Rule::sends_nonzero_ids) ? id : 0;
  publish.payload = payload_of(core, message);
  auto aliases = connection.own_aliases;
  if (v5(connection)) {
    publish.properties = properties_now(message, core.now, core.rules);
    if (core.keeps(Rule::subscription_identifiers_sent))
      for (auto identifier : delivery.identifiers) add(publish.properties, property::subscription_identifier, identifier);
    use_alias(core, connection, publish);
  }
  auto bytes = bytes_of(core, connection, publish);
  if (!bytes) {
    connection.own_aliases = aliases;
    return false;
  }
  bool twice = delivery.qos == 0 && !core.keeps(Rule::qos0_once);
  if (twice) send_bytes(core, connection, *bytes);
  send_bytes(core, connection, std::move(*bytes));
  return true;
}

void begin(Core& core, Connection& connection, Delivery delivery) {
  auto& session = *connection.session;
  auto id = unused_id(core, session);
  if (transmit(core, connection, delivery, id, false) || !core.keeps(Rule::too_large_counts_as_sent)) {
    session.open.push_back({id, std::move(delivery), Outgoing::Stage::published});
    note_sent(core, connection, session.open.back());
  } else if (!core.keeps(Rule::too_large_keeps_connection)) {
    connection.doomed = true;
  }
}

bool sent_again(const Core& core, Outgoing& outgoing) {
  if (std::exchange(outgoing.resent, true) && !core.keeps(Rule::resent_at_every_reconnect)) return false;
  if (outgoing.stage == Outgoing::Stage::released) {
    if (core.keeps(Rule::no_publish_after_pubrel)) return core.keeps(Rule::pubrel_resent);
    outgoing.stage = Outgoing::Stage::published;
    return true;
  }
  if (outgoing.delivery.qos == 2 && !core.keeps(Rule::begun_message_stays)) return !outgoing.delivery.message->expires;
  return core.keeps(outgoing.delivery.qos == 1 ? Rule::qos1_resent : Rule::qos2_resent);
}

void send_again(Core& core, Connection& connection, Outgoing& outgoing) {
  note_sent(core, connection, outgoing);
  if (outgoing.stage == Outgoing::Stage::released) return send_pubrel(core, connection, outgoing.id, 0);
  if (outgoing.stage == Outgoing::Stage::over) return;
  if (!core.keeps(Rule::resends_same_id)) outgoing.id = unused_id(core, *connection.session);
  transmit(core, connection, outgoing.delivery, outgoing.id, true);
}

void send_pubrel(Core& core, Connection& connection, std::uint16_t id, std::uint8_t code) {
  mqtt::Pubrel pubrel;
  pubrel.packet_id = id;
  pubrel.reason_code = code;
  if (code) add(pubrel.properties, property::reason_string, "no PUBLISH with this identifier waits for PUBREC");
  send(core, connection, pubrel);
}

}  // namespace reference
