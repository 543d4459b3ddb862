#include "harness/reference/restarting.h"

#include <algorithm>

#include "harness/reference/closing.h"

namespace reference {
namespace {

void bring_back_ended(Core& core) {
  for (auto& [client_id, ghost] : std::exchange(core.state.ghosts, {})) {
    auto [at, back] = core.state.sessions.try_emplace(client_id, std::move(ghost));
    if (!back) continue;
    for (auto& [filter, subscription] : at->second.subscriptions) core.state.subscriptions.add(at->second, subscription);
  }
  for (auto& [client_id, session] : core.state.sessions) {
    for (auto& delivery : std::exchange(session.odd.ghosts, {})) session.queue.push_back(std::move(delivery));
    for (auto& ended : std::exchange(session.odd.ended, {})) core.state.subscriptions.add(session, session.subscriptions[ended.filter] = ended);
  }
  for (auto& [topic, message] : std::exchange(core.state.retained_ghosts, {})) core.state.retained[topic] = message;
}

void forget_options(Session& session) {
  for (auto& [filter, subscription] : session.subscriptions) {
    subscription.no_local = subscription.retain_as_published = false;
    subscription.identifier = 0;
  }
}

void restore(Core& core, Session& session, bool killed) {
  if (!core.keeps(Rule::subscriptions_survive_restart)) forget_subscriptions(core, session);
  if (!core.keeps(Rule::subscription_options_survive_restart)) forget_options(session);
  if (!core.keeps(Rule::queue_survives_restart)) session.queue.clear();
  if (killed && !core.keeps(Rule::queue_survives_kill)) session.queue.clear();
  if (!core.keeps(Rule::queue_order_survives_restart)) std::reverse(session.queue.begin(), session.queue.end());
  if (!core.keeps(Rule::queue_not_doubled)) {
    auto again = session.queue;
    session.queue.insert(session.queue.end(), again.begin(), again.end());
  }
  if (!core.keeps(Rule::open_survives_restart)) session.open.clear();
  if (!core.keeps(Rule::released_survives_restart))
    for (auto& each : session.open) each.stage = Outgoing::Stage::published;
  if (!core.keeps(Rule::received_survives_restart)) session.received.clear();
  if (session.ends && !core.keeps(Rule::session_expires_after_restart)) session.ends.reset();
}

// The same message as the broker finds it in what it has saved.
SharedMessage restored(const Core& core, const Message& saved) {
  auto message = std::make_shared<Message>(saved);
  if (!core.keeps(Rule::properties_survive_restart)) message->properties.clear();
  if (message->expires && !core.keeps(Rule::expiry_counted_through_restart)) message->expires = core.now + std::chrono::seconds(message->expiry_interval);
  if (!core.keeps(Rule::message_expires_after_restart)) message->expires.reset();
  return message;
}

}  // namespace

void come_back(Core& core, bool killed) {
  bool persistent = core.options.persistence;
  while (!core.state.sessions.empty() && !(persistent && core.keeps(Rule::sessions_survive_restart))) end_session(core, core.state.sessions.begin()->second);
  if (!persistent || !core.keeps(Rule::retained_survives_restart)) core.state.retained.clear();
  bring_back_ended(core);
  for (auto& [client_id, session] : core.state.sessions) {
    restore(core, session, killed);
    for (auto& delivery : session.queue) delivery.message = restored(core, *delivery.message);
    for (auto& each : session.open) each.delivery.message = restored(core, *each.delivery.message);
  }
  for (auto& [topic, message] : core.state.retained) message = restored(core, *message);
}

}  // namespace reference
