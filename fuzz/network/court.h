#pragma once
// Nothing is reported that does not come again: sessions are played once more on brokers of their own, beside a bystander.
#include "fuzz/network/judging.h"
#include "fuzz/network/shrinking.h"
#include "harness/engine/heartbeat.h"

namespace network {

using MakeInstance = std::function<asio::awaitable<std::unique_ptr<engine::Instance>>(std::string setup)>;

struct Charge {
  Judged judged;
  Sessions sessions;                 // as small as they could be made
  bool strain = false;               // verdict harmed: what suffers is memory or processor, which a scenario does not show
  std::vector<std::string> log;      // the broker's last lines, where it died
  std::size_t cases = 0;             // that had been played when it was first seen
};

enum class Strain { memory, processor };

class Court {
public:
  // `target`: the broker as it was probed; its patience is ours.
  Court(MakeInstance make, const engine::Target& target, net::Clock& clock, const engine::Heartbeat& heartbeat)
      : make_(std::move(make)), target_(target), clock_(clock), heartbeat_(heartbeat) {}

  // Plays the sessions one after another beside a bystander. Throws std::runtime_error where no broker can be had. Where the machine held us up, what took
  // too long is no harm.
  asio::awaitable<Charge> trial(Sessions sessions, Duration patience);
  // Memory: bytes by which the broker grows in 16 plays (or each session once), and in as many more, the lesser of the two. Processor: threads that go on
  // computing after they were played, when nobody asks for anything.
  asio::awaitable<std::size_t> measure(Strain strain, Sessions sessions);
  // What comes again, made small; none: nothing does. `suspected` decides what counts as the same.
  asio::awaitable<std::optional<Charge>> hear(Sessions suspects, Judged suspected);
  asio::awaitable<std::optional<Charge>> hear(Sessions suspects, Strain strain);
  void dismiss() { instance_.reset(); }

  bool hurried = false;              // nothing is made smaller any more

private:
  asio::awaitable<void> sit();       // a broker that nothing has happened to that would matter
  asio::awaitable<std::size_t> growth(const Sessions& sessions);
  // Memory that is only swept late, as that of Java, JavaScript and Erlang, grows like a leak at first. A leak goes on: this plays the sessions until the broker has three
  // times the memory it had, and 128 MiB; what was seen, in words, or none: it stopped growing, or half a minute was not enough.
  asio::awaitable<std::optional<std::string>> leak(const Sessions& sessions);
  asio::awaitable<std::size_t> business(const Sessions& sessions);
  asio::awaitable<bool> again(Sessions sessions, Judged wanted, Duration patience);
  MakeInstance make_;
  const engine::Target& target_;
  net::Clock& clock_;
  const engine::Heartbeat& heartbeat_;
  std::unique_ptr<engine::Instance> instance_;
};

}  // namespace network
