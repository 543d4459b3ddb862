#include "harness/reference/subscribing.h"

#include <algorithm>

#include "harness/mqtt/topic.h"
#include "harness/reference/closing.h"
#include "harness/reference/login.h"
#include "harness/reference/retained.h"
#include "harness/reference/sending.h"

namespace reference {
namespace {

constexpr std::uint8_t first_failure = 0x80;

bool has(const std::vector<std::size_t>& all, std::size_t one) { return std::find(all.begin(), all.end(), one) != all.end(); }

Subscription asked_for(const Core& core, const Connection& connection, const mqtt::Filter& wish, std::uint32_t identifier) {
  Subscription made;
  made.filter = made.topic_filter = topic_received(wish.filter, core.rules);
  made.qos = std::min<std::uint8_t>({std::uint8_t(wish.options & 3), core.options.maximum_qos, 2});
  if (!v5(connection)) return made;
  made.no_local = wish.options & 4;
  made.retain_as_published = wish.options & 8;
  made.identifier = identifier;
  if (mqtt::begins_shared(made.filter) && core.keeps(Rule::shared_delivers)) {
    auto rest = made.filter.substr(7);
    auto slash = rest.find('/');
    made.shared = true;
    made.group = rest.substr(0, slash);
    made.topic_filter = slash == rest.npos ? "" : rest.substr(slash + 1);
  }
  return made;
}

// The failure code for a filter; none: it is granted.
std::optional<std::uint8_t> failure(const Core& core, const Connection& connection, const Subscription& wish, std::uint8_t options, bool bad) {
  auto& filter = wish.topic_filter;
  if (bad) return 0x8f;
  if ((filter.ends_with('#') && !core.keeps(Rule::hash_granted)) || (filter.find('+') != filter.npos && !core.keeps(Rule::plus_granted))) return 0x8f;
  bool wild = mqtt::has_wildcard(filter);
  if (wild && !core.options.wildcards_available && core.keeps(Rule::wildcards_refused_when_lacking)) return 0xa2;
  if (wish.shared && !core.options.shared_available && core.keeps(Rule::shared_refused_when_lacking)) return 0x9e;
  if (wish.identifier && !core.options.subscription_identifiers_available && core.keeps(Rule::identifiers_refused_when_lacking)) return 0xa1;
  if (denied(core.options.denied_subscribe, filter)) return 0x87;
  bool above = v5(connection) && (options & 3) > core.options.maximum_qos;
  if (above && !core.keeps(Rule::maximum_qos_admits_subscribe)) return 0x80;
  return {};
}

// The code for SUBACK in the client's version. 3.1 has no failure: a filter that is refused is granted and delivers nothing.
std::uint8_t failure_code(const Core& core, const Connection& connection, std::uint8_t code, std::uint8_t qos) {
  if (!core.keeps(Rule::refusal_told)) return qos;
  bool whim = code == 0x8f && !v5(connection);   // in 3.1 and 3.1.1 only a broken broker refuses a filter so
  if (v5(connection)) return code;
  if (whim) return first_failure;
  return connection.version == mqtt::Version::v3_1_1 || !core.keeps(Rule::no_failure_code_31) ? first_failure : qos;
}

bool delivers_though_refused(const Core& core, const Connection& connection, std::uint8_t code) {
  bool denied_in_3_1 = connection.version == mqtt::Version::v3_1 && code == 0x87;
  return !core.keeps(Rule::refused_filter_delivers_nothing) || (denied_in_3_1 && !core.keeps(Rule::denied_subscribe_delivers_nothing));
}

// True: the session had the subscription before.
bool put(Core& core, Session& session, const Subscription& wish) {
  auto found = session.subscriptions.find(wish.filter);
  if (found == session.subscriptions.end()) {
    core.state.subscriptions.add(session, session.subscriptions[wish.filter] = wish);
    return false;
  }
  if (core.keeps(Rule::same_filter_replaces)) found->second = wish;
  if (!core.keeps(Rule::replacement_not_doubled)) found->second.copies = 2;
  if (!core.keeps(Rule::replacement_loses_nothing)) session.odd.lose_next = true;
  return true;
}

void spoil_codes(const Core& core, std::vector<std::uint8_t>& codes) {
  if (!core.keeps(Rule::suback_code_listed)) std::fill(codes.begin(), codes.end(), std::uint8_t(0x7f));
  if (!core.keeps(Rule::suback_says_granted))
    for (auto& code : codes) code = code < first_failure ? 2 : code;
  if (!core.keeps(Rule::refusal_in_its_place)) std::sort(codes.begin(), codes.end());
  if (!core.keeps(Rule::suback_in_order)) std::reverse(codes.begin(), codes.end());
  if (!core.keeps(Rule::suback_code_each) && codes.size() > 1) codes.resize(1);
}

void spoil_unsuback_codes(const Core& core, std::vector<std::uint8_t>& codes) {
  if (!core.keeps(Rule::unsuback_says_none)) std::fill(codes.begin(), codes.end(), std::uint8_t(0));
  if (!core.keeps(Rule::unsuback_code_listed)) std::fill(codes.begin(), codes.end(), std::uint8_t(1));
  if (!core.keeps(Rule::unsuback_in_order)) std::reverse(codes.begin(), codes.end());
  if (!core.keeps(Rule::unsuback_codes) && codes.size() > 1) codes.resize(1);
}

template <class Answer> void answer(Core& core, Connection& connection, std::uint16_t id, const std::vector<std::uint8_t>& codes, Rule in_one) {
  Answer packet;
  packet.packet_id = id;
  packet.reason_codes = codes;
  bool failed = std::any_of(codes.begin(), codes.end(), [](auto code) { return code >= 0x11; });
  if (v5(connection) && failed) add(packet.properties, property::reason_string, "not every filter could be served");
  if (core.keeps(in_one)) return send(core, connection, packet);
  for (auto code : codes) {
    packet.reason_codes = {code};
    send(core, connection, packet);
  }
}

std::string lower(std::string text) {
  for (auto& each : text) each = each >= 'A' && each <= 'Z' ? char(each + 32) : each;
  return text;
}

bool removes(const Core& core, const std::string& named, const Subscription& subscription) {
  if (subscription.filter == named || !core.keeps(Rule::unsubscribe_only_named)) return true;
  if (!core.keeps(Rule::unsubscribe_case) && lower(subscription.filter) == lower(named)) return true;
  if (!core.keeps(Rule::unsubscribe_spares_shared) && subscription.shared && subscription.topic_filter == named) return true;
  return !core.keeps(Rule::unsubscribe_exact) && !subscription.shared && filter_matches(subscription.topic_filter, named, core.rules);
}

bool remove_named(Core& core, Session& session, const std::string& named) {
  bool found = false;
  for (auto at = session.subscriptions.begin(); at != session.subscriptions.end();) {
    if (!removes(core, named, at->second)) { ++at; continue; }
    found = true;
    if (!core.keeps(Rule::unsubscribe_removes)) return true;
    core.state.subscriptions.remove(at->second);
    if (!core.keeps(Rule::unsubscribed_survives_restart)) session.odd.ended.push_back(at->second);
    at = session.subscriptions.erase(at);
  }
  return found;
}

}  // namespace

void on_subscribe(Core& core, Connection& connection, const mqtt::Subscribe& subscribe, const std::vector<std::size_t>& bad_filters) {
  auto& session = *connection.session;
  auto identifier = number(subscribe.properties, property::subscription_identifier).value_or(0);
  for (auto& wish : subscribe.filters) {
    bool shared = v5(connection) && mqtt::begins_shared(wish.filter);
    if (shared && wish.options & 4 && core.keeps(Rule::no_local_shared_refused))
      return violate(core, connection, 0x82, "No Local on a shared subscription");
  }
  struct Granted { const Subscription* subscription; bool existed; int handling; };
  std::vector<Granted> granted;
  std::vector<std::uint8_t> codes;
  std::set<std::string> done;
  for (std::size_t i = 0; i < subscribe.filters.size(); ++i) {
    auto options = subscribe.filters[i].options;
    auto wish = asked_for(core, connection, subscribe.filters[i], identifier);
    auto refused = failure(core, connection, wish, options, has(bad_filters, i));
    bool whole_byte = connection.version == mqtt::Version::v3_1 && !core.keeps(Rule::upper_option_bits_unused);
    codes.push_back(refused ? failure_code(core, connection, *refused, wish.qos) : whole_byte ? options : wish.qos);
    if (refused && !delivers_though_refused(core, connection, *refused)) continue;
    if (i > 0 && !core.keeps(Rule::every_filter_subscribed)) continue;
    if (!done.insert(wish.filter).second && !core.keeps(Rule::last_options_count)) continue;
    bool existed = put(core, session, wish);
    int handling = v5(connection) ? std::min(options >> 4 & 3, 2) : 0;
    if ((options >> 4 & 3) == 3) handling = 0;
    granted.push_back({&session.subscriptions[wish.filter], existed, handling});
  }
  spoil_codes(core, codes);
  if (core.keeps(Rule::suback_sent)) answer<mqtt::Suback>(core, connection, subscribe.packet_id, codes, Rule::one_suback);
  for (auto& each : granted) send_retained(core, session, *each.subscription, each.existed, each.handling);
}

void on_unsubscribe(Core& core, Connection& connection, const mqtt::Unsubscribe& unsubscribe, const std::vector<std::size_t>& bad_filters) {
  auto& session = *connection.session;
  std::vector<std::uint8_t> codes;
  bool any = false;
  for (std::size_t i = 0; i < unsubscribe.filters.size(); ++i) {
    bool considered = i == 0 || core.keeps(Rule::every_filter_unsubscribed);
    auto named = topic_received(unsubscribe.filters[i], core.rules);
    bool removed = considered && remove_named(core, session, named);
    if (!core.keeps(Rule::unsubscribe_own))
      for (auto& [client_id, other] : core.state.sessions) remove_named(core, other, named);
    any |= removed;
    codes.push_back(has(bad_filters, i) ? 0x8f : removed || !considered ? 0 : 0x11);
  }
  if (!core.keeps(Rule::begun_deliveries_finished))
    for (auto& each : session.open) each.stage = Outgoing::Stage::over, each.counted = false;
  if (!any && !core.keeps(Rule::unsuback_even_if_none)) return;
  spoil_unsuback_codes(core, codes);
  if (core.keeps(Rule::unsuback_sent)) answer<mqtt::Unsuback>(core, connection, unsubscribe.packet_id, codes, Rule::one_unsuback);
}

}  // namespace reference
