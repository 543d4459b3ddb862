#pragma once
// From steps that held or did not to findings and a verdict (design: a step with checks breaks statements, a step without leaves all open).
#include "harness/engine/arrival.h"
#include "harness/record/result.h"
#include "harness/scenario/model.h"
#include "harness/spec/catalogue.h"

namespace engine {

// The text of a step as an expectation: "expect A: closed" is told as "A: closed".
std::string expectation(const std::string& step);

class Grading {
public:
  Grading(const scenario::Case& one, const spec::Catalogue& catalogue);

  void begin(std::size_t step, record::Microseconds now);
  // `actual`, `event` and `field` (may be null) say what was seen instead when it did not hold.
  void end(bool held, const std::string& actual, int event, const mqtt::Field* field, record::Microseconds now);
  void undecided(const std::string& why, record::Microseconds now);   // neither held nor broken: verdict `inconclusive`
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

  bool must(const std::string& statement) const;
  record::Finding finding(std::size_t step, const std::string& statement, record::Kept verdict) const;
};

}  // namespace engine
