#pragma once
// What a session came to: the verdict over the bytes that went and came. Pure, so that every verdict can be tried without a broker.
#include <string>

#include "fuzz/network/playing.h"
#include "harness/mqtt/rules.h"

namespace network {

enum class Verdict : std::uint8_t {
  answered,    // the last PINGREQ of every client was answered
  refused,     // by a code that says so
  closed,      // without a word
  silent,      // neither answered nor closed
  slow,        // what came took too long
  malformed,   // the broker sent what no standard allows
  unsound,     // it served a client whose packets it has to refuse
  harmed,      // a well-behaved client beside it suffered
  died,        // the broker did not survive
};
inline constexpr std::size_t verdicts = std::size_t(Verdict::died) + 1;
std::string_view name(Verdict verdict);
inline bool is_finding(Verdict verdict) { return verdict >= Verdict::silent; }

// The first thing a client sends that a broker must not serve.
struct Offence {
  std::size_t packet = 0;        // index among the packets of the client
  std::size_t end = 0;           // bytes of the client up to there, the packet included
  std::string text;              // "PUBLISH: topic: ill-formed UTF-8 at byte 0 of the text"
  std::string statement;         // "5.0:MQTT-1.5.4-1"
  bool refusable = false;        // a code in the answer will do, the connection may go on
  std::size_t filter = 0;        // SUBSCRIBE: which of them
  mqtt::Bytes bytes;             // the packet
  mqtt::Version version = mqtt::Version::v5_0;
  std::string breach;            // "PUBLISH utf8": the kind of packet, and what is wrong with it
};
std::optional<Offence> first_offence(mqtt::View sent, mqtt::Version version);
bool may_pass(mqtt::Rule rule);   // its breach is no offence: the standard does not say, or only softly, that a broker refuses it

struct Judged {
  Verdict verdict = Verdict::answered;
  int client = 0;                // whom it is about
  std::string text;              // for a person; empty for what is no finding
  std::string statement;         // that is broken
  std::optional<Offence> offence;
  std::string breach = {};       // of what is malformed or unsound: "PUBLISH utf8"
  std::string kind() const;      // findings of one kind are one finding: "died", "unsound PUBLISH utf8 5.0"
};
// `patience` is what the session was played with; half of it is slow. Silent and slow are verdicts about time: where the machine held us up they are not given.
Judged judge(const Session& session, const Played& played, Duration patience);

// Two sessions to which the broker behaved alike have the same: versions, kinds of packets, codes, ends.
std::uint64_t behaviour(const Session& session, const Played& played, Verdict verdict);

std::string packet_name(mqtt::Type type);               // "PUBLISH", "packet type 0"
std::string ping_statement(mqtt::Version version);   // a PINGREQ is answered

}  // namespace network
