#pragma once
// Many sessions at once against one broker, watched by a bystander and from /proc; what is suspicious goes to court.
#include <array>
#include <deque>
#include <map>
#include <set>
#include <unordered_set>

#include "fuzz/network/court.h"
#include "fuzz/network/maker.h"
#include "fuzz/network/vitals.h"

namespace network {

struct Orders {
  std::uint64_t seed = 1;               // of the first session; the next ones count up
  Duration time = std::chrono::seconds(30);
  std::size_t cases = std::size_t(-1);  // at most
  int lanes = 192;                      // sessions at once; fewer while the broker is slow
};

// What came of it, also while it goes on.
struct Tally {
  std::size_t cases = 0;
  std::array<std::size_t, verdicts> by_verdict{};
  std::size_t behaviours = 0;           // different ones seen of the broker
  Duration playing{};                   // without the time in court
  std::chrono::milliseconds own_cpu{};  // likewise
  Duration slowest_round{};             // of the bystander
  std::size_t rounds = 0;
  std::optional<Vitals> first, last;
  std::size_t most_memory = 0;
  std::size_t brokers = 1;              // started
  std::string in_court;                 // what is being confirmed or made small; empty: sessions are played
  std::size_t unexplained = 0;          // times that the broker was lost, and nothing shows again why
  std::vector<std::string> notes;       // what did not come again, and what could not be done
  double rate() const { auto time = std::chrono::duration<double>(playing).count(); return time > 0 ? double(cases) / time : 0; }
};
std::string summary(const Tally& tally);         // lines for a person
std::string progress_text(const Tally& tally);   // one line, while it goes on

class Campaign {
public:
  // `target`: the broker as it was probed.
  Campaign(const Maker& maker, MakeInstance make, const engine::Target& target, net::Clock& clock, const engine::Heartbeat& heartbeat, Orders orders);
  asio::awaitable<void> run();
  void interrupt() { interrupted = court_.hurried = true; }

  Tally tally;
  std::vector<Charge> charges;
  bool interrupted = false;
  std::function<void()> progress = [] {};   // called a few times a second

private:
  struct Suspicion { Judged judged; Sessions sessions; std::optional<Strain> strain; std::size_t cases = 0; };
  asio::awaitable<void> stretch();          // some seconds of play, or until something happens
  asio::awaitable<void> work();
  asio::awaitable<void> stand_by();
  asio::awaitable<void> watch();
  void keep_pace(Duration round);
  asio::awaitable<void> rest();             // is the broker idle when nobody asks for anything?
  asio::awaitable<void> investigate();
  bool over() const { return interrupted || trouble_ || tally.cases + flying_.size() >= orders_.cases || clock_.now() >= end_; }
  Sessions suspects(Time since, std::size_t most = std::size_t(-1)) const;
  void suspect_if_dead();
  void confirming(const std::string& what);

  const Maker& maker_;
  MakeInstance make_;
  const engine::Target& target_;
  net::Clock& clock_;
  const engine::Heartbeat& heartbeat_;
  Orders orders_;
  Court court_;
  std::unique_ptr<engine::Instance> instance_;
  std::optional<Suspicion> trouble_;
  std::vector<Suspicion> quiet_;            // to be tried when all is played
  std::map<std::string, std::size_t> kinds_;   // the same by kind: which of them
  std::unordered_set<std::uint64_t> behaviours_;
  std::set<std::uint64_t> flying_;          // seeds of what is being played
  std::deque<std::pair<Time, std::uint64_t>> landed_;
  std::uint64_t next_;
  Time end_{}, stretch_begin_{}, last_good_{};
  Duration moment_ = short_moment;          // in which this broker surely answers, as fast as it now is
  std::size_t width_;                       // sessions at once that it now serves without a queue
  std::size_t base_memory_ = 0;             // of this broker when it was warm
  int crew_ = 0;
  bool lost_ = false;                       // the broker, and nobody starts it again for us
};

}  // namespace network
