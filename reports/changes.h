#pragma once
// Two runs held against each other, case by case: what fails anew, what was fixed, what fails in another way, what one of them did not play.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

struct Case;
struct View;

enum class Kind : std::uint8_t { fresh, different, fixed, same, gone, added };
struct KindRow { Kind kind; std::string_view key, title, word; };
inline constexpr KindRow kinds[]{
    {Kind::fresh, "new", "New failures", "NEW"},
    {Kind::different, "failing_differently", "Failing differently", "CHANGED"},
    {Kind::fixed, "fixed", "Fixed", "FIXED"},
    {Kind::same, "still_failing", "Still failing", "STILL"},
    {Kind::gone, "gone", "No longer played", "GONE"},
    {Kind::added, "added", "Not played before", "ADDED"},
};

struct Change {
  Kind kind;
  std::string name;                  // of the case
  const Case* now = nullptr;         // its worst play; null: this run has it not
  const Case* before = nullptr;      // in the baseline; null: that had it not
  std::string is, was;               // "fail: 3.1.1:MQTT-3.1.0-2", "pass", "flaky (1 fail, 2 pass): ...", "not played"
};

// Fails here means: fail, error or inconclusive, in the worst of its plays. Differently: another verdict, other statements, or something else came in
// their place; names, numbers and times in what came do not count.
struct Changes {
  std::string against;               // "mosquitto 2.0.11, 2026-05-01T10:00:00Z, seed 42"
  std::vector<Change> all;           // by kind, then in reading order
  std::vector<const Change*> of(Kind kind) const;
};
Changes changes(const View& now, const View& before);
std::string headline(const Changes& changes);   // "1 new failure, 2 failing differently, ..." or "nothing changed"

}  // namespace reports
