#include "harness/reference/acknowledging.h"

#include <algorithm>

#include "harness/reference/delivery.h"
#include "harness/reference/transmission.h"

namespace reference {
namespace {

bool given_up(const Session& session, std::uint16_t id) {
  return std::any_of(session.open.begin(), session.open.end(), [&](auto& each) { return each.id == id && each.stage == Outgoing::Stage::over; });
}

Outgoing* open_exchange(Session& session, std::uint16_t id, bool qos2) {
  for (auto& each : session.open)
    if (each.id == id && (each.delivery.qos == 2) == qos2 && each.stage != Outgoing::Stage::over) return &each;
  return nullptr;
}

void drop(Session& session, const Outgoing& which) {
  std::erase_if(session.open, [&](auto& each) { return &each == &which; });
}

// The exchange is over. `frees` and `forgets`: the rules that a broken broker breaks here.
void finish(Core& core, Session& session, Outgoing& exchange, Rule frees, Rule forgets) {
  if (!core.keeps(exchange.delivery.qos == 2 ? Rule::completed_stays_gone : Rule::acknowledged_stays_gone)) session.odd.ghosts.push_back(exchange.delivery);
  if (!core.keeps(frees)) {
    exchange.stage = Outgoing::Stage::over;
  } else if (!core.keeps(forgets)) {
    exchange.counted = false;
  } else {
    drop(session, exchange);
  }
  pump(core, session);
}

void hand_on_refused(Core& core, const Session& session, const Outgoing& exchange) {
  if (!exchange.delivery.share.empty() && !core.keeps(Rule::shared_refused_dropped)) deliver_to_another(core, session, exchange.delivery);
}

}  // namespace

void on_puback(Core& core, Connection& connection, const mqtt::Puback& puback) {
  auto& session = *connection.session;
  auto exchange = open_exchange(session, puback.packet_id, false);
  if (!exchange) return;
  bool refused = puback.reason_code >= 0x80;
  if (refused) hand_on_refused(core, session, *exchange);
  finish(core, session, *exchange, Rule::puback_frees_quota, refused ? Rule::refused_qos1_not_resent : Rule::acknowledged_not_resent);
}

void on_pubrec(Core& core, Connection& connection, const mqtt::Pubrec& pubrec) {
  auto& session = *connection.session;
  auto exchange = open_exchange(session, pubrec.packet_id, true);
  bool refused = pubrec.reason_code >= 0x80;
  if (!exchange) {
    if (!refused && !given_up(session, pubrec.packet_id)) send_pubrel(core, connection, pubrec.packet_id, v5(connection) ? 0x92 : 0);
    return;
  }
  if (refused && core.keeps(Rule::no_pubrel_after_refusal)) {
    hand_on_refused(core, session, *exchange);
    return finish(core, session, *exchange, Rule::refusal_frees_quota, Rule::refused_qos2_not_resent);
  }
  bool stuck = in_use(session) >= connection.receive_maximum && !core.keeps(Rule::pubrel_without_quota);
  bool repeated = exchange->stage == Outgoing::Stage::released && !core.keeps(Rule::repeated_pubrec_answered);
  exchange->stage = Outgoing::Stage::released;
  if (core.keeps(Rule::pubrel_sent) && !stuck && !repeated) send_pubrel(core, connection, pubrec.packet_id, 0);
  if (core.keeps(Rule::pubrec_keeps_quota)) return;
  exchange->counted = false;
  pump(core, session);
}

void on_pubcomp(Core& core, Connection& connection, const mqtt::Pubcomp& pubcomp) {
  auto& session = *connection.session;
  auto exchange = open_exchange(session, pubcomp.packet_id, true);
  if (exchange && !core.keeps(Rule::silent_after_pubcomp)) send_pubrel(core, connection, pubcomp.packet_id, 0);
  if (exchange) finish(core, session, *exchange, Rule::pubcomp_frees_quota, Rule::completed_not_resent);
}

}  // namespace reference
