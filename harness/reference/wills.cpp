#include "harness/reference/wills.h"

#include <algorithm>

#include "harness/reference/delivery.h"

namespace reference {
namespace {

bool published_after(const Core& core, End how) {
  switch (how) {
    case End::network: return core.keeps(Rule::will_after_network_end);
    case End::keep_alive: return core.keeps(Rule::will_after_keep_alive);
    case End::violation: return core.keeps(Rule::will_after_violation);
    case End::takeover: return core.keeps(Rule::will_after_takeover);
    case End::disconnect_with_will: return core.keeps(Rule::will_after_disconnect_with_will);
    case End::error_disconnect: return core.keeps(Rule::will_after_error_disconnect);
    case End::disconnect: return !core.keeps(Rule::disconnect_drops_will);
    case End::shutdown: return true;
  }
  return true;
}

}  // namespace

void publish_will(Core& core, const std::string& client_id, const mqtt::Will& will) {
  if (will.payload.empty() && !core.keeps(Rule::empty_will_published)) return;
  Message message;
  message.topic = topic_received(will.topic, core.rules);
  message.payload = will.payload;
  if (!core.keeps(Rule::will_as_given))
    message.payload.insert(message.payload.begin(), {std::uint8_t(will.payload.size() >> 8), std::uint8_t(will.payload.size())});
  message.qos = core.keeps(Rule::will_qos_used) ? std::min<std::uint8_t>(will.qos, 2) : 0;
  message.retain = will.retain ? core.keeps(Rule::will_retained) : !core.keeps(Rule::will_not_retained);
  auto properties = will.properties;
  if (!core.keeps(Rule::will_properties_kept)) properties.clear();
  if (!core.keeps(Rule::will_user_properties_in_order)) std::reverse(properties.begin(), properties.end());
  message.properties = forwarded(properties, core.rules);
  if (auto interval = number(properties, property::message_expiry_interval)) {
    message.expiry_interval = *interval;
    message.expires = core.now + std::chrono::seconds(*interval);
  }
  message.publisher = client_id;
  route(core, message);
  if (!core.keeps(Rule::will_published_once)) route(core, message);
  if (!core.keeps(Rule::published_will_forgotten)) core.state.stale_wills[client_id] = will;
}

void settle_will(Core& core, Session& session, End how) {
  auto will = std::exchange(session.will, std::nullopt);
  auto client_id = session.client_id;
  if (!will) {
    auto stale = core.state.stale_wills.find(client_id);
    if (stale == core.state.stale_wills.end() || how == End::disconnect) return;
    will = stale->second;
    core.state.stale_wills.erase(stale);
    return publish_will(core, client_id, *will);
  }
  if (!published_after(core, how)) {
    if (how == End::disconnect && !core.keeps(Rule::disconnect_forgets_will)) core.state.stale_wills[client_id] = *will;
    return;
  }
  auto delay = number(will->properties, property::will_delay_interval).value_or(0);
  if (delay == 0 || !core.keeps(Rule::will_delay_waited)) return publish_will(core, client_id, *will);
  core.state.wills[client_id] = {*will, core.now + std::chrono::seconds(delay)};
}

void cancel_will(Core& core, const std::string& client_id) {
  if (core.keeps(Rule::will_cancelled_by_return)) core.state.wills.erase(client_id);
}

void publish_pending_will(Core& core, const std::string& client_id) {
  auto pending = core.state.wills.extract(client_id);
  if (pending) publish_will(core, client_id, pending.mapped().will);
}

void publish_due_wills(Core& core) {
  std::vector<std::string> due;
  for (auto& [client_id, pending] : core.state.wills)
    if (pending.due <= core.now) due.push_back(client_id);
  for (auto& client_id : due) publish_pending_will(core, client_id);
}

}  // namespace reference
