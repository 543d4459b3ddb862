#include "fuzz/network/campaign.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>

#include "fuzz/network/bystander.h"

namespace network {
namespace {

using namespace std::chrono_literals;

constexpr Duration stretches = 10s;
constexpr Duration breath = 5ms;
constexpr Duration least_moment = 5ms;
constexpr std::size_t least_width = 4;               // sessions at once, however slow the broker is
constexpr std::size_t remembered = 1 << 16;           // sessions that have ended
constexpr std::size_t leak_suspects = 512;           // of them
constexpr std::size_t witnesses = 3;                  // sessions of a kind that are tried
constexpr std::size_t most_growth = 32u << 20;        // bytes beyond what it had and as much again
constexpr std::size_t most_troubles = 8;              // brokers lost before it is given up

// The kinds of packets, in order: what is lost by the same kinds is one finding.
std::string shape(const Sessions& sessions) {
  std::string text;
  for (auto& session : sessions)
    for (auto& act : session.acts)
      if (act.what == Act::What::send && !act.bytes.empty()) text += char(act.bytes[0]);
  return text;
}

std::string counts(const Tally& tally) {
  std::string text;
  for (std::size_t i = 0; i < verdicts; ++i)
    if (tally.by_verdict[i]) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name(Verdict(i)), tally.by_verdict[i]);
  return text;
}

}  // namespace

Campaign::Campaign(const Maker& maker, MakeInstance make, const engine::Target& target, net::Clock& clock, const engine::Heartbeat& heartbeat, Orders orders)
    : maker_(maker), make_(make), target_(target), clock_(clock), heartbeat_(heartbeat), orders_(orders), court_(std::move(make), target, clock, heartbeat), next_(orders.seed), width_(std::size_t(orders.lanes)) {}

asio::awaitable<void> Campaign::run() {
  end_ = clock_.now() + orders_.time;
  std::size_t troubles = 0;
  while (!over()) {
    if (!instance_) {
      instance_ = co_await make_({});
      instance_->target.versions = target_.versions;
      base_memory_ = 0;
      last_good_ = clock_.now();
      tally.first.reset();
    }
    co_await stretch();
    if (!trouble_) co_await rest();
    if (!trouble_) continue;
    auto lost = clock_.now();
    bool grown = trouble_->strain == Strain::memory;   // by what sessions leave behind, as they may, where it is not confirmed
    auto before = charges.size();
    co_await investigate();
    tally.in_court.clear();
    if (lost_) break;
    troubles += !grown || charges.size() > before;
    if (troubles == most_troubles) {
      tally.notes.push_back(fmt::format("given up after {} times that the broker was lost", troubles));
      break;
    }
    end_ += clock_.now() - lost;
  }
  instance_.reset();
  for (auto& suspicion : quiet_) {
    if (interrupted || lost_) {
      tally.notes.push_back(fmt::format("session {}: {}; not confirmed, {}", suspicion.sessions[0].seed, suspicion.judged.text, lost_ ? "the broker is lost" : "interrupted"));
      continue;
    }
    confirming(suspicion.judged.text);
    std::optional<Charge> charge;
    std::string why = "this did not come again";
    try {
      charge = co_await court_.hear(suspicion.sessions, suspicion.judged);
    } catch (const std::runtime_error& gone) {
      why = std::string("it could not be played again: ") + gone.what();
      lost_ = true;
    }
    if (!charge) {
      tally.notes.push_back(fmt::format("session {}: {}; {}", suspicion.sessions[0].seed, suspicion.judged.text, why));
      continue;
    }
    charge->cases = suspicion.cases;
    charges.push_back(std::move(*charge));
  }
  tally.in_court.clear();
  court_.dismiss();
}

asio::awaitable<void> Campaign::stretch() {
  auto executor = co_await asio::this_coro::executor;
  net::Signal finished(executor);
  std::exception_ptr failed;
  int others = 2;
  auto ended = [&](int& count) {
    return [&finished, &failed, left = &count](std::exception_ptr trouble) {
      if (trouble) failed = trouble;
      --*left;
      finished.raise();
    };
  };
  crew_ = orders_.lanes;
  stretch_begin_ = clock_.now();
  auto before = vitals_of(getpid());
  for (int i = 0; i < orders_.lanes; ++i) asio::co_spawn(executor, work(), ended(crew_));
  asio::co_spawn(executor, stand_by(), ended(others));
  asio::co_spawn(executor, watch(), ended(others));
  while (crew_ > 0 || others > 0) co_await clock_.wait(finished, Time::max());
  if (auto after = vitals_of(getpid()); before && after) tally.own_cpu += after->cpu - before->cpu;
  if (failed) std::rethrow_exception(failed);
}

