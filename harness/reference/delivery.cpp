#include "harness/reference/delivery.h"

#include <algorithm>

#include "harness/reference/closing.h"
#include "harness/reference/retained.h"
#include "harness/reference/sending.h"
#include "harness/reference/transmission.h"

namespace reference {
namespace {

constexpr std::chrono::milliseconds held_back(100);

bool wants(const Core& core, const Match& match, const Message& message) {
  bool own = message.publisher == match.session->client_id;
  if (own && !core.keeps(Rule::own_messages_come)) return false;
  if (!match.subscription->no_local) return true;
  if (!core.keeps(Rule::no_local_only_own)) return false;
  return !own || !core.keeps(Rule::no_local);
}

bool retain_for(const Core& core, const Subscription& subscription, const Message& message) {
  if (!core.keeps(Rule::live_copy_without_retain)) return message.retain;
  return subscription.retain_as_published && core.keeps(Rule::retain_as_published) && message.retain;
}

// One copy for all matching subscriptions of one client that are not shared.
Delivery merged(const Core& core, const std::vector<Match>& of_client, const SharedMessage& message) {
  Delivery one{message, 0, false, {}, of_client.front().subscription->filter, {}};
  bool first = true;
  for (auto& match : of_client) {
    auto& subscription = *match.subscription;
    auto qos = qos_for(core, subscription.qos, message->qos, false);
    bool lowest = !core.keeps(Rule::overlapping_highest_qos);
    one.qos = first ? qos : lowest ? std::min(one.qos, qos) : std::max(one.qos, qos);
    one.retain = one.retain || retain_for(core, subscription, *message);
    bool every = first || core.keeps(Rule::every_subscription_identifier);
    if (subscription.identifier && every) one.identifiers.push_back(subscription.identifier);
    first = false;
  }
  return one;
}

void give(Core& core, const std::vector<Match>& of_client, const SharedMessage& message) {
  auto& session = *of_client.front().session;
  auto one = merged(core, of_client, message);
  int copies = 1;
  for (auto& match : of_client) copies = std::max(copies, match.subscription->copies);
  if (!core.keeps(Rule::copies_have_own_identifier)) {
    copies = int(of_client.size());
    if (one.identifiers.size() > 1) one.identifiers.resize(1);
  }
  while (copies--) deliver(core, session, one);
}

void give_shared(Core& core, const std::vector<Match>& members, const SharedMessage& message, const Session* not_to = nullptr) {
  std::vector<Match> able;
  auto take = [&](bool away) {
    for (auto& match : members)
      if (match.session != not_to && (away || match.session->connection)) able.push_back(match);
  };
  take(false);
  if (able.empty()) take(true);
  if (able.empty()) return;
  auto& filter = able.front().subscription->filter;
  auto& match = able[core.state.turns[filter]++ % able.size()];
  Delivery one{message, qos_for(core, match.subscription->qos, message->qos, true), retain_for(core, *match.subscription, *message), {}, filter, filter};
  if (match.subscription->identifier) one.identifiers = {match.subscription->identifier};
  deliver(core, *match.session, one);
}

// From which message on a broken broker sends every other one after the next.
std::optional<std::size_t> out_of_order_from(const Core& core) {
  if (!core.keeps(Rule::first_message_in_order)) return 0;
  if (!core.keeps(Rule::messages_in_order)) return 1;
  return {};
}

bool room(const Core& core, const Session& session, const Connection& connection) {
  if (!core.keeps(Rule::receive_maximum_kept)) return true;
  if (connection.receive_maximum < 65535 && !core.keeps(Rule::receive_maximum_exact)) return false;
  return in_use(session) < connection.receive_maximum && session.open.size() < 65535;
}

void enqueue(Core& core, Session& session, Delivery delivery) {
  auto connection = core.connection_of(session);
  if (delivery.qos == 0) {
    if (connection) transmit(core, *connection, delivery, 0, false);
    if (!core.keeps(Rule::qos0_not_resent)) session.odd.last_qos0 = delivery;
    if (connection) return;
    if (!core.keeps(Rule::qos0_not_kept)) session.queue.push_back(std::move(delivery));
    return;
  }
  if (!connection && !core.keeps(Rule::queues_for_absent)) return;
  if (session.queue.size() < core.options.queue_limit) session.queue.push_back(std::move(delivery));
  pump(core, session);
}

}  // namespace

std::uint8_t qos_for(const Core& core, std::uint8_t granted, std::uint8_t published, bool shared) {
  auto qos = std::min(granted, published);
  if (!core.keeps(Rule::qos_not_above_published)) qos = granted;
  if (!core.keeps(Rule::qos_not_above_granted)) qos = published;
  if (shared && !core.keeps(Rule::shared_qos_granted)) qos = published;
  if (qos == 2 && !core.keeps(Rule::qos_kept)) qos = 1;
  return qos;
}

std::size_t in_use(const Session& session) {
  return std::size_t(std::count_if(session.open.begin(), session.open.end(), [](auto& each) { return each.counted && !each.waiting; }));
}

std::size_t route(Core& core, Message given) {
  keep_retained(core, given);
  auto message = std::make_shared<const Message>(std::move(given));
  auto matches = core.state.subscriptions.match(message->topic);
  auto found = matches.size();
  if (!core.keeps(Rule::messages_delivered)) return found;
  if (message->payload.empty() && !core.keeps(Rule::empty_payload_delivered)) return found;
  if (message->payload.empty() && message->retain && !core.keeps(Rule::empty_retained_forwarded)) return found;
  std::erase_if(matches, [&](auto& match) { return !wants(core, match, *message); });

  std::map<std::string, std::vector<Match>> clients, groups;   // by client identifier, by shared filter
  for (auto& match : matches)
    (match.subscription->shared ? groups[match.subscription->filter] : clients[match.session->client_id]).push_back(match);
  for (auto& [client_id, of_client] : clients) {
    give(core, of_client, message);
    if (!core.keeps(Rule::every_subscriber_served)) break;
  }
  for (auto& [filter, members] : groups) give_shared(core, members, message);
  return found;
}

void deliver_to_another(Core& core, const Session& not_to, const Delivery& delivery) {
  auto members = core.state.subscriptions.match(delivery.message->topic);
  std::erase_if(members, [&](auto& match) { return match.subscription->filter != delivery.share; });
  give_shared(core, members, delivery.message, &not_to);
}

void deliver(Core& core, Session& session, Delivery delivery) {
  auto& odd = session.odd;
  if (std::exchange(odd.lose_next, false)) return;
  auto from = out_of_order_from(core);
  if (!from || odd.deliveries++ < *from) return enqueue(core, session, std::move(delivery));
  if (!odd.held) {
    odd.held = std::move(delivery);
    odd.held_until = core.now + held_back;
    return;
  }
  auto before = *std::exchange(odd.held, std::nullopt);
  enqueue(core, session, std::move(delivery));
  enqueue(core, session, std::move(before));
}

void pump(Core& core, Session& session) {
  auto connection = core.connection_of(session);
  if (!connection) return;
  for (auto& each : session.open) {
    if (!each.waiting) continue;
    if (!room(core, session, *connection)) return;
    each.waiting = false;
    send_again(core, *connection, each);
  }
  while (!session.queue.empty() && session.connection) {
    auto& next = session.queue.front();
    bool gone = expired(*next.message, core.now) && !next.even_if_expired && core.keeps(Rule::queued_message_expires);
    if (!gone && next.qos > 0 && !room(core, session, *connection)) return;
    auto delivery = std::move(next);
    session.queue.pop_front();
    if (gone) continue;
    if (delivery.qos == 0) transmit(core, *connection, delivery, 0, false);
    else begin(core, *connection, std::move(delivery));
  }
}

void resume(Core& core, Connection& connection) {
  auto& session = *connection.session;
  std::erase_if(session.open, [&](auto& each) { return each.stage == Outgoing::Stage::over || !sent_again(core, each); });
  if (!core.keeps(Rule::resent_in_order)) std::reverse(session.open.begin(), session.open.end());
  if (!core.keeps(Rule::later_resent_in_order) && !session.open.empty()) std::reverse(session.open.begin() + 1, session.open.end());
  for (auto& each : session.open) {
    each.counted = core.keeps(Rule::quota_after_resume);
    each.waiting = each.stage == Outgoing::Stage::published;
    if (!each.waiting) send_again(core, connection, each);
  }
  if (session.odd.last_qos0) transmit(core, connection, *session.odd.last_qos0, 0, false);
  pump(core, session);
}

void send_due(Core& core) {
  for (auto& [client_id, session] : core.state.sessions) {
    if (session.odd.held && session.odd.held_until <= core.now) enqueue(core, session, *std::exchange(session.odd.held, std::nullopt));
    auto connection = core.connection_of(session);
    if (!connection) continue;
    for (auto& each : session.open)
      if (each.again && *each.again <= core.now) send_again(core, *connection, each);
  }
}

std::optional<Time> next_due(const Core& core) {
  std::optional<Time> first;
  auto take = [&](Time at) { first = first ? std::min(*first, at) : at; };
  for (auto& [client_id, session] : core.state.sessions) {
    if (session.odd.held) take(session.odd.held_until);
    if (!session.connection) continue;
    for (auto& each : session.open)
      if (each.again) take(*each.again);
  }
  return first;
}

}  // namespace reference
