#pragma once
// A finished run as JSON lines: a header, then one self-contained line a result. `cat` merges runs; a crash loses one line.
#include <functional>
#include <iosfwd>
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
};

// The last line of a run that ended as it should; a record without it was cut off.
struct Footer { Microseconds took{}; bool interrupted = false; std::string note; };

nlohmann::json to_json(const Header& header);
nlohmann::json to_json(const Result& result);
nlohmann::json to_json(const Footer& footer);

class Writer {
public:
  explicit Writer(std::ostream& out) : out_(out) {}
  void write(const Header& header);
  void write(const Result& result);
  void write(const Footer& footer);
private:
  std::ostream& out_;
};

struct Run {
  Header header;
  std::vector<Result> results;
  std::optional<Footer> footer;
  std::vector<std::string> complaints;  // "run.jsonl:17: cut off in the middle; this result is lost"
};
// Reads on after a bad line. Several runs in one file or several files become one (the first header counts).
Run read(std::istream& in, const std::string& name);

}  // namespace record
