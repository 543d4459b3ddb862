#include "harness/engine/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <deque>
#include <sstream>

#include "harness/engine/lane.h"
#include "harness/engine/not_played.h"

namespace engine {
namespace {

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

using Queue = std::deque<std::pair<Own, Cases>>;

Duration takes(const std::pair<Own, Cases>& aside) {
  Duration sum{};
  for (auto* one : aside.second) sum += length(*one);
  return aside.first.alone ? sum : length(*aside.second.front());
}

void tell_failed_start(const Cases& cases, const Target& target, const std::string& trouble, const Run& run) {
  std::istringstream lines(trouble);
  std::string first, line;
  std::getline(lines, first);
  std::vector<std::string> rest;
  while (std::getline(lines, line)) rest.push_back(line);
  for (auto* one : cases) {
    auto result = not_played(*one, target, record::Verdict::error, "no broker of its own: " + first);
    result.log = rest;
    run.report(std::move(result));
  }
}

asio::awaitable<void> play_aside(Own own, Cases cases, Stage& main, const Run& run) {
  auto executor = co_await asio::this_coro::executor;
  std::unique_ptr<Instance> instance;
  std::string trouble;
  try {
    instance = co_await run.plan.own_instance(own.setup);
  } catch (const std::runtime_error& error) {
    trouble = error.what();
  }
  if (!instance) {
    tell_failed_start(cases, main.instance.target, trouble, run);
    co_return;
  }
  instance->target.refuses = main.instance.target.refuses;
  instance->target.lacks = main.instance.target.lacks;
  if (own.setup.empty()) instance->target.delivers = main.instance.target.delivers;   // configured otherwise it may never have done so
  SharedBroker shared(*instance, main.clock, executor);
  Stage stage{shared, main.clock, main.pace, main.catalogue, main.run_id, main.interrupted, {}, {}};
  main.beside.insert(&stage);
  Lane lane(cases, own.alone ? 1 : run.plan.jobs, stage, run, executor, &shared);
  co_await lane.run();
  main.beside.erase(&stage);
}

asio::awaitable<void> play_asides(Queue& queue, Stage& main, const Run& run) {
  while (!queue.empty() && !main.interrupted) {
    auto next = std::move(queue.front());
    queue.pop_front();
    co_await play_aside(next.first, rounds(next.second, run.plan.repeat), main, run);
  }
}

}  // namespace

asio::awaitable<Course> play_suite(Plan plan, Stage& stage, std::function<void(record::Result)> report) {
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
    if (!reason.empty()) report(not_played(*one, target, record::Verdict::skip, reason));
    else if (own) aside_cases[{one->setup, one->alone, acts}].push_back(one);
    else (apart ? last : together).push_back(one);
  }

  Queue queue(aside_cases.begin(), aside_cases.end());
  std::sort(queue.begin(), queue.end(), [](auto& a, auto& b) { return takes(a) > takes(b); });
  auto lanes = plan.instances > 0 ? std::min(std::size_t(plan.instances), queue.size()) : queue.size();
  for (std::size_t i = 0; i < lanes; ++i) {
    ++aside.running;
    asio::co_spawn(executor, play_asides(queue, stage, run), [&](std::exception_ptr trouble) { aside.ended(trouble); });
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
