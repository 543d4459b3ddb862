#include "harness/reference/retained.h"

#include <algorithm>

#include "harness/reference/delivery.h"

namespace reference {
namespace {

void store(Core& core, const Message& message) {
  auto copy = std::make_shared<Message>(message);
  copy->retain = true;
  copy->dup = false;
  if (!core.keeps(Rule::retained_with_qos)) copy->qos = 0;
  core.state.retained[message.topic] = std::move(copy);
}

void forget(Core& core, const std::string& topic) {
  auto gone = core.state.retained.extract(topic);
  if (gone && !core.keeps(Rule::deleted_retained_stays_gone)) core.state.retained_ghosts[topic] = gone.mapped();
}

std::vector<SharedMessage> own_topics(const Core& core) {
  auto make = [](std::string topic, std::string payload) {
    auto message = std::make_shared<Message>();
    message->topic = std::move(topic);
    message->payload = mqtt::bytes_of(payload);
    message->retain = true;
    return message;
  };
  auto uptime = std::chrono::duration_cast<std::chrono::seconds>(core.now - core.started).count();
  auto connected = std::count_if(core.connections.begin(), core.connections.end(), [](auto& each) { return each.second.phase == Phase::connected; });
  return {make("$SYS/broker/version", "mqttspec reference broker"), make("$SYS/broker/uptime", std::to_string(uptime) + " seconds"),
          make("$SYS/broker/clients/connected", std::to_string(connected))};
}

bool wanted(const Core& core, bool existed, int handling) {
  if (handling == 0) return core.keeps(existed ? Rule::retained_again_on_replacement : Rule::retain_handling_zero_sends);
  if (handling == 1) return core.keeps(existed ? Rule::retain_handling_old_gets_none : Rule::retain_handling_new_gets) != existed;
  return !core.keeps(Rule::retain_handling_never);
}

}  // namespace

void keep_retained(Core& core, const Message& message) {
  if (!core.options.retain_available) return;
  auto& retained = core.state.retained;
  if (!message.retain) {
    if (message.payload.empty() && !core.keeps(Rule::unretained_deletes_nothing)) retained.erase(message.topic);
    if (!message.payload.empty() && !core.keeps(Rule::unretained_not_stored)) store(core, message);
    return;
  }
  if (message.payload.empty()) {
    auto older = core.state.older_retained.find(message.topic);
    if (older != core.state.older_retained.end()) retained[message.topic] = older->second;
    else if (!core.keeps(Rule::empty_retained_not_stored)) store(core, message);
    else if (core.keeps(Rule::empty_retained_deletes)) forget(core, message.topic);
    return;
  }
  bool there = retained.contains(message.topic);
  if (there && !core.keeps(Rule::newest_retained_survives_restart)) core.state.retained_ghosts[message.topic] = retained[message.topic];
  if (!core.keeps(Rule::retained_stored) || (there && !core.keeps(Rule::retained_replaced))) return;
  if (there && message.qos == 0 && !core.keeps(Rule::retained_qos0_replaces)) return;
  if (there && !core.keeps(Rule::older_retained_stays_gone)) core.state.older_retained[message.topic] = retained[message.topic];
  store(core, message);
}

void send_retained(Core& core, Session& session, const Subscription& subscription, bool existed, int handling) {
  if (subscription.shared || !wanted(core, existed, handling)) return;
  if (std::exchange(session.odd.has_subscribed, true) && !core.keeps(Rule::retained_each_time)) return;
  Subscriptions only(core.rules);
  only.add(session, subscription);
  auto all = own_topics(core);
  bool even_if_expired = !core.keeps(Rule::retained_message_expires);
  for (auto& [topic, message] : core.state.retained) all.push_back(message);
  for (auto& message : all) {
    bool gone = expired(*message, core.now) && !even_if_expired;
    bool matches = !only.match(message->topic).empty();
    if (!matches && !message->topic.starts_with('$') && !core.keeps(Rule::retained_matched)) matches = true;
    if (gone || !matches) continue;
    Delivery one{message, qos_for(core, subscription.qos, message->qos, false), core.keeps(Rule::retained_sent_with_retain), {}, subscription.filter, {}};
    one.even_if_expired = even_if_expired;
    if (subscription.identifier) one.identifiers = {subscription.identifier};
    deliver(core, session, one);
    if (!core.keeps(Rule::retained_of_every_topic)) return;
  }
}

}  // namespace reference
