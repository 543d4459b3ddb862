#include <algorithm>

#include "harness/json/document.h"

namespace json {
namespace {

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

// Insertions, deletions, replacements and swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last;
    last = now;
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = 0;
  for (const auto& candidate : known) {
    const auto longer = std::max(word.size(), candidate.size()), shorter = std::min(word.size(), candidate.size());
    const auto limit = std::max<std::size_t>(longer / 3, 1);
    if (longer - shorter > limit || longer > 100) continue;
    const auto far = distance(lowered(word), lowered(candidate));
    if (far > limit || far >= shorter) continue;
    if (!best || far < least) {
      best = &candidate;
      least = far;
    }
  }
  return best ? std::optional(*best) : std::nullopt;
}

}  // namespace json
