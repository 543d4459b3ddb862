#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>

#include "harness/engine/player.h"
#include "harness/engine/waiting.h"

namespace engine {
namespace {

using record::Kept;
using record::Verdict;

struct Phases {
  Phases(int times, asio::any_io_executor executor) : results(std::size_t(times)), left(times), finished(executor) {}
  std::vector<record::Result> results;
  int left;
  net::Signal finished;
};

asio::awaitable<void> play_phase(std::shared_ptr<Phases> all, const scenario::Case& one, Stage& stage, std::string unique, int number) {
  auto executor = co_await asio::this_coro::executor;
  net::Signal wake(executor);
  stage.players.insert(&wake);
  auto start = stage.clock.now() + one.phases.over * number / one.phases.times;
  while (!stage.interrupted && stage.clock.now() < start) co_await stage.clock.wait(wake, start);
  stage.players.erase(&wake);
  auto begun = stage.clock.now();
  record::Result result = co_await play_once(one, stage, unique + char('a' + number));
  auto offset = std::chrono::duration_cast<record::Microseconds>(begun - start + one.phases.over * number / one.phases.times);
  for (auto& event : result.trace) {
    event.at += offset;
    event.client += fmt::format(".{}", number + 1);
  }
  all->results[std::size_t(number)] = std::move(result);
  if (--all->left == 0) all->finished.raise();
}

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::error: return 4;
    case Verdict::fail: return 3;
    case Verdict::inconclusive: return 2;
    default: return 1;
  }
}

// "kept (4 of 6 phases); dropped (2 of 6 phases)": what the phases answered to a behaviour, each answer once; one answer of all stands alone.
std::string answers(const std::vector<record::Result>& all, const record::Finding& asked) {
  std::map<std::string, int> count;
  for (auto& each : all)
    for (auto& finding : each.findings)
      if (finding.statement == asked.statement && finding.step == asked.step && finding.verdict == Kept::recorded) ++count[finding.actual];
  if (count.size() == 1) return count.begin()->first;
  std::string told;
  for (auto& [answer, times] : count) told += fmt::format("{}{} ({} of {} phases)", told.empty() ? "" : "; ", answer, times, all.size());
  return told;
}

// " (3.1 to 7.5 s in 6 phases)": how long the broker took in those phases where it came to that; empty: the step bounds no time.
std::string spread(const std::vector<record::Result>& all, const record::Finding& timed) {
  std::vector<record::Microseconds> took;
  for (auto& each : all)
    for (auto& finding : each.findings)
      if (finding.statement == timed.statement && finding.step == timed.step && finding.took.count() >= 0) took.push_back(finding.took);
  if (took.empty()) return {};
  auto [least, most] = std::minmax_element(took.begin(), took.end());
  auto from = seconds(*least), to = seconds(*most);
  auto unit = [](const std::string& time) { return time.substr(time.rfind(' ')); };
  auto span = from == to ? to : fmt::format("{} to {}", unit(from) == unit(to) ? from.substr(0, from.rfind(' ')) : from, to);
  auto phases = took.size() == all.size() ? fmt::format("{}", all.size()) : fmt::format("{} of {}", took.size(), all.size());
  return fmt::format(" ({} in {} phases)", span, phases);
}

// The findings and steps of the worst phase, with "in 4 of 6 phases"; the events of all.
record::Result merge(std::vector<record::Result> all) {
  auto worst = std::max_element(all.begin(), all.end(), [](auto& a, auto& b) { return rank(a.verdict) < rank(b.verdict); });
  auto merged = *worst;
  auto same = std::count_if(all.begin(), all.end(), [&](auto& each) { return each.verdict == merged.verdict; });
  for (auto& finding : merged.findings) {
    if (finding.verdict == Kept::recorded) finding.actual = answers(all, finding);
    if (finding.verdict != Kept::inconclusive) finding.actual += spread(all, finding);
    if (finding.verdict != Kept::fail && finding.verdict != Kept::warning) continue;
    auto broken = std::count_if(all.begin(), all.end(), [&](auto& each) {
      return std::any_of(each.findings.begin(), each.findings.end(),
                         [&](auto& other) { return other.statement == finding.statement && other.verdict == finding.verdict; });
    });
    finding.actual = fmt::format("in {} of {} phases; one of them: {}", broken, all.size(), finding.actual);
  }
  if (merged.verdict != Verdict::pass) merged.reason = fmt::format("in {} of {} phases; one of them: {}", same, all.size(), merged.reason);

  struct Source { std::size_t phase, event; };
  std::vector<Source> order;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < all[i].trace.size(); ++j) order.push_back({i, j});
  auto key = [&](const Source& source) { return std::tuple(all[source.phase].trace[source.event].at, source.phase, source.event); };
  std::sort(order.begin(), order.end(), [&](auto& a, auto& b) { return key(a) < key(b); });
  auto chosen = std::size_t(worst - all.begin());
  merged.trace.clear();
  std::map<int, int> moved;  // event of the worst phase -> its place among all
  for (auto& source : order) {
    if (source.phase == chosen) moved[int(source.event)] = int(merged.trace.size());
    merged.trace.push_back(all[source.phase].trace[source.event]);
  }
  for (auto& finding : merged.findings)
    if (finding.event >= 0) finding.event = moved[finding.event];
  return merged;
}

}  // namespace

asio::awaitable<record::Result> play(const scenario::Case& one, Stage& stage, std::string unique) {
  auto executor = co_await asio::this_coro::executor;
  if (one.phases.times <= 1) {
    record::Result result = co_await play_once(one, stage, unique);
    co_return result;
  }
  auto begun = stage.clock.now();
  auto all = std::make_shared<Phases>(one.phases.times, executor);
  for (int i = 0; i < one.phases.times; ++i)
    asio::co_spawn(executor, [=, &one, &stage] { return play_phase(all, one, stage, unique, i); }, asio::detached);
  while (all->left > 0) co_await stage.clock.wait(all->finished, Time::max());
  auto merged = merge(std::move(all->results));
  merged.took = std::chrono::duration_cast<record::Microseconds>(stage.clock.now() - begun);
  co_return merged;
}

}  // namespace engine
