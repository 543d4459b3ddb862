#include "harness/engine/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <deque>

#include "harness/engine/grading.h"
#include "harness/engine/heartbeat.h"
#include "harness/engine/probe.h"
#include "harness/engine/shared_broker.h"
#include "harness/engine/tidy.h"

namespace engine {
namespace {

using record::Verdict;
using Report = std::function<void(record::Result)>;

// How long a case may take by what its steps say.
Duration length(const scenario::Case& one) {
  Duration sum = one.phases.over;
  for (auto& step : one.steps) {
    if (auto wait = std::get_if<scenario::Wait>(&step.action)) sum += wait->time;
    if (auto expect = std::get_if<scenario::Expect>(&step.action)) sum += expect->within.value_or(scenario::Milliseconds(0));
  }
  return sum;
}

constexpr auto held_up_too_long = std::chrono::milliseconds(500);
constexpr int fresh_clients = 4;   // after what was no pass: a broker that lost one of its threads may still serve every second client
constexpr int most_plays = 4;   // of one case, when the machine holds the harness up each time

bool about_time(const scenario::Case& one) {
  return one.phases.times > 1 || std::any_of(one.steps.begin(), one.steps.end(), [](auto& step) {
    auto expect = std::get_if<scenario::Expect>(&step.action);
    return std::holds_alternative<scenario::Wait>(step.action) || (expect && (expect->within || expect->not_before));
  });
}

// Empty: it can be played here.
std::string why_not(const scenario::Case& one, const Target& target, bool may_break) {
  if (!may_break && std::find(one.tags.begin(), one.tags.end(), "intrusive") != one.tags.end())
    return "intrusive: what it sends has brought brokers down, and this one is not on loopback; say --i-may-break-this-broker when it may";
  if (auto refused = target.refuses.find(one.version); refused != target.refuses.end()) return refused->second;
  if (!one.transport.empty() && target.websocket.empty())
    return fmt::format("needs a WebSocket: {}", target.ours ? "the broker's profile has no listener 'ws' or 'wss'" : "the URL is neither ws:// nor wss://");
  for (auto& step : one.steps)
    if (auto open = std::get_if<scenario::Open>(&step.action); open && open->version)
      if (auto refused = target.refuses.find(*open->version); refused != target.refuses.end())
        return fmt::format("has a client of MQTT {}: {}", mqtt::name(*open->version), refused->second);
  for (auto& need : one.needs)
    if (auto lack = target.lacks.find(need); lack != target.lacks.end()) return fmt::format("needs {}: {}", need, lack->second);
  if (!one.setup.empty() && !target.setups.contains(one.setup))
    return fmt::format("needs a broker in the setup {}: {}", one.setup, target.ours ? "its profile has none" : "only a profile can start one (--broker)");
  return {};
}

record::Result not_played(const scenario::Case& one, const Target& target, Verdict verdict, std::string reason) {
  record::Result result;
  result.scenario = one.scenario;
  result.case_name = one.name;
  result.title = one.title;
  result.tags = one.tags;
  result.version = one.version;
  result.transport = one.transport.empty() ? target.transport : target.websocket.empty() ? one.transport : target.websocket;
  result.verdict = verdict;
  result.reason = std::move(reason);
  for (auto& step : one.steps)
    for (auto& statement : step.checks) {
      record::Finding finding;
      finding.statement = statement;
      finding.verdict = record::Kept::inconclusive;
      finding.expected = expectation(step.text);
      finding.where = scenario::to_string(step.place);
      result.findings.push_back(std::move(finding));
    }
  return result;
}

std::string unique_name() {
  static std::uint32_t count = 0;
  constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string name;
  for (auto n = count++; name.size() < 4; n /= 36) name.insert(name.begin(), digits[n % 36]);
  return name;
}

// What the lanes of one run share.
struct Run {
  const Plan& plan;
  const Report& report;
  Course& course;
  const Heartbeat& heartbeat;
  Time begin;
};

// A row of cases on one broker. When the broker dies, those that were being played are suspects: each is played again alone.
class Lane {
public:
  Lane(std::vector<const scenario::Case*> cases, int jobs, Stage& stage, const Run& run, asio::any_io_executor ex, SharedBroker* shared = nullptr)
      : waiting_(cases.begin(), cases.end()), jobs_(jobs), stage_(stage), run_(run), shared_(shared), idle_(ex), executor_(ex) {}

