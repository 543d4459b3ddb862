#include "fuzz/network/judging.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/mqtt/rules.h"

namespace network {
namespace {

using mqtt::Rule;
using mqtt::Type;
using mqtt::Version;
using Frames = std::vector<mqtt::Bytes>;

constexpr std::string_view names[] = {"answered", "refused", "closed", "silent", "slow", "malformed", "unsound", "harmed", "died"};
static_assert(std::size(names) == verdicts);

Frames frames_of(mqtt::View bytes) {
  mqtt::Framer framer;
  framer.feed(bytes);
  Frames all;
  while (auto frame = framer.next()) all.push_back(std::move(*frame));
  return all;
}

Type type_of(const mqtt::Bytes& frame) { return Type(frame[0] >> 4); }

// Texts cost time, and most packets have no faults that they could tell of.
std::vector<mqtt::Fault> faults_of(mqtt::View frame, Version version, mqtt::Sender sender) {
  if (mqtt::decode(frame, version, sender, mqtt::Detail::packet_only).faults.empty()) return {};
  return mqtt::decode(frame, version, sender).faults;
}

// Rules whose breach a broker may pass over, or answer in a way that bytes alone do not show; those from dup_without_qos on are graded softly in the catalogue.
constexpr Rule let_pass[] = {Rule::protocol_name, Rule::protocol_level, Rule::dup_without_qos, Rule::integer_not_minimal, Rule::integer_too_long,
                             Rule::puback_code, Rule::pubrec_code, Rule::pubrel_code, Rule::pubcomp_code};
// Rules whose breach a code in SUBACK or PUBACK may answer.
constexpr Rule refusable[] = {Rule::topic_wildcard, Rule::filter_empty, Rule::filter_hash, Rule::filter_plus, Rule::share_name, Rule::share_filter};

// 3.1 does not forbid a SUBSCRIBE without filters, and an answer to it can have no codes.
bool broker_may(Rule rule, Version version) { return rule == Rule::no_suback_codes && version == Version::v3_1; }

template <class Rules> bool among(Rule rule, const Rules& rules) { return std::find(std::begin(rules), std::end(rules), rule) != std::end(rules); }

std::string id(Version version, std::string_view v3_1, std::string_view v3_1_1, std::string_view v5_0) {
  return fmt::format("{}:{}", mqtt::name(version), version == Version::v3_1 ? v3_1 : version == Version::v3_1_1 ? v3_1_1 : v5_0);
}

// What a broker breaks that serves the packet: mostly the statement that its sender breaks.
std::string duty(Rule rule, Version version) {
  bool said_apart = rule == Rule::header_flags && version == Version::v3_1_1;
  return said_apart ? "3.1.1:MQTT-2.2.2-2" : std::string(mqtt::statement(rule, version));
}

std::size_t filter_number(const std::string& text) {
  auto bracket = text.find("filters[");
  return bracket == text.npos ? 0 : std::size_t(std::atoi(text.c_str() + bracket + 8));
}

std::optional<Offence> offence_of(const mqtt::Bytes& frame, Version version) {
  auto type = type_of(frame);
  Offence made;
  made.bytes = frame;
  made.version = version;
  auto of_brokers = type == Type::connack || type == Type::suback || type == Type::unsuback || type == Type::pingresp;
  if (of_brokers) {
    made.text = fmt::format("{}: a packet that only a broker may send", packet_name(type));
    made.breach = fmt::format("{} from_client", packet_name(type));
    made.statement = id(version, "", "MQTT-4.8.0-1", "MQTT-4.13.1-1");
    return made;
  }
  for (auto& fault : faults_of(frame, version, mqtt::Sender::client)) {
    if (may_pass(fault.rule)) continue;
    bool can_refuse = among(fault.rule, refusable);
    if (can_refuse && type == Type::unsubscribe) continue;
    made.text = fmt::format("{}: {}", packet_name(type), fault.text);
    made.breach = fmt::format("{} {}", packet_name(type), mqtt::name(fault.rule));
    made.statement = duty(fault.rule, version);
    made.refusable = can_refuse && (type == Type::subscribe || (type == Type::publish && version == Version::v5_0 && frame[0] & 6));
    made.filter = filter_number(fault.text);
    return made;
  }
  return {};
}

std::ptrdiff_t count(const Frames& frames, Type type) {
  return std::count_if(frames.begin(), frames.end(), [type](auto& frame) { return type_of(frame) == type; });
}

std::string seconds(Duration time) { return fmt::format("{:.1f} s", std::chrono::duration<double>(time).count()); }

std::uint16_t packet_id_of(const mqtt::Bytes& frame, Version version) {
  auto decoded = mqtt::decode(frame, version, mqtt::Sender::client, mqtt::Detail::packet_only);
  std::uint16_t found = 0;
  if (decoded.packet)
    std::visit([&](auto& each) { if constexpr (requires { each.packet_id; }) found = each.packet_id; }, *decoded.packet);
  return found;
}

// Was the offending packet itself answered with success, more often than good packets before it account for?
bool accepted(const Offence& offence, const Frames& sent, const Frames& received) {
  auto wanted = packet_id_of(offence.bytes, offence.version);
  auto type = type_of(offence.bytes);
  std::ptrdiff_t owed = 0;
  for (std::size_t i = 0; i < offence.packet; ++i) owed += type_of(sent[i]) == type && packet_id_of(sent[i], offence.version) == wanted;
  for (auto& frame : received) {
    auto decoded = mqtt::decode(frame, offence.version, mqtt::Sender::broker, mqtt::Detail::packet_only);
    if (!decoded.packet) continue;
    bool ours = false;
    if (auto suback = std::get_if<mqtt::Suback>(&*decoded.packet); suback && type == Type::subscribe && suback->packet_id == wanted)
      ours = offence.filter < suback->reason_codes.size() && suback->reason_codes[offence.filter] < 0x80;
    if (auto puback = std::get_if<mqtt::Puback>(&*decoded.packet); puback && type == Type::publish && puback->packet_id == wanted) ours = puback->reason_code < 0x80;
    if (auto pubrec = std::get_if<mqtt::Pubrec>(&*decoded.packet); pubrec && type == Type::publish && pubrec->packet_id == wanted) ours = pubrec->reason_code < 0x80;
    if (ours && --owed < 0) return true;
  }
  return false;
}

bool admits(const mqtt::Bytes& frame) { return type_of(frame) == Type::connack && frame.size() > 3 && frame[3] == 0; }
bool refuses(const mqtt::Bytes& frame) { return type_of(frame) == Type::connack || type_of(frame) == Type::disconnect; }

bool finishes(int client, const Session& session) {
  return std::any_of(session.acts.begin(), session.acts.end(), [&](auto& act) { return act.client == client && act.what == Act::What::finish; });
}

// How the broker showed that it went on in spite of the offence; empty: it did not.
std::string served(const Offence& offence, const Frames& sent, const Frames& received) {
  if (offence.packet == 0 && type_of(sent[0]) != Type::connect) {
    for (auto& frame : received)
      if (!refuses(frame) || admits(frame)) return fmt::format("the broker answered by {}", packet_name(type_of(frame)));
    return {};
  }
  if (offence.packet == 0) return std::any_of(received.begin(), received.end(), admits) ? "the broker admitted the client" : "";
  if (offence.refusable) return accepted(offence, sent, received) ? "the broker granted it" : "";
  std::ptrdiff_t before = 0;
  for (std::size_t i = 0; i < offence.packet; ++i) before += type_of(sent[i]) == Type::pingreq;
  for (auto& frame : received)
    if (type_of(frame) == Type::pingresp && --before < 0) return "the broker went on and answered a later PINGREQ";
  return {};
}

// None: a CONNECT that leaves it open in which version the broker is to answer.
std::optional<Version> version_spoken(const Frames& sent, Version wanted) {
  if (sent.empty() || type_of(sent[0]) != Type::connect) return wanted;
  auto asked = mqtt::version_asked(sent[0]);
  if (!asked) return {};
  for (auto& fault : mqtt::decode(sent[0], *asked, mqtt::Sender::client, mqtt::Detail::packet_only).faults)
    if (fault.rule == Rule::protocol_name || fault.rule == Rule::protocol_level) return {};
  return asked;
}

std::optional<Offence> first_offence(const Frames& frames, Version version) {
  if (frames.empty()) return {};
  auto first = type_of(frames[0]);
  if (first != Type::connect) {
    return Offence{0, frames[0].size(), fmt::format("a first packet that is no CONNECT: {}", packet_name(first)), id(version, "V31-3.1-1", "MQTT-3.1.0-1", "MQTT-3.1.0-1"),
                   false, 0, frames[0], version, packet_name(first) + " comes_first"};
  }
  if (version == Version::v3_1) return {};   // it says of hardly any breach what a broker has to do
  std::size_t end = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    end += frames[i].size();
    auto made = offence_of(frames[i], version);
    if (!made && i > 0 && type_of(frames[i]) == Type::connect)
      made = Offence{i, end, "CONNECT: a second one", id(version, "", "MQTT-3.1.0-2", "MQTT-3.1.0-2"), false, 0, frames[i], version, "CONNECT second"};
    if (!made) continue;
    made->packet = i;
    made->end = end;
    return made;
  }
  return {};
}

Judged judge_client(int client, const Session& session, const Heard& heard, Duration patience, bool in_time) {
  Judged judged{Verdict::answered, client, {}, {}, {}};
  auto sent = frames_of(sent_by(client, session)), received = frames_of(heard.received);
  auto version = version_spoken(sent, session.version);
  auto find = [&](Verdict verdict, std::string breach, std::string text, std::string statement) {
    judged.verdict = verdict;
    judged.breach = std::move(breach);
    judged.text = std::move(text);
    judged.statement = std::move(statement);
    return judged;
  };
  if (version) judged.offence = first_offence(sent, *version);
  if (version && !sent.empty() && type_of(sent[0]) == Type::connect)
    for (auto& frame : received)
      for (auto& fault : faults_of(frame, *version, mqtt::Sender::broker)) {
        if (broker_may(fault.rule, *version)) continue;
        auto name = packet_name(type_of(frame));
        return find(Verdict::malformed, fmt::format("{} {}", name, mqtt::name(fault.rule)), fmt::format("the broker sent {}: {}", name, fault.text),
                    std::string(mqtt::statement(fault.rule, *version)));
      }
  if (judged.offence)
    if (auto how = served(*judged.offence, sent, received); !how.empty())
      return find(Verdict::unsound, judged.offence->breach, fmt::format("{}; {}", judged.offence->text, how), judged.offence->statement);
  bool unanswered = count(received, Type::pingresp) < count(sent, Type::pingreq);
  if (in_time && unanswered && heard.connected && !heard.ended && !heard.dropped && finishes(client, session))
    return find(Verdict::silent, {}, fmt::format("the broker neither answered nor ended the connection within {} after the client's last byte and FIN", seconds(patience)),
                judged.offence ? judged.offence->statement : ping_statement(session.version));
  bool refused = false;
  for (auto& frame : received) {
    auto type = type_of(frame);
    refused |= refuses(frame) && !admits(frame);
    refused |= (type == Type::suback || type == Type::unsuback) && frame.back() >= 0x80;
    refused |= session.version == Version::v5_0 && (type == Type::puback || type == Type::pubrec) && frame.size() > 4 && frame[4] >= 0x80;
  }
  judged.verdict = refused ? Verdict::refused : count(received, Type::pingresp) > 0 ? Verdict::answered : Verdict::closed;
  return judged;
}

}  // namespace

