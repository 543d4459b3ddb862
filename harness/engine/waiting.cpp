#include "harness/engine/waiting.h"

#include <fmt/format.h>

namespace engine {

using Kind = scenario::Alternative::Kind;
using State = Judgement::State;

constexpr int unfenced = 10;  // silence that no PINGREQ can prove is watched this many times longer

Waiting::Waiting(const scenario::Expect& expect, Connection& connection, Recorder& recorder, net::Clock& clock, Pace& pace, Duration patience)
    : expect_(expect), connection_(connection), recorder_(recorder), clock_(clock), pace_(pace), nothing_(alternative_of(expect, Kind::nothing)),
      closed_(alternative_of(expect, Kind::closed)), packet_(alternative_of(expect, Kind::packet)), begin_(clock.now()) {
  Duration within = expect.within ? Duration(*expect.within) : patience;
  deadline_ = begin_ + within;
  bool fenced_silence = nothing_ && !expect.quietly && connection.can_fence();
  auto window = fenced_silence ? pace.quiet_window() : pace.quiet_window() * unfenced;
  fence_at_ = begin_ + (nothing_ ? (expect.within ? within : window) : pace.grace());
  if (nothing_) deadline_ = fence_at_ + patience;
  next_look_ = deadline_;
}

bool Waiting::decided(Judgement& judgement) { return by_arrival(judgement) || by_silence(judgement); }

bool Waiting::by_arrival(Judgement& judgement) {
  if (judgement.state == State::not_held) return true;
  if (judgement.state != State::held) return false;
  auto& last = connection_.inbox[judgement.decided_by];
  auto begun = std::chrono::duration_cast<record::Microseconds>(begin_ - recorder_.begin());
  auto after = std::max(last.at - begun, record::Microseconds(0));
  if (!expect_.within && !expect_.not_before) return true;
  const auto since_sent = last.at - counted_from(recorder_.trace, recorder_.step, begun);
  bool early = expect_.not_before && since_sent < *expect_.not_before, late = expect_.within && after > *expect_.within;
  auto told = fmt::format("{}{} after {}; {}", tell(last), early ? " already" : late ? " only" : "", seconds(early ? std::max(since_sent, record::Microseconds(0)) : after), bounds(expect_));
  judgement.took = after;
  if (early || late) return fail(judgement, told);
  judgement.actual = told;
  return true;
}

bool Waiting::by_silence(Judgement& judgement) {
  auto now = clock_.now();
  bool probes = (nothing_ || (closed_ && !packet_)) && !expect_.quietly && judgement.state == State::waiting;
  if (probes && !fenced_ && now >= fence_at_ && connection_.can_fence()) {
    fenced_ = true;
    connection_.send({0xc0, 0x00}, true);
  }
  if (fenced_ && !answered_ && connection_.idle() && !connection_.owes_fence()) answered_ = now;
  if (answered_ && nothing_) return silent(judgement);
  if (answered_ && judgement.state == State::waiting && now >= *answered_ + pace_.grace())
    return fail(judgement, "the broker went on: the connection is open and a PINGREQ was answered");
  bool silent_at_last = nothing_ && (expect_.quietly || !connection_.can_fence()) && !fenced_ && now >= fence_at_;
  if (silent_at_last && judgement.state == State::waiting) return silent(judgement);
  if (now >= deadline_) {
    if (judgement.state == State::leaving) return fail(judgement, judgement.actual + ", but the connection stays open: waited " + waited());
    if (fenced_ && nothing_) {
      fail(judgement, "nothing came, but neither did the answer to a PINGREQ: waited " + waited());
      judgement.state = State::undecided;
      return true;
    }
    if (fenced_) return fail(judgement, "nothing came, the connection stays open and a PINGREQ is not answered: waited " + waited());
    return fail(judgement, (closed_ ? "the connection stays open and nothing came: waited " : "nothing came: waited ") + waited());
  }
  next_look_ = deadline_;
  if (probes && !fenced_ && connection_.can_fence()) next_look_ = std::min(next_look_, fence_at_);
  if (nothing_ && !fenced_) next_look_ = std::min(next_look_, std::max(fence_at_, now));
  if (answered_) next_look_ = std::min<Time>(next_look_, *answered_ + pace_.grace());
  return false;
}

bool Waiting::silent(Judgement& judgement) {
  judgement.state = State::held;
  judgement.actual = "nothing";
  judgement.met = alternative_of(expect_, Kind::nothing);
  judgement.next = connection_.inbox.size();  // what was passed over is used up
  return true;
}

bool Waiting::fail(Judgement& judgement, std::string actual) {
  judgement.state = State::not_held;
  judgement.actual = std::move(actual);
  return true;
}

record::Microseconds counted_from(const record::Trace& trace, int step, record::Microseconds begun) {
  for (auto event = trace.rbegin(); event != trace.rend() && event->step >= step - 1; ++event)
    if (event->what == record::What::sent && event->step == step - 1) return std::min(begun, event->at);
  return begun;
}

std::string Waiting::waited() const { return seconds(clock_.now() - begin_); }

std::string bounds(const scenario::Expect& expect) {
  std::string told;
  if (expect.not_before) told = "not before " + seconds(*expect.not_before);
  if (expect.within) told += (told.empty() ? "at most " : ", at most ") + seconds(*expect.within);
  return told;
}

std::string seconds(Duration time) {
  auto ms = std::chrono::duration<double, std::milli>(time).count();
  return ms < 1000 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.3g} s", ms / 1000);
}

}  // namespace engine
