#pragma once
// Does what came so far fulfil an expectation? A pure cursor over a client's inbox; time is the player's matter.
#include <span>

#include "harness/engine/arrival.h"
#include "harness/mqtt/version.h"
#include "harness/scenario/pattern.h"

namespace engine {

struct Judgement {
  enum class State : std::uint8_t {
    waiting,    // nothing that decides came yet
    leaving,    // the broker said why it closes (5.0), the close itself is still to come
    held,
    not_held,
    undecided   // the broker is mute: silence cannot be told from slowness
  } state = State::waiting;
  std::string actual;        // for people: what came instead, and where it differs
  int event = -1;            // index into the trace of what decided; -1: nothing did
  record::Microseconds took{-1};  // where the expectation bounds the time: how long it took; negative: it does not, or nothing came
  std::string pointer;       // the field that differs: "/PUBLISH/qos"
  std::size_t decided_by = 0;  // index into the inbox, where event >= 0
  const scenario::Alternative* met = nullptr;   // of `any_of`, when it held or is leaving
  std::size_t next = 0;      // the first arrival after what was used up; the end of a connection is never used up
};

// `inbox` from the first arrival not used up, which is number `first`. `variables` resolves the patterns and takes captures when it held.
Judgement judge(const scenario::Expect& expect, std::span<const Arrival> inbox, std::size_t first, mqtt::Version version,
                scenario::Variables& variables);

// The first alternative of this kind; null: there is none.
const scenario::Alternative* alternative_of(const scenario::Expect& expect, scenario::Alternative::Kind kind);

// Where in the packet the field of a mismatch stands; none: nowhere in particular.
const mqtt::Field* field_at(const std::string& pointer, const std::vector<mqtt::Field>& fields);

// "PUBACK packet_id 7": one line about an arrival, for people.
std::string tell(const Arrival& arrival);

}  // namespace engine
