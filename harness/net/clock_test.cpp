#include "harness/net/clock.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include <optional>

namespace net::clock_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

void run(RealClock&, asio::io_context& io) { io.run(); }
void run(VirtualClock& clock, asio::io_context& io) { clock.run(io); }

// What must hold for both.
template <class Clock> class AnyClock : public testing::Test {
protected:
  asio::io_context io;
  Clock clock;
  Signal signal{io.get_executor()};
  std::vector<bool> seen;

  asio::awaitable<void> wait(Time deadline) {
    const bool signalled = co_await clock.wait(signal, deadline);
    seen.push_back(signalled);
  }
  template <class Body> void play(Body body) {
    co_spawn(io, std::move(body), asio::detached);
    run(clock, io);
  }
};
using Clocks = testing::Types<RealClock, VirtualClock>;
TYPED_TEST_SUITE(AnyClock, Clocks);

TYPED_TEST(AnyClock, keeps_a_raise_before_the_wait_and_uses_it_once) {
  this->signal.raise();
  this->signal.raise();
  this->play([this]() -> asio::awaitable<void> {
    co_await this->wait(this->clock.now() + 1h);
    co_await this->wait(this->clock.now() + 1ms);
  });
  EXPECT_THAT(this->seen, ElementsAre(true, false));
}

TYPED_TEST(AnyClock, returns_at_once_when_the_deadline_has_passed) {
  const auto before = this->clock.now();
  this->play([this]() -> asio::awaitable<void> {
    co_await this->wait(this->clock.now() - 1h);
    co_await this->wait(this->clock.now());
    co_await this->wait(Time::min());
  });
  EXPECT_THAT(this->seen, ElementsAre(false, false, false));
  EXPECT_LT(this->clock.now() - before, 30s);
}

TYPED_TEST(AnyClock, prefers_the_raise_to_a_passed_deadline) {
  this->signal.raise();
  this->play([this]() -> asio::awaitable<void> { co_await this->wait(this->clock.now() - 1h); });
  EXPECT_THAT(this->seen, ElementsAre(true));
}

TYPED_TEST(AnyClock, is_not_early) {
  Time woken{};
  const auto deadline = this->clock.now() + 20ms;
  this->play([&]() -> asio::awaitable<void> {
    co_await this->wait(deadline);
    woken = this->clock.now();
  });
  EXPECT_THAT(this->seen, ElementsAre(false));
  EXPECT_GE(woken, deadline);
}

TYPED_TEST(AnyClock, wakes_by_a_raise_from_elsewhere) {
  asio::post(this->io, [this] { asio::post(this->io, [this] { this->signal.raise(); }); });
  this->play([this]() -> asio::awaitable<void> { co_await this->wait(this->clock.now() + 1h); });
  EXPECT_THAT(this->seen, ElementsAre(true));
}

TYPED_TEST(AnyClock, wakes_a_wait_without_a_deadline) {
  asio::post(this->io, [this] { asio::post(this->io, [this] { this->signal.raise(); }); });
  this->play([this]() -> asio::awaitable<void> { co_await this->wait(Time::max()); });
  EXPECT_THAT(this->seen, ElementsAre(true));
}

// Two waits end at the same instant: when the first one runs, the second one's completion is queued already, or is about to be.
TYPED_TEST(AnyClock, sees_a_raise_that_comes_when_the_deadline_has_just_struck) {
  const auto deadline = this->clock.now() + 5ms;
  Signal never(this->io.get_executor());
  co_spawn(this->io, [&]() -> asio::awaitable<void> {
    co_await this->clock.wait(never, deadline);
    this->signal.raise();
  }, asio::detached);
  this->play([&]() -> asio::awaitable<void> {
    co_await this->wait(deadline);
    co_await this->wait(this->clock.now() + 1ms);
  });
  EXPECT_THAT(this->seen, ElementsAre(true, false));
}

TYPED_TEST(AnyClock, lets_two_hand_a_signal_to_and_fro) {
  Signal back(this->io.get_executor());
  int rounds = 0;
  co_spawn(this->io, [&]() -> asio::awaitable<void> {
    for (;;) {
      const bool asked = co_await this->clock.wait(this->signal, Time::max());
      if (!asked || rounds == 1000) co_return;
      ++rounds;
      back.raise();
    }
  }, asio::detached);
  this->play([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 1001; ++i) {
      this->signal.raise();
      if (i == 1000) co_return;
      const bool answered = co_await this->clock.wait(back, this->clock.now() + 1h);
      if (!answered) co_return;
    }
  });
  EXPECT_EQ(rounds, 1000);
}

TEST(VirtualClock, jumps_from_deadline_to_deadline_in_order) {
  asio::io_context io;
  VirtualClock clock;
  std::vector<std::string> order;
  const auto sleeper = [&](std::string name, Duration time) -> asio::awaitable<void> {
    Signal never(co_await asio::this_coro::executor);
    co_await clock.wait(never, Time{} + time);
    order.push_back(name);
  };
  co_spawn(io, sleeper("c", 3h), asio::detached);
  co_spawn(io, sleeper("a", 1s), asio::detached);
  co_spawn(io, sleeper("b first", 2s), asio::detached);
  co_spawn(io, sleeper("b second", 2s), asio::detached);
  clock.run(io);
  EXPECT_THAT(order, ElementsAre("a", "b first", "b second", "c"));
  EXPECT_EQ(clock.now(), Time{} + 3h);
}

TEST(VirtualClock, stands_still_while_only_waits_without_a_deadline_are_left) {
  asio::io_context io;
  VirtualClock clock;
  Signal signal(io.get_executor());
  std::optional<bool> seen;
  co_spawn(io, [&]() -> asio::awaitable<void> { seen = co_await clock.wait(signal, Time::max()); }, asio::detached);
  clock.run(io);
  EXPECT_FALSE(seen);
  EXPECT_EQ(clock.now(), Time{});
  signal.raise();
  clock.run(io);
  EXPECT_EQ(seen, true);
}

TEST(VirtualClock, forgets_waits_whose_coroutine_was_thrown_away) {
  VirtualClock clock;
  {
    asio::io_context io;
    co_spawn(io, [&]() -> asio::awaitable<void> {
      Signal never(co_await asio::this_coro::executor);
      co_await clock.wait(never, Time{} + 1h);
    }, asio::detached);
    io.poll();
  }
  asio::io_context other;
  clock.run(other);
  EXPECT_EQ(clock.now(), Time{});
}

TEST(VirtualClock, passes_days_in_a_moment) {
  asio::io_context io;
  VirtualClock clock;
  co_spawn(io, [&]() -> asio::awaitable<void> {
    Signal never(co_await asio::this_coro::executor);
    for (int i = 0; i < 10'000; ++i) co_await clock.wait(never, clock.now() + 90s);
  }, asio::detached);
  clock.run(io);
  EXPECT_EQ(clock.now(), Time{} + 900'000s);
}

}  // namespace
}  // namespace net::clock_test
