#include "harness/reference/closing.h"

#include "harness/reference/delivery.h"
#include "harness/reference/sending.h"
#include "harness/reference/wills.h"

namespace reference {
namespace {

// Does the session end with its connection?
bool ends_now(const Core& core, const Session& session, mqtt::Version version) {
  if (session.expiry == 0) return core.keeps(Rule::clean_session_ends);
  if (session.fresh && !core.keeps(Rule::new_session_kept)) return true;
  return version == mqtt::Version::v5_0 && !core.keeps(Rule::session_kept);
}

void hand_over(Core& core, Session& session, Rule rule) {
  if (core.keeps(rule)) return;
  auto open = session.open;
  std::erase_if(session.open, [](auto& each) { return !each.delivery.share.empty() && each.delivery.qos == 2; });
  for (auto& each : open)
    if (!each.delivery.share.empty() && each.delivery.qos == 2) deliver_to_another(core, session, each.delivery);
}

}  // namespace

bool closes(const Core& core, End how) {
  switch (how) {
    case End::takeover: return core.keeps(Rule::takeover_closes);
    case End::error_disconnect: return core.keeps(Rule::closes_after_error_disconnect);
    case End::disconnect: case End::disconnect_with_will: return core.keeps(Rule::disconnect_closes);
    default: return true;
  }
}

void forget_subscriptions(Core& core, Session& session) {
  for (auto& [filter, subscription] : session.subscriptions) core.state.subscriptions.remove(subscription);
  session.subscriptions.clear();
}

void end_session(Core& core, Session& session) {
  auto client_id = session.client_id;
  hand_over(core, session, Rule::shared_ends_with_session);
  forget_subscriptions(core, session);
  if (!core.keeps(Rule::retained_outlives_session))
    std::erase_if(core.state.retained, [&](auto& each) { return each.second->publisher == client_id; });
  if (!core.keeps(Rule::ended_session_stays_gone)) core.state.ghosts.insert_or_assign(client_id, session).first->second.ends.reset();
  core.state.sessions.erase(client_id);
  if (core.keeps(Rule::will_delay_ends_with_session)) publish_pending_will(core, client_id);
}

void end_connection(Core& core, Connection& connection, End how, bool told) {
  if (connection.phase == Phase::closed) return;
  bool stays = !closes(core, how) || (told && !core.keeps(Rule::closes_after_own_disconnect));
  if (!stays && how != End::network) core.out->push_back({connection.handle, {}});
  connection.phase = stays ? Phase::lingering : Phase::closed;
  auto session = std::exchange(connection.session, nullptr);
  if (!session) return;
  session->connection = 0;
  if (!core.keeps(Rule::alias_ends_with_connection)) session->odd.aliases = connection.aliases;
  if (!core.keeps(Rule::own_alias_ends_with_connection)) session->odd.own_aliases = connection.own_aliases;
  if (how == End::network) hand_over(core, *session, Rule::shared_completed_to_member);
  if (how == End::keep_alive && !core.keeps(Rule::keep_alive_keeps_session)) forget_subscriptions(core, *session);

  bool ends = ends_now(core, *session, connection.version);
  settle_will(core, *session, how);
  if (ends) return end_session(core, *session);
  bool forever = session->expiry == never_expires || session->expiry == 0 || !core.keeps(Rule::session_expires);
  if (!forever) session->ends = core.now + std::chrono::seconds(session->expiry);
}

void violate(Core& core, Connection& connection, std::uint8_t code, std::string_view why) {
  if (!core.keeps(Rule::violation_closes)) return;
  send_disconnect(core, connection, code, why);
  end_connection(core, connection, End::violation, v5(connection));
}

}  // namespace reference