  asio::awaitable<void> run() {
    while (!waiting_.empty() && !stage_.interrupted) {
      co_await play_many();
      if (lost_.empty() || stage_.interrupted) continue;
      co_await after_a_loss();
    }
  }

private:
  asio::awaitable<void> play_many() {
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

  asio::awaitable<void> work() {
    while (!waiting_.empty() && lost_.empty() && !stage_.interrupted) {
      auto* one = waiting_.front();
      waiting_.pop_front();
      if (shared_) shared_->join();
      record::Result result = co_await play_here(*one);
      std::string loss;
      if (result.verdict != Verdict::pass && !stage_.interrupted) loss = co_await how_lost();
      if (shared_) shared_->leave();
      if (stage_.interrupted) break;
      if (!loss.empty()) lost_ = loss;
      if (lost_.empty() || result.verdict == Verdict::pass) run_.report(std::move(result));
      else suspects_.push_back(one);
    }
  }

  // A verdict about time, or one that is no pass, counts only when the harness kept its own time.
  asio::awaitable<record::Result> play_here(const scenario::Case& one) {
    for (int plays = 1;; ++plays) {
      auto started = stage_.clock.now();
      record::Result result = co_await play_now(one);
      auto held_up = run_.heartbeat.held_up_since(started);
      bool doubtful = held_up > held_up_too_long && (about_time(one) || result.verdict != Verdict::pass);
      if (!doubtful || stage_.interrupted) co_return result;
      if (plays < most_plays) continue;
      auto reason = fmt::format("the machine held the harness up for {} ms while this case was played, {} times in a row: give it more room, or fewer --jobs",
                                std::chrono::duration_cast<std::chrono::milliseconds>(held_up).count(), plays);
      co_return not_played(one, stage_.instance.target, Verdict::inconclusive, std::move(reason));
    }
  }

  asio::awaitable<record::Result> play_now(const scenario::Case& one) {
    auto unique = unique_name();
    auto log = stage_.instance.log_position();
    auto started = stage_.clock.now();
    record::Result result = co_await play(one, stage_, unique);
    result.started = std::chrono::duration_cast<record::Microseconds>(started - run_.begin);
    bool died = stage_.instance.death().has_value();
    for (auto& line : stage_.instance.log_since(log))
      if (died || line.find(stage_.run_id + unique) != line.npos || line.find(stage_.run_id + "/" + unique) != line.npos) result.log.push_back(line);
    if (!stage_.instance.target.ours && !stage_.interrupted) co_await tidy_up(result, stage_, unique + "z");
    co_return result;
  }

  // Empty: the broker lives and serves new clients.
  asio::awaitable<std::string> how_lost() {
    if (auto death = stage_.instance.death()) co_return "the broker died: it " + *death;
    std::string trouble = co_await probe_alive(stage_, fresh_clients);
    if (auto death = stage_.instance.death()) co_return "the broker died: it " + *death;
    if (trouble.empty() || stage_.interrupted) co_return std::string();
    co_return "the broker no longer serves new clients (" + trouble + ")";
  }

  asio::awaitable<void> after_a_loss() {
    std::string names;
    for (auto* one : suspects_) names += (names.empty() ? "" : ", ") + scenario::full_name(*one);
    run_.course.deaths.push_back(fmt::format("{}, while these were played: {}", lost_, names));
    if (stage_.instance.target.lacks.contains("restart")) {
      for (auto* one : suspects_) run_.report(not_played(*one, stage_.instance.target, Verdict::inconclusive, lost_));
      for (auto* one : waiting_) run_.report(not_played(*one, stage_.instance.target, Verdict::inconclusive, "not played: " + lost_));
      waiting_.clear();
      co_return;
    }
    auto suspects = std::exchange(suspects_, {});
    co_await revive();
    for (auto* one : suspects) {
      if (stage_.interrupted) co_return;
      record::Result result = co_await play_here(*one);
      std::string loss = co_await how_lost();
      if (!loss.empty()) {
        charge(result, loss);
        co_await revive();
      }
      run_.report(std::move(result));
    }
  }

  asio::awaitable<void> revive() {
    lost_.clear();
    if (!stage_.instance.death()) co_await stage_.instance.control(scenario::Control::Act::kill);
    co_await stage_.instance.control(scenario::Control::Act::start);
  }

  void charge(record::Result& result, const std::string& loss) const {
    result.verdict = Verdict::fail;
    result.reason = loss + " (again when this case was played alone)";
    for (auto& finding : result.findings) {
      if (finding.verdict == record::Kept::pass || stage_.catalogue.behaviour(finding.statement)) continue;
      finding.verdict = record::Kept::fail;
      finding.actual = result.reason;
    }
  }

  std::deque<const scenario::Case*> waiting_;
  std::vector<const scenario::Case*> suspects_;
  int jobs_;
  Stage& stage_;
  const Run& run_;
  SharedBroker* shared_;               // none: each play that takes the broker down has it to itself
  net::Signal idle_;
  asio::any_io_executor executor_;
  std::size_t working_ = 0;
  std::string lost_;                   // why the broker is lost; empty: it lives
  std::exception_ptr trouble_;
};

// What runs beside the main lane: lanes on brokers of their own, and the heartbeat.
struct Aside {
  explicit Aside(asio::any_io_executor executor) : finished(executor) {}
  net::Signal finished;
  int running = 0;
  std::exception_ptr trouble;
  void ended(std::exception_ptr with) {
    if (with) trouble = with;
    --running;
    finished.raise();
  }
};

// Cases that are played on one broker of their own.
struct Own {
  std::string setup;
  bool alone = false;
  std::vector<scenario::Control::Act> acts;   // what they do to it, together; empty where they are alone
  auto operator<=>(const Own&) const = default;
};
using Cases = std::vector<const scenario::Case*>;

std::vector<scenario::Control::Act> acts_of(const scenario::Case& one) {
  std::vector<scenario::Control::Act> acts;
  for (auto& step : one.steps)
    if (auto control = std::get_if<scenario::Control>(&step.action)) acts.push_back(control->act);
  return acts;
}

Cases rounds(const Cases& cases, int times) {
  Cases all;
  for (int i = 0; i < times; ++i) all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

asio::awaitable<void> play_aside(Own own, Cases cases, Stage& main, const Run& run) {
  auto executor = co_await asio::this_coro::executor;
  std::unique_ptr<Instance> instance = co_await run.plan.own_instance(own.setup);
  instance->target.refuses = main.instance.target.refuses;
  instance->target.lacks = main.instance.target.lacks;
  SharedBroker shared(*instance, main.clock, executor);
  Stage stage{shared, main.clock, main.pace, main.catalogue, main.run_id, main.interrupted, {}, {}};
  main.beside.insert(&stage);
  Lane lane(std::move(cases), own.alone ? 1 : run.plan.jobs, stage, run, executor, &shared);
  co_await lane.run();
  main.beside.erase(&stage);
}

}  // namespace

asio::awaitable<Course> play_suite(Plan plan, Stage& stage, Report report) {
  auto executor = co_await asio::this_coro::executor;
  Course course;
  Heartbeat heartbeat(stage.clock, executor);
  Aside aside(executor);
  ++aside.running;
  asio::co_spawn(executor, heartbeat.beat(), [&](std::exception_ptr) { aside.ended({}); });
  Run run{plan, report, course, heartbeat, stage.clock.now()};
  auto& target = stage.instance.target;
  auto key = [](const scenario::Case* one) { return std::tuple(-length(*one), one); };
  std::sort(plan.cases.begin(), plan.cases.end(), [&](auto* a, auto* b) { return key(a) < key(b); });

  Cases together, last;
  std::map<Own, Cases> aside_cases;
  for (auto* one : plan.cases) {
    auto reason = why_not(*one, target, plan.may_break);
    auto acts = acts_of(*one);
    bool apart = one->alone || !acts.empty();
    if (one->alone) acts.clear();
    bool own = !one->setup.empty() || (apart && plan.own_instance);
    if (reason.empty() && apart && !own && !plan.exclusive)
      reason = "must be alone on the broker: say --exclusive when nobody else uses it";
    if (!reason.empty()) report(not_played(*one, target, Verdict::skip, reason));
    else if (own) aside_cases[{one->setup, one->alone, acts}].push_back(one);
    else (apart ? last : together).push_back(one);
  }

  for (auto& [own, cases] : aside_cases) {
    ++aside.running;
    asio::co_spawn(executor, play_aside(own, rounds(cases, plan.repeat), stage, run), [&](std::exception_ptr trouble) { aside.ended(trouble); });
  }
  Lane main(rounds(together, plan.repeat), plan.jobs, stage, run, executor);
  co_await main.run();
  Lane end(rounds(last, plan.repeat), 1, stage, run, executor);
  co_await end.run();
  while (aside.running > 1) co_await stage.clock.wait(aside.finished, Time::max());
  heartbeat.stop();
  while (aside.running > 0) co_await stage.clock.wait(aside.finished, Time::max());
  if (aside.trouble) std::rethrow_exception(aside.trouble);
  course.interrupted = stage.interrupted;
  co_return course;
}

}  // namespace engine
