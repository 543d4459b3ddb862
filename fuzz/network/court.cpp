#include "fuzz/network/court.h"

#include <fmt/format.h>

#include "fuzz/network/bystander.h"
#include "fuzz/network/vitals.h"

namespace network {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t plays = 16;             // of what may leak, three times over
constexpr std::size_t leaks = plays * 16 * 1024;   // bytes
constexpr std::size_t proof = 128u << 20;     // bytes by which a leak has to grow
constexpr Duration most_proof = 30s;
constexpr std::size_t busy = 1;               // threads
constexpr Duration brief = 500ms;             // for sessions whose answers do not matter: what they cost the broker is measured
constexpr Duration most_shrinking = 90s;       // of one finding, where each try takes long: then it stays as small as it is
constexpr std::size_t last_lines = 15;

int tries(Verdict verdict) { return verdict >= Verdict::harmed ? 80 : verdict <= Verdict::slow ? 60 : 400; }   // fewer where each takes long

bool same(const Judged& a, const Judged& b) { return a.kind() == b.kind(); }

}  // namespace

asio::awaitable<void> Court::sit() {
  if (instance_ && !instance_->death()) co_return;
  instance_.reset();
  instance_ = co_await make_({});
  instance_->target.versions = target_.versions;
}

asio::awaitable<Charge> Court::trial(Sessions sessions, Duration patience) {
  auto executor = co_await asio::this_coro::executor;
  co_await sit();
  Charge charge;
  auto bystander = std::make_unique<Bystander>(*instance_, clock_, executor);
  std::string trouble = co_await bystander->join(target_.patience);
  if (!trouble.empty()) {   // the trial before has left it so
    instance_.reset();
    co_await sit();
    bystander = std::make_unique<Bystander>(*instance_, clock_, executor);
    trouble = co_await bystander->join(10s);
    if (!trouble.empty()) throw std::runtime_error("a fresh broker does not serve a first client: " + trouble);
  }
  auto log = instance_->log_position();
  for (auto& session : sessions) {
    auto begin = clock_.now();
    Played played = co_await play(session, *instance_, clock_, patience);
    played.held_up = heartbeat_.held_up_since(begin);
    auto judged = judge(session, played, patience);
    if (charge.judged.text.empty() || judged.verdict > charge.judged.verdict) charge.judged = std::move(judged);
  }
  auto before = threads_of(instance_->pid());
  auto begin = clock_.now();
  trouble = co_await bystander->round(patience);
  auto after = threads_of(instance_->pid());
  charge.sessions = std::move(sessions);
  if (trouble.empty()) co_return charge;
  if (clock_.now() - begin >= patience && heartbeat_.held_up_since(begin) > patience / 4) {
    instance_.reset();
    co_return charge;
  }

  net::Signal never(executor);
  for (auto until = clock_.now() + 1s; !instance_->death() && instance_->pid() > 0 && clock_.now() < until;) {
    auto soon = clock_.now() + 10ms;
    co_await clock_.wait(never, soon);
    bool gone = !vitals_of(instance_->pid()) || trouble.find("ended") == trouble.npos;
    if (gone) break;
  }
  auto version = charge.sessions.empty() ? target_.versions.back() : charge.sessions.back().version;
  charge.judged = {Verdict::harmed, 0, {}, ping_statement(version), {}};
  if (auto how = instance_->death()) {
    charge.judged.verdict = Verdict::died;
    charge.judged.text = "the broker died: it " + *how;
    charge.log = instance_->log_since(log);
    if (charge.log.size() > last_lines) charge.log.erase(charge.log.begin(), charge.log.end() - std::ptrdiff_t(last_lines));
  } else {
    charge.judged.text = "a well-behaved client beside it was harmed: " + trouble;
    if (never_slept(before, after) > 0) charge.judged.text += ", while the broker kept computing";
  }
  bystander.reset();
  instance_.reset();
  co_return charge;
}

asio::awaitable<std::size_t> Court::measure(Strain strain, Sessions sessions) {
  instance_.reset();
  co_await sit();
  std::size_t measured = 0;
  if (strain == Strain::memory) measured = co_await growth(sessions);
  else measured = co_await business(sessions);
  co_return measured;
}

asio::awaitable<std::size_t> Court::growth(const Sessions& sessions) {
  std::size_t least = std::size_t(-1), memory = 0;
  auto rounds = std::max<std::size_t>(plays / sessions.size(), 1);
  for (int pass = 0; pass < 3; ++pass) {   // the first warms up
    for (std::size_t i = 0; i < rounds; ++i)
      for (auto& session : sessions) {
        if (hurried) co_return 0;
        co_await play(session, *instance_, clock_, std::min(target_.patience, brief));
      }
    auto vitals = vitals_of(instance_->pid());
    if (!vitals) co_return 0;
    if (memory) least = std::min(least, vitals->memory - std::min(memory, vitals->memory));
    memory = vitals->memory;
  }
  co_return least;
}

