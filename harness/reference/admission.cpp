#include <algorithm>

#include "harness/reference/closing.h"
#include "harness/reference/connecting.h"
#include "harness/reference/delivery.h"
#include "harness/reference/sending.h"
#include "harness/reference/wills.h"

namespace reference {
namespace {

std::string session_key(const Core& core, std::string client_id) {
  if (!core.keeps(Rule::client_id_case))
    for (auto& each : client_id) each = each >= 'A' && each <= 'Z' ? char(each + 32) : each;
  return client_id;
}

std::string assigned_id(Core& core) {
  if (!core.keeps(Rule::assigned_ids_unique)) return "assigned";
  std::string id;
  do id = "assigned" + std::to_string(++core.state.assigned);
  while (core.state.sessions.contains(id));
  return id;
}

// Ends another connection of the same client. False: it stays, and this one has to go.
bool take_over(Core& core, const std::string& client_id) {
  auto found = core.state.sessions.find(client_id);
  if (found == core.state.sessions.end()) return true;
  auto old = core.connection_of(found->second);
  if (!old) return true;
  if (!core.keeps(Rule::takeover_admits)) return false;
  bool told = v5(*old) && closes(core, End::takeover);
  if (told) send_disconnect(core, *old, core.keeps(Rule::takeover_told) ? 0x8e : 0x87, "another connection has come with this client identifier");
  end_connection(core, *old, End::takeover, told);
  return true;
}

void collect_queues(Core& core, Session& session) {
  if (core.keeps(Rule::queue_belongs_to_client_id)) return;
  for (auto& [client_id, other] : core.state.sessions) {
    if (other.connection || &other == &session) continue;
    std::move(other.queue.begin(), other.queue.end(), std::back_inserter(session.queue));
    other.queue.clear();
  }
}

// Forgets what the rules for resuming are about; only a broken broker forgets.
void forget_on_resume(Core& core, Session& session) {
  if (!core.keeps(Rule::resumed_subscriptions)) forget_subscriptions(core, session);
  if (!core.keeps(Rule::resumed_messages)) session.queue.clear();
  if (!core.keeps(Rule::resumed_incoming_ids)) session.received.clear();
}

struct Found { Session& session; bool existed; };

Found session_for(Core& core, const std::string& client_id, bool clean) {
  auto found = core.state.sessions.find(client_id);
  bool there = found != core.state.sessions.end();
  bool resumes = there && !clean && core.keeps(Rule::session_resumed);
  if (resumes) {
    cancel_will(core, client_id);
    publish_pending_will(core, client_id);
    found->second.fresh = false;
    forget_on_resume(core, found->second);
    collect_queues(core, found->second);
    return {found->second, true};
  }
  std::deque<Delivery> queue;
  std::deque<Outgoing> open;
  std::vector<Subscription> subscriptions;
  std::map<std::uint16_t, std::optional<Time>> received;
  if (there) {
    if (!core.keeps(Rule::clean_start_drops_messages)) queue = std::move(found->second.queue), open = std::move(found->second.open);
    if (!core.keeps(Rule::clean_start_drops_subscriptions))
      for (auto& [filter, each] : found->second.subscriptions) subscriptions.push_back(each);
    if (!core.keeps(Rule::clean_start_frees_ids)) received = found->second.received;
    end_session(core, found->second);
  }
  auto& session = core.state.sessions[client_id];
  session.client_id = client_id;
  session.last_id = std::uint16_t(core.options.first_packet_id - 1);
  session.queue = std::move(queue);
  session.open = std::move(open);
  session.received = std::move(received);
  for (auto& each : subscriptions) core.state.subscriptions.add(session, session.subscriptions[each.filter] = each);
  if (!clean) collect_queues(core, session);
  return {session, false};
}

void describe(const Core& core, const Connection& connection, const mqtt::Connect& connect, const std::string& assigned, mqtt::Connack& connack) {
  auto& options = core.options;
  auto& all = connack.properties;
  if (options.receive_maximum != 65535) add(all, property::receive_maximum, options.receive_maximum);
  if (options.topic_alias_maximum) add(all, property::topic_alias_maximum, options.topic_alias_maximum);
  add(all, property::maximum_packet_size, options.maximum_packet_size);
  if (options.maximum_qos < 2 && core.keeps(Rule::connack_maximum_qos)) add(all, property::maximum_qos, options.maximum_qos);
  if (!core.keeps(Rule::maximum_qos_value)) add(all, property::maximum_qos, 2);
  if (!options.retain_available) add(all, property::retain_available, 0);
  if (!options.wildcards_available) add(all, property::wildcard_available, 0);
  if (!options.subscription_identifiers_available) add(all, property::subscription_identifiers_available, 0);
  if (!options.shared_available) add(all, property::shared_available, 0);
  if (number(connect.properties, property::session_expiry_interval).value_or(0) > options.maximum_session_expiry.value_or(never_expires))
    add(all, property::session_expiry_interval, *options.maximum_session_expiry);
  if (options.server_keep_alive) add(all, property::server_keep_alive, *options.server_keep_alive);
  if (!assigned.empty() && core.keeps(Rule::assigned_id_told)) add(all, property::assigned_client_identifier, assigned);
  bool asks = number(connect.properties, property::request_response_information).value_or(0) != 0;
  if ((asks || !core.keeps(Rule::request_response_information)) && !options.response_information.empty())
    add(all, property::response_information, options.response_information);
  bool names_method = connection.method.empty() ? !core.keeps(Rule::no_method_without_method) : core.keeps(Rule::method_repeated_in_connack);
  if (names_method) add(all, property::authentication_method, connection.method.empty() ? options.authentication_method : connection.method);
}

void set_limits(Core& core, Connection& connection, const mqtt::Connect& connect) {
  auto& all = connect.properties;
  connection.keep_alive = connect.keep_alive;
  if (v5(connection) && core.options.server_keep_alive && core.keeps(Rule::server_keep_alive_used)) connection.keep_alive = *core.options.server_keep_alive;
  connection.receive_maximum = std::uint16_t(std::max<std::uint32_t>(1, number(all, property::receive_maximum).value_or(65535)));
  connection.alias_maximum = std::uint16_t(number(all, property::topic_alias_maximum).value_or(0));
}

std::uint32_t expiry_of(const Core& core, const Connection& connection, const mqtt::Connect& connect) {
  if (v5(connection))
    return std::min(number(connect.properties, property::session_expiry_interval).value_or(0), core.options.maximum_session_expiry.value_or(never_expires));
  return connect.clean_start ? 0 : never_expires;
}

bool session_present(const Core& core, bool clean, bool existed) {
  if (clean) return !core.keeps(Rule::present_zero_on_clean);
  return existed ? core.keeps(Rule::present_one_on_resume) : !core.keeps(Rule::present_zero_without_session);
}

}  // namespace

void admit(Core& core, Connection& connection, const mqtt::Connect& connect) {
  auto client_id = session_key(core, connect.client_id);
  std::string assigned;
  if (client_id.empty()) {
    assigned = assigned_id(core);
    client_id = core.keeps(Rule::assigned_id_used) ? assigned : assigned + "'";
  }
  if (!take_over(core, client_id)) {
    connection.phase = Phase::refused;
    return;
  }
  auto [session, existed] = session_for(core, client_id, connect.clean_start);
  connection.phase = Phase::connected;
  connection.session = &session;
  set_limits(core, connection, connect);
  session.connection = connection.handle;
  session.expiry = expiry_of(core, connection, connect);
  session.ends.reset();
  session.will = connect.will;
  connection.aliases = std::exchange(session.odd.aliases, {});
  connection.own_aliases = std::exchange(session.odd.own_aliases, {});

  mqtt::Connack connack;
  connack.session_present = session_present(core, connect.clean_start, existed);
  if (v5(connection)) describe(core, connection, connect, assigned, connack);
  bool connack_comes_first = core.keeps(Rule::connack_first);
  if (!connack_comes_first) {
    auto before = core.out->size();
    resume(core, connection);
    if (core.out->size() == before) send(core, connection, mqtt::Pingresp{});
  }
  if (v5(connection) && connection.method.empty() && !core.keeps(Rule::no_auth_without_method)) {
    mqtt::Auth auth;
    auth.reason_code = 0x18;
    add(auth.properties, property::authentication_method, core.options.authentication_method);
    send(core, connection, auth);
  }
  if (core.keeps(Rule::connect_answered) && !core.state.stalled) send(core, connection, connack);
  if (connack_comes_first) resume(core, connection);
}

}  // namespace reference
