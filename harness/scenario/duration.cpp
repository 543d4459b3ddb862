#include "harness/scenario/duration.h"

#include <fmt/format.h>

namespace scenario {

std::optional<Milliseconds> duration_of(std::string_view text) {
  auto unit = text.find_first_not_of("0123456789.");
  if (unit == text.npos || unit == 0) return {};
  bool seconds = text.substr(unit) == "s";
  if (!seconds && text.substr(unit) != "ms") return {};
  text = text.substr(0, unit);
  auto dot = text.find('.');
  auto whole = text.substr(0, dot), part = dot == text.npos ? std::string_view() : text.substr(dot + 1);
  std::size_t digits = seconds ? 3 : 0;   // of a part of the unit that milliseconds can say
  if (whole.empty() || whole.size() > 9 || (dot != text.npos && (part.empty() || part.size() > digits)) || part.find('.') != part.npos) return {};
  long long value = 0;
  for (char digit : whole) value = value * 10 + (digit - '0');
  for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (i < part.size() ? part[i] - '0' : 0);
  return Milliseconds(value);
}

std::string to_words(Milliseconds time) {
  if (time.count() < 1000) return fmt::format("{} ms", time.count());
  return fmt::format("{} s", double(time.count()) / 1000);
}

}  // namespace scenario
