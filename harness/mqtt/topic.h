#pragma once
// Topic names and topic filters (section 4.7 of 3.1.1 and 5.0; appendix A of 3.1), shared subscriptions (5.0, section 4.8.2).
#include <cstddef>
#include <optional>
#include <string_view>

namespace mqtt {

inline constexpr std::size_t longest_topic = 65535;  // bytes

bool valid_topic_name(std::string_view topic);      // not empty, at most 65,535 bytes, well-formed UTF-8, no U+0000, + or #
bool valid_topic_filter(std::string_view filter);   // the same, but + and # alone in their level, # only at the end
bool matches(std::string_view filter, std::string_view topic);  // both valid; a filter that begins with a wildcard never matches $...

inline bool has_wildcard(std::string_view text) { return text.find_first_of("+#") != text.npos; }
// '#' or '+' when that character stands where a filter may not have it; else 0.
char misplaced_wildcard(std::string_view filter);

struct SharedFilter { std::string_view group, filter; };
inline bool begins_shared(std::string_view filter) { return filter.starts_with("$share/"); }
std::optional<SharedFilter> shared_filter(std::string_view filter);  // none: does not begin with "$share/", or is ill-formed

}  // namespace mqtt
