#include "harness/engine/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "harness/engine/expectation.h"
#include "harness/engine/not_played.h"
#include "harness/engine/probe.h"
#include "harness/engine/secrets.h"
#include "harness/engine/tidy.h"

namespace engine {
namespace {

using namespace std::chrono_literals;
using record::Kept;
using record::Verdict;

constexpr auto held_up_too_long = 500ms;
constexpr int most_plays = 4;      // of one case, when the machine holds the harness up each time
constexpr int fresh_clients = 4;   // after what was no pass: a broker that lost one of its threads may still serve every second client
constexpr auto outlived = 500ms;   // a broker that lives so long after a case did not die of it
constexpr int most_tried = 100;    // of the cases that ended shortly before the broker was lost
constexpr auto last_breath = 1s;   // from the end of a process's connections to its own, at most

// Whether being held up so long may have made the verdict what it is. An upper bound was kept all the same where it left more time than that.
bool may_be_due_to(Duration held_up, const scenario::Case& one, const record::Result& result) {
  if (result.verdict != Verdict::pass || one.phases.times > 1) return true;
  for (std::size_t i = 0; i < one.steps.size(); ++i) {
    if (std::holds_alternative<scenario::Wait>(one.steps[i].action)) return true;
    auto expect = std::get_if<scenario::Expect>(&one.steps[i].action);
    if (!expect || (!expect->within && !expect->not_before)) continue;
    if (expect->not_before || alternative_of(*expect, scenario::Alternative::Kind::nothing)) return true;
    if (result.steps[i].limit - result.steps[i].took < held_up) return true;
  }
  return false;
}

// A crash ends connections too: a pass may owe to it the end that it expected.
bool owes_to_a_close(const scenario::Case& one, const record::Result& result) {
  bool expected = std::any_of(one.steps.begin(), one.steps.end(), [](auto& step) {
    auto expect = std::get_if<scenario::Expect>(&step.action);
    return expect && alternative_of(*expect, scenario::Alternative::Kind::closed);
  });
  return expected && std::any_of(result.trace.begin(), result.trace.end(), [](auto& event) {
    return event.step >= 0 && (event.what == record::What::ended || event.what == record::What::reset);
  });
}

bool takes_the_broker_down(const scenario::Case& one) {
  return std::any_of(one.steps.begin(), one.steps.end(), [](auto& step) { return std::holds_alternative<scenario::Control>(step.action); });
}

std::string unique_name() {
  static std::uint32_t count = 0;
  constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string name;
  for (auto n = count++; name.size() < 4; n /= 36) name.insert(name.begin(), digits[n % 36]);
  return name;
}

std::string names_of(const Cases& cases) {
  std::string names;
  for (auto* one : cases) names += (names.empty() ? "" : ", ") + scenario::full_name(*one);
  return names;
}

}  // namespace

Duration length(const scenario::Case& one) {
  Duration sum = one.phases.over;
  for (auto& step : one.steps) {
    if (auto wait = std::get_if<scenario::Wait>(&step.action)) sum += wait->time;
    if (auto expect = std::get_if<scenario::Expect>(&step.action)) sum += expect->within.value_or(scenario::Milliseconds(0));
  }
  return sum;
}

Lane::Lane(const Cases& cases, int jobs, Stage& stage, const Run& run, asio::any_io_executor executor, SharedBroker* shared)
    : waiting_(cases.begin(), cases.end()), jobs_(jobs), stage_(stage), run_(run), shared_(shared), idle_(executor), executor_(executor) {}

asio::awaitable<void> Lane::run() {
  while (!stage_.interrupted && (!waiting_.empty() || !ended_.empty())) {
    if (waiting_.empty()) {   // the broker may have died of the very last ones
      std::string loss = co_await how_died();
      if (loss.empty()) break;
      lost_ = loss;
    } else {
      co_await play_many();
    }
    if (!lost_.empty() && !stage_.interrupted) co_await after_a_loss();
  }
  report_until(Time::max());
}

asio::awaitable<void> Lane::play_many() {
  auto crew = std::min<std::size_t>(std::size_t(jobs_), waiting_.size());
  working_ = crew;
  for (std::size_t i = 0; i < crew; ++i)
    asio::co_spawn(executor_, [this] { return work(); }, [this](std::exception_ptr trouble) {
      if (trouble) trouble_ = trouble;
      if (--working_ == 0) idle_.raise();
    });
  while (working_ > 0) co_await stage_.clock.wait(idle_, Time::max());
  if (trouble_) std::rethrow_exception(trouble_);
}

asio::awaitable<void> Lane::work() {
  while (!waiting_.empty() && lost_.empty() && !stage_.interrupted) {
    auto* one = waiting_.front();
    waiting_.pop_front();
    if (shared_) shared_->join();
    record::Result result = co_await play_here(*one);
    std::string loss = co_await lost_by(*one, result);
    if (shared_) shared_->leave();
    if (stage_.interrupted) break;
    if (!loss.empty()) lost_ = loss;
    if (loss.empty() && (lost_.empty() || result.verdict == Verdict::pass)) ended_.push_back({one, std::move(result), stage_.clock.now()});
    else suspects_.push_back(one);
    if (lost_.empty()) report_until(stage_.clock.now() - outlived);
  }
}

// A broker that cannot be started again is no use for finding out who was to blame: nobody waits for it.
void Lane::report_until(Time time) {
  if (stage_.instance.target.lacks.contains("restart")) time = Time::max();
  for (; !ended_.empty() && ended_.front().when <= time; ended_.pop_front()) tell(std::move(ended_.front().result));
}

// Without the password of this lane's broker.
void Lane::tell(record::Result result) {
  if (auto& account = stage_.instance.target.account) mask(result, account->password);
  run_.report(std::move(result));
}

// A verdict counts only when the harness kept its own time, as far as it was about time.
asio::awaitable<record::Result> Lane::play_here(const scenario::Case& one) {
  for (int plays = 1;; ++plays) {
    auto started = stage_.clock.now();
    record::Result result = co_await play_now(one);
    auto held_up = run_.heartbeat.held_up_since(started);
    bool doubtful = held_up > held_up_too_long && may_be_due_to(held_up, one, result);
    if (!doubtful || stage_.interrupted) co_return result;
    if (plays < most_plays) continue;
    auto reason = fmt::format("the machine held the harness up for {} ms while this case was played, {} times in a row: give it more room, or fewer --jobs",
                              std::chrono::duration_cast<std::chrono::milliseconds>(held_up).count(), plays);
    co_return not_played(one, stage_.instance.target, Verdict::inconclusive, std::move(reason));
  }
}

asio::awaitable<record::Result> Lane::play_now(const scenario::Case& one) {
  auto unique = unique_name();
  auto log = stage_.instance.log_position();
  auto started = stage_.clock.now();
  record::Result result = co_await play(one, stage_, unique);
  result.started = std::chrono::duration_cast<record::Microseconds>(started - run_.begin);
  // A broker that was stopped tells of what it kept in lines that name no client.
  const bool whole = result.verdict != Verdict::pass && takes_the_broker_down(one);
  for (auto& line : stage_.instance.log_since(log))
    if (whole || line.find(stage_.run_id + unique) != line.npos || line.find(stage_.run_id + "/" + unique) != line.npos) result.log.push_back(line);
  if (!stage_.instance.target.ours && !stage_.interrupted) co_await tidy_up(result, stage_, unique + "z");
  co_return result;
}

// Empty: the broker lives and serves new clients.
asio::awaitable<std::string> Lane::how_lost(int clients) {
  std::string trouble;
  auto death = stage_.instance.death();
  if (!death) trouble = co_await probe_alive(stage_, clients);
  if (stage_.interrupted || (!death && trouble.empty())) co_return std::string();
  if (!death) death = co_await stage_.instance.death_by(stage_.clock.now() + last_breath);
  co_return death ? "the broker died: it " + *death : "the broker no longer serves new clients (" + trouble + ")";
}

// The same after a pass: a broker of ours that lives has done what it should, and may turn a new client away.
asio::awaitable<std::string> Lane::how_died() {
  std::string loss = co_await how_lost(1);
  if (stage_.instance.target.ours && !stage_.instance.death()) loss.clear();
  co_return loss;
}

// Empty: it is not lost, or this case has nothing to do with it. A client that is served after the end of a connection shows that no crash ended that.
asio::awaitable<std::string> Lane::lost_by(const scenario::Case& one, const record::Result& result) {
  bool passed = result.verdict == Verdict::pass;
  if (stage_.interrupted || (passed && !owes_to_a_close(one, result))) co_return std::string();
  std::string loss;
  if (passed) loss = co_await how_died();
  else loss = co_await how_lost(fresh_clients);
  co_return loss;
}

asio::awaitable<void> Lane::after_a_loss() {
  auto suspects = std::exchange(suspects_, {});
  auto loss = std::exchange(lost_, {});
  if (stage_.instance.target.lacks.contains("restart")) {
    run_.course.deaths.push_back(fmt::format("{}, while these were played: {}", loss, names_of(suspects)));
    give_up(suspects, loss);
    co_return;
  }
  std::string trouble = co_await revive();
  if (trouble.empty()) trouble = co_await find_the_guilty(suspects, loss);
  else run_.course.deaths.push_back(fmt::format("{}, while these were played: {}", loss, names_of(suspects)));
  if (trouble.empty() || stage_.interrupted) co_return;
  run_.course.deaths.push_back("it does not come back: " + trouble);
  give_up(suspects, loss + ", and does not come back");
}

// Nothing more can be said of these, nor of those that were still to be played; those that ended before stand.
void Lane::give_up(const Cases& suspects, const std::string& loss) {
  run_.course.uncharged = true;
  report_until(Time::max());
  for (auto* one : suspects) tell(not_played(*one, stage_.instance.target, Verdict::inconclusive, loss));
  for (auto* one : waiting_) tell(not_played(*one, stage_.instance.target, Verdict::inconclusive, "not played: " + loss));
  waiting_.clear();
}

// Leaves in `suspects` those that nobody has judged; empty: all well, otherwise why the broker does not come back.
asio::awaitable<std::string> Lane::find_the_guilty(Cases& suspects, const std::string& loss) {
  const auto names = names_of(suspects);
  std::sort(suspects.begin(), suspects.end(), [](auto* a, auto* b) { return std::tuple(length(*a), a) < std::tuple(length(*b), b); });
  std::vector<record::Result> acquitted;
  std::string guilty;
  Charged charged;
  while (!suspects.empty() && guilty.empty() && !stage_.interrupted) {
    charged = co_await play_again(*suspects.front());
    if (stage_.interrupted) break;
    if (charged.guilty) guilty = scenario::full_name(*suspects.front());
    if (charged.guilty) tell(std::move(charged.result));
    else acquitted.push_back(std::move(charged.result));
    suspects.erase(suspects.begin());
  }
  int tried = 0;
  for (auto last = ended_.rbegin(); last != ended_.rend() && guilty.empty() && tried < most_tried && !stage_.interrupted; ++last, ++tried) {
    charged = co_await play_again(*last->one);
    if (!charged.guilty) continue;
    guilty = scenario::full_name(*last->one);
    last->result = std::move(charged.result);
  }
  if (guilty.empty()) run_.course.uncharged = true;
  run_.course.deaths.push_back(guilty.empty() ? fmt::format("{}, while these were played: {}; none of them brings it about alone", loss, names)
                                              : fmt::format("{}, of {}", loss.substr(0, loss.find(" (a new client")), guilty));
  for (auto& result : acquitted) {
    if (guilty.empty() && result.verdict != Verdict::fail) leave_open(result, loss);
    tell(std::move(result));
  }
  if (charged.trouble.empty()) waiting_.insert(waiting_.begin(), suspects.begin(), suspects.end());
  co_return charged.trouble;
}

// Alone, on a broker that has just been started or has outlived the play before.
asio::awaitable<Lane::Charged> Lane::play_again(const scenario::Case& one) {
  Charged charged;
  charged.result = co_await play_here(one);
  std::string loss = co_await how_lost(fresh_clients);
  if (loss.empty()) co_return charged;
  charged.guilty = true;
  charge(charged.result, loss);
  charged.trouble = co_await revive();
  co_return charged;
}

asio::awaitable<std::string> Lane::revive() {
  std::string trouble;
  try {
    if (!stage_.instance.death()) co_await stage_.instance.control(scenario::Control::Act::kill);
    co_await stage_.instance.control(scenario::Control::Act::start);
  } catch (const std::runtime_error& error) {
    trouble = error.what();
  }
  if (trouble.empty()) trouble = co_await probe_alive(stage_);
  co_return trouble;
}

// The statement that was at stake when the broker was lost: the first that did not hold, or, where all seemed to hold, the last.
void Lane::charge(record::Result& result, const std::string& loss) const {
  result.verdict = Verdict::fail;
  result.reason = loss + " (again when this case was played alone)";
  result.log = stage_.instance.last_words();
  record::Finding* at_stake = nullptr;
  for (auto& finding : result.findings) {
    if (finding.verdict == Kept::recorded || stage_.catalogue.behaviour(finding.statement)) continue;
    at_stake = &finding;
    if (finding.verdict == Kept::fail || finding.verdict == Kept::inconclusive) break;
  }
  if (!at_stake) return;
  at_stake->verdict = Kept::fail;
  at_stake->actual = result.reason;
}

void Lane::leave_open(record::Result& result, const std::string& loss) const {
  result.verdict = Verdict::inconclusive;
  result.reason = loss + " while this case was played; none of those that were brings it about alone";
  for (auto& finding : result.findings)
    if (finding.verdict == Kept::pass) finding.verdict = Kept::inconclusive;
}

}  // namespace engine
