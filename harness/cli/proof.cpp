#include "harness/cli/proof.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/cli/embedded.h"
#include "harness/engine/player.h"

namespace cli {
namespace {

namespace asio = boost::asio;
using record::Kept;
using record::Verdict;
using Came = Attempt::Came;

bool broken(const record::Finding& finding) { return finding.verdict == Kept::fail || finding.verdict == Kept::warning; }

// Malformed bytes belong to the step at which they arrived, which may be one before the step that looks at their packet.
bool same_place(const record::Finding& a, const record::Finding& b) { return a.step == b.step || (a.event >= 0 && a.event == b.event); }

// A warning lets the play go on, so that further checks of the same statement may miss too.
bool same_warning(const record::Finding& a, const record::Finding& b) { return a.verdict == Kept::warning && a.statement == b.statement; }

// Every broken finding belongs to one step or to one packet, and the statement is among them.
Attempt judged(const scenario::Case& one, const Check& check, reference::Rule rule, const record::Result& result) {
  Attempt attempt{&one, check, rule, Came::unnoticed, {}, {}};
  auto own = std::find_if(result.findings.begin(), result.findings.end(), [&](auto& each) { return broken(each) && each.statement == check.statement; });
  if (own != result.findings.end()) {
    auto other = std::find_if(result.findings.begin(), result.findings.end(), [&](auto& each) { return broken(each) && !same_place(each, *own) && !same_warning(each, *own); });
    attempt.came = other == result.findings.end() ? Came::noticed : Came::elsewhere;
    attempt.finding = other == result.findings.end() ? *own : *other;
  } else if (result.verdict != Verdict::pass || std::any_of(result.findings.begin(), result.findings.end(), broken)) {
    attempt.came = Came::elsewhere;
    attempt.reason = fmt::format("{}: {}", record::name(result.verdict), result.reason);
  }
  return attempt;
}

std::string told(const Attempt& attempt) {
  auto& finding = attempt.finding;
  auto what = finding ? fmt::format("{}: expected {}; {}", finding->where, finding->expected, finding->actual) : attempt.reason;
  return fmt::format("{}, {} broken: {}", to_string(attempt.check), reference::row(attempt.rule).name, what);
}

// What the intact broker is to answer: to every behaviour, with an answer that the scenario has a name for. Empty: it does.
std::string nameless(const scenario::Case& one, const record::Result& result) {
  for (auto& finding : result.findings) {
    auto step = finding.step < 0 ? one.steps.size() : std::size_t(finding.step);
    if (step >= one.steps.size() || one.steps[step].records.empty()) continue;
    if (finding.verdict == Kept::recorded && scenario::names_answer(one.steps[step].action, finding.actual)) continue;
    return fmt::format("{}: {}: {}", finding.where, finding.statement,
                       finding.verdict == Kept::recorded ? fmt::format("the answer has no name (\"as\"): {}", finding.actual) : "there is no answer");
  }
  return {};
}

std::set<std::string> checks_of(const scenario::Case& one) {
  std::set<std::string> all;
  for (auto& step : one.steps) all.insert(step.checks.begin(), step.checks.end());
  return all;
}

}  // namespace

std::string to_string(const Check& check) { return fmt::format("{} [{}] {}", check.scenario, mqtt::name(check.version), check.statement); }

record::Result play_embedded(const scenario::Case& one, reference::Rules rules, const spec::Catalogue& catalogue) {
  asio::io_context io(1);
  net::VirtualClock clock;
  Embedded broker(rules, one.setup, clock, io.get_executor());
  engine::Pace pace;
  engine::Stage stage{broker, clock, pace, catalogue, "prove", false, {}, {}};
  record::Result result;
  std::exception_ptr trouble;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        result = co_await engine::play(one, stage, "0000");
        broker.stop();
      },
      [&](std::exception_ptr thrown) { trouble = thrown; });
  clock.run(io);
  if (trouble) std::rethrow_exception(trouble);
  return result;
}

std::set<Check> without_rule(const std::vector<const scenario::Case*>& cases) {
  std::set<Check> found;
  for (auto* one : cases)
    for (auto& statement : checks_of(*one))
      if (reference::rules_for(statement).empty()) found.insert({one->scenario, statement, one->version});
  return found;
}

Proof prove(const std::vector<const scenario::Case*>& cases, const spec::Catalogue& catalogue, bool all_rules, bool thorough,
            const std::function<void(const Attempt&)>& watch) {
  Proof proof;
  std::set<reference::Rule> guarded;
  std::map<Check, std::string> elsewhere;
  for (auto* one : cases) {
    auto intact = play_embedded(*one, {}, catalogue);
    ++proof.plays;
    if (intact.verdict != Verdict::pass || std::any_of(intact.findings.begin(), intact.findings.end(), broken))
      proof.failed_intact.push_back(fmt::format("{}: {}: {}", scenario::full_name(*one), record::name(intact.verdict), intact.reason));
    else if (auto why = nameless(*one, intact); !why.empty()) proof.failed_intact.push_back(fmt::format("{}: {}", scenario::full_name(*one), why));
    for (auto& statement : checks_of(*one)) {
      Check check{one->scenario, statement, one->version};
      proof.checks.insert(check);
      for (auto rule : reference::rules_for(statement)) {
        if (!thorough && proof.proven.contains(check) && guarded.contains(rule)) continue;
        auto attempt = judged(*one, check, rule, play_embedded(*one, reference::Rules{rule}, catalogue));
        ++proof.plays;
        watch(attempt);
        if (attempt.came == Came::noticed) {
          proof.proven.insert(check);
          guarded.insert(rule);
        } else if (attempt.came == Came::elsewhere) {
          elsewhere.try_emplace(check, told(attempt));
        }
      }
    }
  }
  for (auto& check : proof.checks) {
    if (proof.proven.contains(check)) continue;
    proof.unproven.insert(check);
    if (auto found = elsewhere.find(check); found != elsewhere.end()) proof.failed_elsewhere.push_back(found->second);
  }
  for (auto& row : reference::rows())
    if (all_rules && !guarded.contains(row.rule)) proof.unguarded.emplace_back(row.name);
  return proof;
}

}  // namespace cli
