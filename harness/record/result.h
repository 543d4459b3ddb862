#pragma once
// What came of playing one case in one version over one transport.
#include <optional>

#include "harness/record/trace.h"

namespace record {

enum class Verdict : std::uint8_t { pass, fail, inconclusive, skip, error };   // README.md, "Verdicts"
std::string_view name(Verdict verdict);

// warning: a SHOULD was missed; inconclusive: not reached; recorded: no verdict, `actual` is the broker's answer to the question in `expected`
enum class Kept : std::uint8_t { pass, fail, warning, inconclusive, recorded };
std::string_view name(Kept kept);

struct Finding {
  std::string statement;               // "3.1.1:MQTT-3.1.0-2"; of a step that records: the behaviour, "X-07"
  Kept verdict = Kept::pass;
  std::string expected, actual;        // for people; actual is empty where it was not reached, and where it held unless time was the point
  std::string where;                   // "scenarios/connect/second-connect.json:6:5"
  int step = -1;                       // index into Result::steps
  int event = -1;                      // index into Result::trace of the packet that broke it; -1: none came
  std::uint32_t offset = 0, size = 0;  // the bytes of that packet that broke it; size 0: all of it, or unknown
  Microseconds took{-1};               // how long the broker took, where the step bounds that; negative: it does not, or nothing came
  bool operator==(const Finding&) const = default;
};

enum class Outcome : std::uint8_t { held, not_held, not_reached };
std::string_view name(Outcome outcome);

struct StepNote {
  std::string where;                   // file:line:column
  std::string text;                    // "expect A: closed within 5 s"
  Outcome outcome = Outcome::not_reached;
  Microseconds at{}, took{};           // begin since the case began, and duration
  Microseconds limit{};                // how long what was expected might take; 0: nothing was awaited, or silence
  bool operator==(const StepNote&) const = default;
};

struct Result {
  std::string scenario;                // "connect/second-connect"
  std::string case_name;               // the row of `for`; empty without one
  std::string title;
  std::vector<std::string> tags;
  mqtt::Version version = mqtt::Version::v5_0;
  std::string transport = "mqtt";      // the URL's scheme; "memory" for the embedded broker
  Verdict verdict = Verdict::error;
  std::string reason;                  // one sentence for every verdict but pass
  Microseconds started{}, took{};      // since the run began
  std::vector<Finding> findings;
  std::vector<StepNote> steps;
  Trace trace;
  std::vector<std::string> log;        // the broker's log lines of that time
  int broker = 0;                      // index into Run::brokers; the reader sets it, a line does not hold it
  bool operator==(const Result&) const = default;
};

// "connect/second-connect [3.1.1]", "topics/levels (a//b) [5.0]", "qos/basic [5.0 wss]" (a transport other than mqtt and memory is named):
// how a case is named everywhere, and no two cases of a run alike.
std::string full_name(const Result& result);
std::string name_over_any(const Result& result);   // the same without the transport

}  // namespace record
