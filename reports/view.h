#pragma once
// What every report is laid out from: the cases of a run in reading order, counted, and grouped by what broke. It points into the Run it was made of.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/record/record.h"
#include "reports/changes.h"

namespace reports {

struct Counts {
  int pass = 0, fail = 0, inconclusive = 0, skip = 0, error = 0;
  int warned = 0;                                    // of `pass`: cases that missed a SHOULD
  int total() const { return pass + fail + inconclusive + skip + error; }
  void add(const record::Result& result);
};

struct Case {
  const record::Result* result;                      // perhaps an outline: View::whole has the rest
  std::string name;                                  // record::full_name, and the broker where there are several
  std::string theme;                                 // "connect"
  std::string anchor;                                // unique in the report; the same in every run that has no case twice
  bool warned = false;
  int play = 1, plays = 1;                           // which of its plays this is, of how many (`run --repeat`)
  bool flaky = false;                                // its plays have different verdicts
  record::Verdict verdict() const { return result->verdict; }
  std::string file() const;                          // "scenarios/connect/second-connect.json"
};

struct Hit { const Case* at; const record::Finding* finding; };

struct Broken {                                      // a statement with the cases that broke it
  std::string id;                                    // empty: a case that failed without naming a statement
  const spec::Statement* statement = nullptr;        // null: not in the record's catalogue
  std::vector<Hit> hits;
  std::size_t cases() const;                         // that show it: one may have several findings, and several plays
};

struct Reason { std::string text; std::vector<const Case*> cases; };

// A behaviour that the standards leave open, and what this broker does: each answer with the cases that gave it, most frequent first.
struct Answered { std::string id, question; std::vector<Reason> answers; };

// A case that was played several times with different verdicts.
struct Flaky {
  std::vector<const Case*> plays;                    // in the order they were played
  std::string text;                                  // "1 fail, 2 pass"
};

struct Theme {
  std::string name;
  Counts all;
  std::map<mqtt::Version, Counts> by_version;
  std::vector<const Case*> cases;
};

struct View {
  explicit View(const record::Run& run, const record::Run* baseline = nullptr);
  View(const View&) = delete;                        // the groups point into `cases`

  const record::Run& run;
  std::vector<Case> cases;                           // by theme, scenario, row, version, transport
  Counts counts;
  std::map<mqtt::Version, Counts> by_version;
  std::vector<mqtt::Version> versions;               // that were played or asked for
  std::vector<Theme> themes;
  std::vector<Broken> broken, missed;                // MUST and SHOULD, by id
  std::vector<Reason> inconclusive, errors, skipped; // most frequent first
  std::vector<Answered> answered;                    // by id
  std::vector<Flaky> flaky;                          // in the order of `cases`
  std::unique_ptr<const View> before;                // of the baseline; null without one
  Changes changes;                                   // since the baseline; nothing without one
  int musts_broken = 0, shoulds_missed = 0;          // statements
  int softly_missed = 0;                             // MUST statements whose miss is a warning (spec::Grade)
  int statements_checked = 0;                        // that at least one case decided, one way or the other
  record::Microseconds took{};

  std::vector<record::Header> brokers;               // at least one; Result::broker points here

  const spec::Statement* statement(std::string_view id) const;
  record::Result whole(const Case& each) const;      // with steps, trace and log; made anew at each call

private:
  std::map<std::string, const spec::Statement*, std::less<>> catalogue_;
};

// Ids and sections in the order of the standards: numbers as numbers (3.1.2-9 before 3.1.2-10).
bool in_order(std::string_view left, std::string_view right);

inline constexpr std::string_view answered_title = "What this broker does where the standards leave it open";
std::string headline(const View& view);              // "3 MUST statements broken, 1 SHOULD missed"; ", 2 missed that are graded softly" where there are
std::string tally(const Counts& counts);             // "12 pass (1 with a warning), 2 fail, 1 skip"; "no case" for none
std::string played(const View& view);                // "12 cases"; "36 plays of 12 cases" where some were played again
std::string broker_name(const record::Header& header);
bool embedded(const record::Header& header);           // the run met the program's own broker, in memory
std::string broker_names(const View& view);          // "mosquitto 2.0.11", "mosquitto 2.0.11, emqx 5.8"
bool whole(const View& view);                        // neither cut off nor interrupted
std::string_view ending_title(const View& view);     // "Not whole", "The broker was lost", of several "A broker was lost"
std::string ending(const View& view);                // why it is not whole, and how the broker was lost, or empty
std::string title_of(const Broken& broken);          // "5.0:MQTT-3.1.0-2 (MUST, section 3.1.0)"
std::string summary_of(const Broken& broken);        // in our own words

}  // namespace reports