bool may_pass(Rule rule) { return among(rule, let_pass); }

std::string_view name(Verdict verdict) { return names[std::size_t(verdict)]; }

std::string packet_name(Type type) {
  auto named = mqtt::name(type);
  return named.empty() ? fmt::format("packet type {}", int(type)) : std::string(named);
}

std::string ping_statement(Version version) { return id(version, "V31-3.12-1", "MQTT-3.12.4-1", "MQTT-3.12.4-1"); }

std::string Judged::kind() const {
  return breach.empty() ? std::string(name(verdict)) : fmt::format("{} {} {}", name(verdict), breach, statement.substr(0, statement.find(':')));
}

std::optional<Offence> first_offence(mqtt::View sent, Version wanted) {
  auto frames = frames_of(sent);
  auto version = version_spoken(frames, wanted);
  return version ? first_offence(frames, *version) : std::nullopt;
}

Judged judge(const Session& session, const Played& played, Duration patience) {
  Judged worst;
  bool in_time = played.held_up < patience / 8;
  for (std::size_t client = 0; client < played.clients.size(); ++client) {
    auto one = judge_client(int(client), session, played.clients[client], patience, in_time);
    if (client == 0 || one.verdict > worst.verdict) worst = std::move(one);
  }
  bool all_ended = std::all_of(played.clients.begin(), played.clients.end(), [](auto& each) { return each.ended || each.dropped || !each.connected; });
  if (in_time && all_ended && !is_finding(worst.verdict) && played.took > patience / 2) {
    worst.verdict = Verdict::slow;
    worst.text = fmt::format("the broker took {} to answer and to end the connections", seconds(played.took));
    worst.statement = ping_statement(session.version);
  }
  return worst;
}

std::uint64_t behaviour(const Session& session, const Played& played, Verdict verdict) {
  std::uint64_t hash = 1469598103934665603u;
  auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 1099511628211u; };
  mix(std::uint64_t(session.version));
  mix(std::uint64_t(verdict));
  for (auto& client : played.clients) {
    mix(client.ended);
    for (auto& frame : frames_of(client.received)) {
      mix(frame[0]);
      bool has_code = frame.size() > 3 && type_of(frame) != Type::publish;
      if (has_code) mix(std::uint64_t(frame[3]) << 8 | frame.back());
    }
  }
  return hash;
}

}  // namespace network
