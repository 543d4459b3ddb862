#pragma once
// How long an expectation waits, and the fence: a PINGREQ whose answer proves that nothing comes, or that a close does not come. It proves nothing about an acknowledgement,
// which may come after PINGRESP: where `any_of` would take a packet, too, only the patience ends the waiting.
#include "harness/engine/connection.h"
#include "harness/engine/expectation.h"
#include "harness/engine/instance.h"
#include "harness/engine/pace.h"

namespace engine {

class Waiting {
public:
  Waiting(const scenario::Expect& expect, Connection& connection, Recorder& recorder, net::Clock& clock, Pace& pace, Duration patience);

  // Is it over? Turns what time decides (silence, too late, too early) into a judgement, and sends the fence when it is due.
  bool decided(Judgement& judgement);
  Time next_look() const { return next_look_; }
private:
  bool by_arrival(Judgement& judgement);
  bool by_silence(Judgement& judgement);
  bool silent(Judgement& judgement);
  bool fail(Judgement& judgement, std::string actual);
  std::string waited() const;

  const scenario::Expect& expect_;
  Connection& connection_;
  Recorder& recorder_;
  net::Clock& clock_;
  Pace& pace_;
  const bool nothing_, closed_, packet_;
  const Time begin_;
  Time deadline_, fence_at_, next_look_;
  std::optional<Time> answered_;
  bool fenced_ = false;
};

// From when a bound below counts for an expectation that began at `begun` as step `step`: where the step before sent something, from the begin of its last write, for the
// machine may hold up what comes between that and `begun`, and the broker counts meanwhile.
record::Microseconds counted_from(const record::Trace& trace, int step, record::Microseconds begun);

std::string seconds(Duration time);   // "5 s", "34 ms"
std::string bounds(const scenario::Expect& expect);   // "at most 3 s", "not before 2 s, at most 4 s"

}  // namespace engine
