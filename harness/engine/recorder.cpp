#include "harness/engine/recorder.h"

#include <fmt/format.h>

#include <algorithm>

namespace engine {

constexpr std::size_t kept_at_an_end = 12;   // events: three messages and their acknowledgements

void Recorder::leave_out(std::size_t from, const std::set<int*>& references) {
  auto begin = from + kept_at_an_end;
  if (trace.size() < begin + kept_at_an_end + 1) return;
  auto end = trace.size() - kept_at_an_end;
  for (auto* reference : references)
    if (*reference >= int(begin)) end = std::min(end, std::size_t(*reference));
  if (end <= begin + 1) return;
  record::Event summary;
  summary.at = trace[begin].at;
  summary.step = step;
  summary.what = record::What::left_out;
  auto sent = std::count_if(trace.begin() + std::ptrdiff_t(begin), trace.begin() + std::ptrdiff_t(end), [](auto& event) { return event.what == record::What::sent; });
  auto packets = end - begin;
  summary.text = fmt::format("{} packets more to the broker and {} from it, like those before and behind", sent, packets - std::size_t(sent));
  trace.erase(trace.begin() + std::ptrdiff_t(begin) + 1, trace.begin() + std::ptrdiff_t(end));
  trace[begin] = std::move(summary);
  for (auto* reference : references)
    if (*reference >= int(end)) *reference -= int(packets) - 1;
}

}  // namespace engine