asio::awaitable<void> Campaign::work() {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  while (!over() && clock_.now() < stretch_begin_ + stretches) {
    if (flying_.size() >= width_) {
      auto soon = clock_.now() + breath;
      co_await clock_.wait(never, soon);
      continue;
    }
    auto session = maker_.make(next_++);
    flying_.insert(session.seed);
    auto begin = clock_.now();
    Played played = co_await play(session, *instance_, clock_, target_.patience, moment_);
    flying_.erase(session.seed);
    landed_.emplace_back(clock_.now(), session.seed);
    if (landed_.size() > remembered) landed_.pop_front();
    if (played.took > target_.patience / 2) played.held_up = heartbeat_.held_up_since(begin);
    auto judged = judge(session, played, target_.patience);
    if (trouble_ && judged.verdict != Verdict::malformed && judged.verdict != Verdict::unsound) continue;   // the broker was lost under it
    ++tally.cases;
    ++tally.by_verdict[std::size_t(judged.verdict)];
    behaviours_.insert(behaviour(session, played, judged.verdict));
    tally.behaviours = behaviours_.size();
    if (!is_finding(judged.verdict)) continue;
    bool of_time = judged.verdict == Verdict::silent || judged.verdict == Verdict::slow;
    if (of_time && last_good_ < begin) continue;   // the bystander waits as well: it will tell
    auto [known, fresh] = kinds_.try_emplace(judged.kind(), quiet_.size());
    if (fresh) quiet_.push_back({std::move(judged), {}, {}, tally.cases});
    if (auto& sessions = quiet_[known->second].sessions; sessions.size() < witnesses) sessions.push_back(std::move(session));
  }
}

asio::awaitable<void> Campaign::stand_by() {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  auto bystander = std::make_unique<Bystander>(*instance_, clock_, executor);
  std::string trouble = co_await bystander->join(target_.patience);
  while (trouble.empty() && crew_ > 0) {
    auto begin = clock_.now();
    trouble = co_await bystander->round(target_.patience);
    if (!trouble.empty() && clock_.now() - begin >= target_.patience && heartbeat_.held_up_since(begin) > target_.patience / 4) {   // that was the machine
      bystander = std::make_unique<Bystander>(*instance_, clock_, executor);
      trouble = co_await bystander->join(target_.patience);
      continue;
    }
    if (!trouble.empty()) break;
    last_good_ = begin;
    ++tally.rounds;
    tally.slowest_round = std::max(tally.slowest_round, clock_.now() - begin);
    keep_pace(clock_.now() - begin);
    auto soon = clock_.now() + breath;
    co_await clock_.wait(never, soon);
  }
  if (trouble.empty() || trouble_) co_return;
  Judged judged{Verdict::harmed, 0, "a well-behaved client beside it was harmed: " + trouble, ping_statement(target_.versions.back()), {}};
  trouble_ = Suspicion{judged, suspects(last_good_), {}, tally.cases};
}

// Sessions that wait in front of a slow broker show nothing but that they wait, and end before it has looked at what they sent.
void Campaign::keep_pace(Duration round) {
  bool slow = round > target_.patience / 32;
  width_ = slow ? std::max(least_width, width_ / 2) : std::min(std::size_t(orders_.lanes), width_ + 1);
  moment_ = std::clamp<Duration>(2 * round, least_moment, target_.patience / 8);
}

asio::awaitable<void> Campaign::watch() {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  auto before = tally.playing;
  auto begin = clock_.now();
  for (int beat = 0; crew_ > 0; ++beat) {
    auto soon = clock_.now() + 50ms;
    co_await clock_.wait(never, soon);
    tally.playing = before + (clock_.now() - begin);
    if (beat % 4 == 0) progress();
    if (trouble_) continue;
    suspect_if_dead();
    auto vitals = vitals_of(instance_->pid());
    if (!vitals) continue;
    if (!tally.first) tally.first = vitals;
    tally.last = vitals;
    tally.most_memory = std::max(tally.most_memory, vitals->memory);
    if (base_memory_ == 0 && beat >= 4) base_memory_ = vitals->memory;
    if (base_memory_ == 0 || vitals->memory < 2 * base_memory_ + most_growth) continue;
    Judged judged{Verdict::harmed, 0, fmt::format("the broker's memory grew from {} to {} MiB", base_memory_ >> 20, vitals->memory >> 20), ping_statement(target_.versions.back()), {}};
    trouble_ = Suspicion{judged, suspects({}, leak_suspects), Strain::memory, tally.cases};
  }
}

void Campaign::confirming(const std::string& what) {
  tally.in_court = what;
  progress();
}

void Campaign::suspect_if_dead() {
  auto how = instance_->death();
  if (!how) return;
  Judged judged{Verdict::died, 0, "the broker died: it " + *how, ping_statement(target_.versions.back()), {}};
  trouble_ = Suspicion{judged, suspects(last_good_), {}, tally.cases};
}