asio::awaitable<std::optional<std::string>> Court::leak(const Sessions& sessions) {
  instance_.reset();
  co_await sit();
  std::optional<Vitals> begin, now;
  std::size_t played = 0;
  for (auto until = clock_.now() + most_proof; clock_.now() < until && !hurried; ++played) {
    for (auto& session : sessions) co_await play(session, *instance_, clock_, std::min(target_.patience, brief));
    now = vitals_of(instance_->pid());
    if (!now) break;
    if (played == plays) begin = now;   // it is warm
    if (!begin || now->memory < 3 * begin->memory + proof) continue;
    co_return fmt::format("the broker's memory grows by {} KiB each time this is sent: from {} to {} MiB in {} times", (now->memory - begin->memory) / (played - plays) / 1024,
                          begin->memory >> 20, now->memory >> 20, played - plays);
  }
  co_return std::nullopt;
}

asio::awaitable<std::size_t> Court::business(const Sessions& sessions) {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  for (auto& session : sessions) co_await play(session, *instance_, clock_, std::min(target_.patience, brief));
  auto later = clock_.now() + 300ms;
  co_await clock_.wait(never, later);
  auto before = threads_of(instance_->pid());
  later = clock_.now() + 300ms;
  co_await clock_.wait(never, later);
  co_return never_slept(before, threads_of(instance_->pid()));
}

asio::awaitable<bool> Court::again(Sessions sessions, Judged wanted, Duration patience) {
  Charge charge = co_await trial(std::move(sessions), patience);
  co_return same(charge.judged, wanted);
}

asio::awaitable<std::optional<Charge>> Court::hear(Sessions suspects, Judged suspected) {
  std::optional<Sessions> guilty;
  Charge seen;
  for (std::size_t i = 0; i < suspects.size() && !guilty; ++i) {   // one after another on one broker: the first after which it comes
    Sessions one{suspects[i]};
    seen = co_await trial(one, target_.patience);
    if (!same(seen.judged, suspected) && !(suspected.verdict >= Verdict::harmed && seen.judged.verdict >= Verdict::harmed)) continue;
    Charge alone = co_await trial(one, target_.patience);
    if (same(alone.judged, seen.judged)) guilty = one;
    else guilty = Sessions(suspects.begin(), suspects.begin() + std::ptrdiff_t(i) + 1);
  }
  if (!guilty) co_return std::nullopt;
  bool comes = co_await again(*guilty, seen.judged, target_.patience);
  if (!comes) co_return std::nullopt;
  auto wanted = seen.judged;
  Duration patience = wanted.verdict == Verdict::slow ? target_.patience : target_.patience / 4;   // the short one only to make it small
  auto until = clock_.now() + most_shrinking;
  Again test = [this, wanted, patience, until](const Sessions& candidate) -> asio::awaitable<bool> {
    if (hurried || clock_.now() > until) co_return false;
    bool comes = co_await again(candidate, wanted, patience);
    co_return comes;
  };
  Sessions small = co_await shrink(*guilty, test, Effort{tries(wanted.verdict)});
  Charge last = co_await trial(small, target_.patience);
  if (!same(last.judged, wanted)) last = co_await trial(*guilty, target_.patience);
  if (!same(last.judged, wanted)) co_return std::nullopt;
  co_return last;
}

asio::awaitable<std::optional<Charge>> Court::hear(Sessions suspects, Strain strain) {
  const std::size_t limit = strain == Strain::memory ? leaks : busy;
  auto strained = [this, strain, limit](const Sessions& candidate) -> asio::awaitable<bool> {
    if (hurried) co_return false;
    std::size_t measured = co_await measure(strain, candidate);
    co_return measured >= limit;
  };
  std::size_t by_all = co_await measure(strain, suspects);
  if (by_all < (strain == Strain::memory ? leaks / 4 : busy)) co_return std::nullopt;
  while (suspects.size() > 1 && !hurried) {   // the half that strains it more
    auto middle = suspects.begin() + std::ptrdiff_t(suspects.size() / 2);
    Sessions first(suspects.begin(), middle), second(middle, suspects.end());
    std::size_t by_first = co_await measure(strain, first);
    bool by_the_first = by_first * 2 >= by_all;
    suspects = by_the_first ? first : second;
    by_all = by_the_first ? by_first : by_all - by_first;
  }
  bool comes = co_await strained(suspects);
  if (!comes) co_return std::nullopt;
  Charge charge;
  charge.sessions = co_await shrink(suspects, strained, Effort{40});
  std::optional<std::string> seen;
  if (strain == Strain::memory) {
    seen = co_await leak(charge.sessions);
  } else {
    std::size_t measured = co_await measure(strain, charge.sessions);
    if (measured >= busy) seen = fmt::format("after this the broker keeps computing, with {} of its threads, although nobody asks for anything", measured);
  }
  if (!seen) co_return std::nullopt;
  charge.judged = {Verdict::harmed, 0, *seen, ping_statement(charge.sessions[0].version), {}};
  charge.strain = true;
  co_return charge;
}

}  // namespace network
