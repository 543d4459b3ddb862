#pragma once
// A finished run as JSON lines: a header, then one self-contained line a result, then a footer. `cat` merges runs; a crash loses one line.
// README.md beside this file describes the lines.
#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/record/result.h"
#include "harness/spec/catalogue.h"

namespace record {

struct Header {
  std::string tool;                    // "mqttspec 0.1.0"
  std::string target;                  // URL without the account, or "embedded reference broker"
  std::string broker;                  // "mosquitto 2.0.11"; empty: unknown
  std::string profile;                 // name, or empty
  std::string started;                 // UTC, ISO 8601, seconds
  std::uint64_t seed = 0;
  std::vector<std::string> versions, transports;
  std::vector<spec::Statement> statements;   // the catalogue, so that a report needs nothing else
  std::vector<std::string> broken_rules{};    // of the embedded reference broker (`run --break`)
  std::string scenarios{};             // their folder, as it was named; empty: the project's
  std::vector<std::string> chosen_by{};       // the options that chose the broker, where the profile's name would not: --start and its command
};

// The last line of a run that ended as it should; a record without it was cut off.
struct Footer { Microseconds took{}; bool interrupted = false; std::string note; };

nlohmann::json to_json(const Header& header);
nlohmann::json to_json(const Result& result);
nlohmann::json to_json(const Footer& footer);

// Each line is written whole and flushed. Text that is not well-formed UTF-8 gets U+FFFD in the place of what is wrong; bytes are hex.
class Writer {
public:
  explicit Writer(std::ostream& out) : out_(out) {}
  void write(const Header& header);
  void write(const Result& result);
  void write(const Footer& footer);
private:
  std::ostream& out_;
};

// Where a result stands that was left in its file.
struct Spot { std::shared_ptr<const std::string> file; std::uint64_t offset = 0; };

struct Run {
  Header header;                        // of the first run, with the versions, transports and statements of all
  std::vector<Header> brokers;          // one for each broker of the runs, without statements; Result::broker points here
  std::vector<Result> results;
  std::vector<Spot> spots;              // of the results, when they are outlines (outline_more); else empty
  std::optional<Footer> footer;
  std::vector<std::string> complaints;  // "run.jsonl:17: cut off in the middle; this line is lost"
  int headers = 0, footers = 0;         // how many runs were begun and ended in what was read

  // The result with its steps, trace and log. Throws std::runtime_error when it no longer stands in its file.
  Result whole(std::size_t index) const;
};
// Reads on after a bad line. Several runs become one: shards of one broker, or runs of several brokers (by name and profile); durations add up.
Run read(std::istream& in, const std::string& name);
// The same for a further file: its runs join those that `run` holds.
void read_more(Run& run, std::istream& in, const std::string& name);
// The same for records that do not fit into memory: keeps an outline of each result, without steps, trace, log, and the texts of what held;
// whole() reads them again. Throws std::runtime_error when the file cannot be read.
void outline_more(Run& run, const std::string& file);

}  // namespace record
