#pragma once
// The words of a record for the values of each enumeration, in the order of the values.
#include <array>

#include "harness/record/result.h"

namespace record {

template <typename Enum> inline constexpr int words = 0;
template <> inline constexpr std::array<std::string_view, 12> words<What>{
    "opened", "refused", "sent", "received", "ended", "reset", "finished", "dropped", "frame_sent", "frame_received", "control", "left_out"};
template <> inline constexpr std::array<std::string_view, 5> words<Verdict>{"pass", "fail", "inconclusive", "skip", "error"};
template <> inline constexpr std::array<std::string_view, 5> words<Kept>{"pass", "fail", "warning", "inconclusive", "recorded"};
template <> inline constexpr std::array<std::string_view, 3> words<Outcome>{"held", "not_held", "not_reached"};

}  // namespace record
