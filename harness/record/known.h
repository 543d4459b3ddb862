#pragma once
// Known failures of a broker: CI is red only for news, a failure that is not listed or a listed one that has gone.
#include <filesystem>

#include "harness/record/result.h"

namespace record {

// One entry of the file: a statement the broker breaks, or a verdict that follows from one, and the cases that show it.
struct Known {
  std::string statement;            // "3.1.1:MQTT-3.3.5-1"; empty: the entry is about inconclusive cases
  std::vector<std::string> cases;   // globs over full names without their transport: "qos2/overlap (three filters) [3.1.1]"
  std::string reason;               // why it is the broker's, in words a maintainer of it would accept
  std::string where;                // file:line:column
  std::vector<std::string> transports = {};   // over which it shows: "ws"; none: over all
};

// {"known": [{"statement": "...", "cases": ["..."], "reason": "..."}, {"inconclusive": ["..."], "reason": "..."}]}; an entry may say "transports".
// Throws std::runtime_error with every complaint, file:line:column.
std::vector<Known> load_known(const std::filesystem::path& file);

struct News {
  struct Failure { std::string name, statement, text; };
  std::vector<Failure> fresh;       // failures, errors and inconclusive cases that no entry lists
  std::vector<std::string> gone;    // "file:line:column: no longer seen: <statement> in <glob>"
  std::size_t expected = 0;         // failed findings and inconclusive cases that entries list
  bool any() const { return !fresh.empty() || !gone.empty(); }
};
// An entry counts as gone only when a case it names was played.
News compare(const std::vector<Result>& results, const std::vector<Known>& known);

bool glob_matches(std::string_view pattern, std::string_view text);   // * any text, ? one character

}  // namespace record