// A moment is enough for a broker with nothing to do; another gets time to tidy up after what was sent.
asio::awaitable<void> Campaign::rest() {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  auto begin = clock_.now();
  bool busy = true;
  for (auto look : {50ms, 500ms, 500ms}) {
    auto before = threads_of(instance_->pid());
    auto until = clock_.now() + look;
    co_await clock_.wait(never, until);
    busy = busy && never_slept(before, threads_of(instance_->pid())) > 0;
    if (!busy) break;
  }
  tally.playing += clock_.now() - begin;
  suspect_if_dead();
  if (trouble_ || !busy) co_return;
  Judged judged{Verdict::harmed, 0, "the broker keeps a processor busy although nobody asks for anything", ping_statement(target_.versions.back()), {}};
  trouble_ = Suspicion{judged, suspects(stretch_begin_), Strain::processor, tally.cases};
}

Sessions Campaign::suspects(Time since, std::size_t most) const {
  std::set<std::uint64_t> seeds = flying_;
  for (auto at = landed_.rbegin(); at != landed_.rend() && at->first >= since && seeds.size() < most; ++at) seeds.insert(at->second);
  Sessions all;
  for (auto seed : seeds) all.push_back(maker_.make(seed));
  return all;
}

asio::awaitable<void> Campaign::investigate() {
  auto suspicion = std::move(*trouble_);
  std::vector<std::string> log;
  if (instance_->death()) log = instance_->log_since(0);
  auto how = instance_->death() ? "the broker died: it " + *instance_->death() : suspicion.judged.text;
  if (instance_->death()) suspicion.judged.verdict = Verdict::died;
  confirming(how);
  trouble_.reset();
  instance_.reset();
  ++tally.brokers;
  std::optional<Charge> charge;
  try {
    if (suspicion.strain && suspicion.judged.verdict != Verdict::died) charge = co_await court_.hear(suspicion.sessions, *suspicion.strain);
    else charge = co_await court_.hear(suspicion.sessions, suspicion.judged);
  } catch (const std::runtime_error& gone) {   // nobody starts it again for us
    ++tally.by_verdict[std::size_t(suspicion.judged.verdict)];
    ++tally.unexplained;
    tally.notes.push_back(fmt::format("{}; it could not be played again: {}", how, gone.what()));
    lost_ = true;
    co_return;
  }
  landed_.clear();
  if (!charge) {
    bool died = suspicion.judged.verdict == Verdict::died;
    tally.by_verdict[std::size_t(Verdict::died)] += died;
    tally.unexplained += died;
    tally.notes.push_back(fmt::format("{}; it did not come again when the {} sessions of that moment were played once more", how, suspicion.sessions.size()));
    if (died && !log.empty()) tally.notes.push_back("the broker's last line: " + log.back());
    co_return;
  }
  charge->cases = suspicion.cases;
  ++tally.by_verdict[std::size_t(charge->judged.verdict)];
  auto alike = [&](const Charge& other) {   // what strain is measured in differs
    return other.strain == charge->strain && (charge->strain || other.judged.text == charge->judged.text) && shape(other.sessions) == shape(charge->sessions);
  };
  if (std::none_of(charges.begin(), charges.end(), alike)) charges.push_back(std::move(*charge));
}

std::string progress_text(const Tally& tally) {
  auto text = fmt::format("{} cases, {:.0f}/s, {} behaviours: {}", tally.cases, tally.rate(), tally.behaviours, counts(tally));
  return tally.in_court.empty() ? text : fmt::format("{}; in court: {}", text, tally.in_court);
}

std::string summary(const Tally& tally) {
  auto text = fmt::format("{} cases in {:.1f} s: {:.0f} cases/s, {} behaviours\n  {}\n", tally.cases, std::chrono::duration<double>(tally.playing).count(), tally.rate(), tally.behaviours,
                          counts(tally));
  text += fmt::format("  beside them: {} rounds of a well-behaved client, the slowest {:.1f} ms\n", tally.rounds, std::chrono::duration<double, std::milli>(tally.slowest_round).count());
  if (tally.first && tally.last)
    text += fmt::format("  the broker: {} MiB at first, {} at last, {} at most; {:.1f} s of processor time (the fuzzer: {:.1f} s)\n", tally.first->memory >> 20, tally.last->memory >> 20,
                        tally.most_memory >> 20, std::chrono::duration<double>(tally.last->cpu - tally.first->cpu).count(), std::chrono::duration<double>(tally.own_cpu).count());
  for (auto& note : tally.notes) text += fmt::format("  note: {}\n", note);
  return text;
}

}  // namespace network
