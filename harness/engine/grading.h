#pragma once
// From steps that held or did not to findings and a verdict (design: a step with checks breaks statements, a step without leaves all open).
#include "harness/engine/arrival.h"
#include "harness/record/result.h"
#include "harness/scenario/model.h"
#include "harness/spec/catalogue.h"

namespace engine {

// The text of a step as an expectation: "expect A: closed" is told as "A: closed".
std::string expectation(const std::string& step);

// How the reason of an inconclusive result begins; then what was expected, and what came.
inline constexpr std::string_view unprepared = "the preparation did not hold: ";

// What a step came to. `actual` says what was seen: instead when it did not hold, as an answer where the step has `records`, and how long it
// took where the step bounds that.
struct Came {
  bool held = true;
  bool undecided = false;             // neither held nor broken: nothing can be said
  std::string actual;
  int event = -1;
  const mqtt::Field* field = nullptr; // that differs; null: none in particular
  record::Microseconds took{-1};      // as Judgement::took
};

class Grading {
public:
  Grading(const scenario::Case& one, const spec::Catalogue& catalogue);

  // `limit`: how long the step may wait for what it expects; 0: it awaits nothing.
  void begin(std::size_t step, record::Microseconds now, record::Microseconds limit);
  void end(const Came& came, record::Microseconds now);
  void unknown(const std::string& variable);    // the step uses what an earlier one should have learnt
  void trouble(const std::string& what);        // of the harness or the scenario: verdict `error`
  // Bytes of the broker's that no standard allows break their own statement, whatever was expected.
  void packet(const Arrival& arrival, const record::Trace& trace);
  bool over() const { return over_; }           // nothing more is to be played
  record::Result result();
private:
  const scenario::Case& case_;
  const spec::Catalogue& catalogue_;
  record::Result result_;
  std::size_t step_ = 0;
  bool over_ = false;
  bool recorded_ = false;   // a step with `records` was played: what comes behind it may depend on its answer

  void answer(const Came& came);
  void undecided(const std::string& why);
  bool checks_ahead() const;
  record::Kept missed(const std::string& statement) const;   // what a miss in this step is: a failure or a warning
  record::Finding finding(std::size_t step, const std::string& statement, record::Kept verdict) const;
};

}  // namespace engine
