#pragma once
// Known failures of a broker: CI is red only for news, a failure that is not listed, a listed one that has gone, or an entry past its date.
#include <filesystem>

#include "harness/record/result.h"

namespace record {

using Day = std::chrono::year_month_day;
Day today();                        // UTC
std::string text_of(Day day);       // "2027-03-31"

// One entry of the file: a statement the broker breaks, or a verdict that follows from one, and the cases that show it.
struct Known {
  std::string statement;            // "3.1.1:MQTT-3.3.5-1"; empty: the entry is about inconclusive cases
  std::vector<std::string> cases;   // globs over full names without their transport: "qos2/overlap (three filters) [3.1.1]"
  std::string reason;               // why it is the broker's, in words a maintainer of it would accept; empty: nobody has said it yet
  std::string link;                 // where it is told or mended: an issue of the broker's; empty: nowhere
  std::optional<Day> until;         // the last day on which it is expected; none: for good
  std::string where;                // file:line:column
  std::vector<std::string> transports = {};   // over which it shows: "ws"; none: over all
  bool sometimes = false;           // a race within the broker: neither its coming nor its staying away is news
};

// {"known": [{"statement": "...", "cases": ["..."], "reason": "...", "link": "https://...", "until": "2027-03-31"}, {"inconclusive": ["..."], "reason": "..."}]};
// an entry may say "transports" and "sometimes". Throws std::runtime_error with every complaint, file:line:column. An empty reason is a complaint
// too, unless it may wait.
enum class Reasons { wanted, may_wait };
std::vector<Known> load_known(const std::filesystem::path& file, Reasons reasons = Reasons::wanted);
std::string to_text(const std::vector<Known>& known);   // such a file

struct News {
  struct Failure { std::string name, statement, text; };
  std::vector<Failure> fresh;       // failures, errors and inconclusive cases that no entry lists
  std::vector<std::string> gone;    // "file:line:column: no longer seen: <statement> in <glob>"
  std::vector<std::string> stale;   // "file:line:column: stale: <statement> was expected until 2027-03-31; ..."
  std::size_t expected = 0;         // failed findings and inconclusive cases that entries list
  std::vector<std::string> quiet;   // no news: "file:line:column: not seen this time: <statement> in <glob>", of an entry that says "sometimes"
  bool any() const { return !fresh.empty() || !gone.empty() || !stale.empty(); }
};
// An entry counts as gone only when a case it names was played, and it does not say "sometimes"; it is stale after its date whatever was played.
News compare(const std::vector<Result>& results, const std::vector<Known>& known, Day on);

// How each entry of the list stands, for who shows it; results are told by their index.
struct Standing { bool played = false, stale = false; std::vector<std::size_t> seen; std::vector<std::string> gone; };   // gone: globs
struct Standings { std::vector<Standing> entries; std::vector<std::size_t> unlisted; };
Standings standings(const std::vector<Result>& results, const std::vector<Known>& known, Day on);

// The list as these results want it: in the same order what was seen or not played, without what was played and not seen, then what is new, an entry
// a statement, with empty reasons.
struct Update {
  std::vector<Known> known;
  std::size_t kept = 0, added = 0;         // entries
  std::vector<std::string> gone;           // as in News
  std::vector<News::Failure> unlistable;   // errors of ours, and failures that name no statement: nothing to expect
};
Update updated(const std::vector<Result>& results, const std::vector<Known>& known);

bool glob_matches(std::string_view pattern, std::string_view text);   // * any text, ? one character

}  // namespace record
