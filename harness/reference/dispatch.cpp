#include "harness/reference/dispatch.h"

#include <algorithm>

#include "harness/reference/acknowledging.h"
#include "harness/reference/authentication.h"
#include "harness/reference/closing.h"
#include "harness/reference/connecting.h"
#include "harness/reference/delivery.h"
#include "harness/reference/guards.h"
#include "harness/reference/publishing.h"
#include "harness/reference/sending.h"
#include "harness/reference/subscribing.h"

namespace reference {
namespace {

using mqtt::Type;

Type type_of(mqtt::View frame) { return Type(frame[0] >> 4); }

bool only_brokers_send(Type type) { return type == Type::connack || type == Type::suback || type == Type::unsuback || type == Type::pingresp; }

// Serves a packet of a client that has no session: what only a broken broker does. PINGREQ, PUBLISH and SUBSCRIBE are answered.
void serve_stranger(Core& core, Connection& connection, mqtt::View frame) {
  if (connection.phase == Phase::opened) {
    bool fits = mqtt::decode(frame, mqtt::Version::v5_0, mqtt::Sender::client, mqtt::Detail::packet_only).clean();
    connection.version = fits ? mqtt::Version::v5_0 : mqtt::Version::v3_1_1;
  }
  auto decoded = mqtt::decode(frame, connection.version, mqtt::Sender::client, mqtt::Detail::packet_only);
  if (!decoded.clean()) return;
  if (std::holds_alternative<mqtt::Pingreq>(*decoded.packet)) return send(core, connection, mqtt::Pingresp{});
  if (auto subscribe = std::get_if<mqtt::Subscribe>(&*decoded.packet)) {
    mqtt::Suback suback;
    suback.packet_id = subscribe->packet_id;
    suback.reason_codes.assign(subscribe->filters.size(), 0);
    return send(core, connection, suback);
  }
  auto publish = std::get_if<mqtt::Publish>(&*decoded.packet);
  if (!publish) return;
  route(core, message_of(core, *publish, {}));
  mqtt::Puback puback;
  mqtt::Pubrec pubrec;
  puback.packet_id = pubrec.packet_id = publish->packet_id;
  if (publish->qos == 1) send(core, connection, puback);
  if (publish->qos == 2) send(core, connection, pubrec);
}

void route_strangers(Core& core, const Connection& connection, mqtt::View frame) {
  auto decoded = mqtt::decode(frame, connection.version, mqtt::Sender::client, mqtt::Detail::packet_only);
  auto publish = decoded.packet ? std::get_if<mqtt::Publish>(&*decoded.packet) : nullptr;
  if (publish) route(core, message_of(core, *publish, {}));
}

void on_first_packet(Core& core, Connection& connection, mqtt::View frame) {
  if (type_of(frame) == Type::connect) return on_connect(core, connection, frame);
  if (!core.keeps(Rule::connect_comes_first)) return serve_stranger(core, connection, frame);
  if (!core.keeps(Rule::no_disconnect_before_connect)) send_bytes(core, connection, {0xe0, 2, 0x82, 0});
  end_connection(core, connection, End::violation);
}

void on_disconnect(Core& core, Connection& connection, const mqtt::Disconnect& disconnect) {
  auto code = disconnect.reason_code;
  auto& session = *connection.session;
  if (auto expiry = number(disconnect.properties, property::session_expiry_interval); expiry && v5(connection)) {
    if (*expiry && session.expiry == 0 && core.keeps(Rule::expiry_stays_zero))
      return violate(core, connection, 0x82, "a session without expiry interval gets none by DISCONNECT");
    if (core.keeps(Rule::disconnect_changes_expiry)) session.expiry = *expiry;
  }
  auto how = code >= 0x80 ? End::error_disconnect : code == 4 ? End::disconnect_with_will : End::disconnect;
  end_connection(core, connection, how);
}

void on_second_connect(Core& core, Connection& connection) {
  if (!core.keeps(Rule::second_connect_closes)) return;
  if (!core.keeps(Rule::one_connack)) send(core, connection, mqtt::Connack{});
  violate(core, connection, 0x82, "a second CONNECT");
}

void serve(Core& core, Connection& connection, mqtt::Packet& packet, const Inspection& inspection) {
  auto type = mqtt::type_of(packet);
  bool answered = type == Type::pingreq || type == Type::subscribe || type == Type::unsubscribe || type == Type::publish;
  bool stuck = connection.receive_maximum < 65535 && in_use(*connection.session) >= connection.receive_maximum;
  if (answered && stuck && !core.keeps(Rule::served_without_quota)) return;
  switch (type) {
    case Type::publish: return on_publish(core, connection, std::move(std::get<mqtt::Publish>(packet)));
    case Type::puback: return on_puback(core, connection, std::get<mqtt::Puback>(packet));
    case Type::pubrec: return on_pubrec(core, connection, std::get<mqtt::Pubrec>(packet));
    case Type::pubrel: return on_pubrel(core, connection, std::get<mqtt::Pubrel>(packet));
    case Type::pubcomp: return on_pubcomp(core, connection, std::get<mqtt::Pubcomp>(packet));
    case Type::subscribe: return on_subscribe(core, connection, std::get<mqtt::Subscribe>(packet), inspection.bad_filters);
    case Type::unsubscribe: return on_unsubscribe(core, connection, std::get<mqtt::Unsubscribe>(packet), inspection.bad_filters);
    case Type::disconnect: return on_disconnect(core, connection, std::get<mqtt::Disconnect>(packet));
    case Type::auth: return on_auth(core, connection, std::get<mqtt::Auth>(packet));
    case Type::pingreq:
      if (core.keeps(Rule::ping_answered)) send(core, connection, mqtt::Pingresp{});
      return;
    default: return;
  }
}

// A packet that the version does not know, or that only brokers send.
void on_wrong_type(Core& core, Connection& connection, mqtt::View frame) {
  auto type = type_of(frame);
  auto rule = only_brokers_send(type) ? Rule::broker_packets_refused : type == Type{} ? Rule::type_zero_refused : Rule::type_fifteen_refused;
  if (!only_brokers_send(type) && !core.keeps(Rule::reserved_types_not_answered)) return send(core, connection, mqtt::Pingresp{});
  if (core.keeps(rule)) violate(core, connection, 0x82, "a client does not send this type of packet");
}

bool repeated_in_3_1(const Core& core, const Connection& connection, mqtt::View frame) {
  auto type = type_of(frame);
  if (connection.version != mqtt::Version::v3_1 || !(frame[0] & 8)) return false;
  if (type == Type::pubrel) return !core.keeps(Rule::repeated_pubrel_legal);
  return (type == Type::subscribe || type == Type::unsubscribe) && !core.keeps(Rule::repeated_subscribe_legal);
}

void on_packet(Core& core, Connection& connection, mqtt::View frame) {
  auto type = type_of(frame);
  if (type == Type::connect) return on_second_connect(core, connection);
  auto decoded = read(frame, connection.version);
  if (!decoded.packet || only_brokers_send(type)) return on_wrong_type(core, connection, frame);
  if (repeated_in_3_1(core, connection, frame)) return violate(core, connection, 0x81, "DUP");
  auto inspection = inspect(decoded, connection.version, core.rules);
  if (inspection.refused) return violate(core, connection, reason_code(inspection.refused->rule), inspection.refused->text);
  if (inspection.ignored) return;
  serve(core, connection, *decoded.packet, inspection);
}

void on_authentication_packet(Core& core, Connection& connection, mqtt::View frame) {
  auto decoded = read(frame, connection.version);
  auto inspection = inspect(decoded, connection.version, core.rules);
  if (inspection.refused) return refuse(core, connection, {reason_code(inspection.refused->rule), {}, inspection.refused->text});
  if (inspection.ignored) return;
  auto packet = decoded.packet ? &*decoded.packet : nullptr;
  if (packet && std::holds_alternative<mqtt::Auth>(*packet)) return on_auth(core, connection, std::get<mqtt::Auth>(*packet));
  if (packet && std::holds_alternative<mqtt::Disconnect>(*packet)) return end_connection(core, connection, End::disconnect);
  if (!core.keeps(Rule::only_auth_until_connack)) return serve_stranger(core, connection, frame);
  refuse(core, connection, {0x82, {}, "only AUTH and DISCONNECT may come before CONNACK"});
}

void on_frame(Core& core, Connection& connection, mqtt::View frame) {
  bool counts = type_of(frame) == Type::pingreq || core.keeps(Rule::any_packet_counts);
  bool late = connection.phase == Phase::connected && !core.keeps(Rule::keep_alive_from_last_packet);
  if (counts && !late) connection.heard = core.now;
  switch (connection.phase) {
    case Phase::opened: return on_first_packet(core, connection, frame);
    case Phase::authenticating: return on_authentication_packet(core, connection, frame);
    case Phase::connected: return on_packet(core, connection, frame);
    case Phase::refused:
      if (!core.keeps(Rule::nothing_behind_refusal)) serve_stranger(core, connection, frame);
      if (!core.keeps(Rule::refused_publish_dropped)) route_strangers(core, connection, frame);
      return;
    case Phase::lingering:
      if (type_of(frame) == Type::pingreq) send(core, connection, mqtt::Pingresp{});
      return;
    case Phase::closed:
      if (!core.keeps(Rule::nothing_after_disconnect)) serve_stranger(core, connection, frame);
  }
}

// The size that the packet at hand announces; 0: its header is not there yet.
std::size_t announced(mqtt::View held) {
  std::size_t length = 0;
  for (std::size_t at = 1; at < held.size() && at <= 4; ++at) {
    length |= std::size_t(held[at] & 127) << 7 * (at - 1);
    if (held[at] < 128) return 1 + at + length;
  }
  return 0;
}

// Looks no further than the header: what is too large is not waited for.
bool refused_for_size(Core& core, Connection& connection) {
  bool judged = connection.phase != Phase::closed && connection.phase != Phase::refused;
  auto most = core.options.maximum_packet_size - std::size_t(!core.keeps(Rule::largest_packet_served));
  if (!judged || announced(connection.framer.held()) <= most) return false;
  if (!core.keeps(Rule::broker_packet_size_enforced)) return false;
  core.state.stalled = !core.keeps(Rule::announcement_harmless);
  connection.framer = {};
  if (connection.phase == Phase::connected) violate(core, connection, 0x95, "the packet is larger than the broker allows");
  else end_connection(core, connection, End::violation);
  return true;
}

void on_lost_frames(Core& core, Connection& connection) {
  connection.framer = {};
  if (!core.keeps(Rule::five_byte_length_refused)) return;
  if (connection.phase == Phase::connected) violate(core, connection, 0x81, "the Remaining Length has more than four bytes");
  else end_connection(core, connection, End::violation);
}

}  // namespace

void take_in(Core& core, Connection& connection, mqtt::View bytes) {
  if (connection.phase == Phase::closed) return;
  connection.framer.feed(bytes);
  bool first = connection.phase == Phase::opened, connected = connection.phase == Phase::connected;
  std::size_t served = 0;
  while (!refused_for_size(core, connection)) {
    auto frame = connection.framer.next();
    if (!frame) break;
    if (served++ > 0 && connected && !core.keeps(Rule::packets_together)) continue;
    on_frame(core, connection, *frame);
  }
  if (first && served > 1 && !core.keeps(Rule::connect_with_others)) core.state.unanswered = connection.handle;
  if (connected && !core.keeps(Rule::packets_in_pieces)) connection.framer = {};
  if (connection.phase == Phase::closed || connection.phase == Phase::refused) return;
  if (connection.framer.lost()) on_lost_frames(core, connection);
}

void end_of_bytes(Core& core, Connection& connection) {
  auto held = connection.framer.held();
  if (held.empty() || core.keeps(Rule::half_packet_ignored)) return;
  std::size_t at = 1;
  while (at < held.size() && held[at] & 128) ++at;
  auto rest = held.subspan(std::min(at + 1, held.size()));
  if (rest.size() > 127) return;
  mqtt::Bytes frame{held[0], std::uint8_t(rest.size())};
  frame.insert(frame.end(), rest.begin(), rest.end());
  on_frame(core, connection, frame);
}

void spoil_order(Core& core, Handle to, std::size_t first) {
  struct Order { Type type; Rule rule; };
  constexpr Order orders[] = {{Type::puback, Rule::pubacks_in_order}, {Type::pubrec, Rule::pubrecs_in_order},
                              {Type::pubrel, Rule::pubrels_in_order}, {Type::pubcomp, Rule::pubcomps_in_order}};
  auto& out = *core.out;
  auto of = [&](const Action& action, Type type) { return action.to == to && !action.closes() && type_of(action.bytes) == type; };
  if (std::exchange(core.state.unanswered, 0) == to)
    out.erase(std::remove_if(out.begin() + std::ptrdiff_t(first), out.end(), [&](auto& action) { return of(action, Type::connack); }), out.end());
  for (auto& order : orders) {
    if (core.keeps(order.rule)) continue;
    std::vector<Action*> all;
    for (auto i = first; i < out.size(); ++i)
      if (of(out[i], order.type)) all.push_back(&out[i]);
    for (std::size_t i = 0; i + i + 1 < all.size(); ++i) std::swap(all[i]->bytes, all[all.size() - 1 - i]->bytes);
  }
  if (core.keeps(Rule::every_ping_answered)) return;
  bool seen = false;
  auto again = [&](const Action& action) { return of(action, Type::pingresp) && std::exchange(seen, true); };
  out.erase(std::remove_if(out.begin() + std::ptrdiff_t(first), out.end(), again), out.end());
}

}  // namespace reference
