#include "harness/net/memory_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <gmock/gmock.h>

#include "harness/net/clock.h"

namespace net::memory_stream_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Memory : public testing::Test {
protected:
  asio::io_context io;
  VirtualClock clock;
  std::unique_ptr<Stream> near, far;
  std::vector<std::string> seen;      // what came of each read, in order

  void SetUp() override { std::tie(near, far) = memory_streams(io.get_executor()); }

  asio::awaitable<void> read(Stream& from, std::string name, std::size_t size = 100) {
    std::string into(size, ' ');
    const auto read = co_await from.read_some(asio::buffer(into));
    seen.push_back(name + ": " + (read.error ? read.error.message() : into.substr(0, read.size)));
  }
  asio::awaitable<void> write(Stream& to, std::string text) {
    const auto error = co_await to.write(asio::buffer(text));
    if (error) seen.push_back("write: " + error.message());
  }
  asio::awaitable<void> finish(Stream& side) {
    const auto error = co_await side.finish();
    if (error) seen.push_back("finish: " + error.message());
  }
  void go(asio::awaitable<void> body) { asio::co_spawn(io, std::move(body), asio::detached); }
  void step(asio::awaitable<void> body) {
    go(std::move(body));
    clock.run(io);
  }
};

TEST_F(Memory, carries_bytes_both_ways) {
  step(write(*near, "there"));
  step(write(*far, "back"));
  step(read(*far, "far"));
  step(read(*near, "near"));
  EXPECT_THAT(seen, ElementsAre("far: there", "near: back"));
}

TEST_F(Memory, cuts_what_does_not_fit_and_joins_what_does) {
  step(write(*near, "ab"));
  step(write(*near, "cde"));
  step(read(*far, "far", 3));
  step(read(*far, "far", 3));
  EXPECT_THAT(seen, ElementsAre("far: abc", "far: de"));
}

TEST_F(Memory, wakes_a_pending_read) {
  step(read(*far, "far"));
  EXPECT_THAT(seen, ElementsAre());
  step(write(*near, "late"));
  EXPECT_THAT(seen, ElementsAre("far: late"));
}

TEST_F(Memory, ends_with_eof_after_the_last_byte_in_one_direction_only) {
  step(write(*near, "last"));
  step(finish(*near));
  step(read(*far, "far"));
  step(read(*far, "far"));
  step(write(*far, "still"));
  step(read(*near, "near"));
  step(write(*near, "x"));
  EXPECT_THAT(seen, ElementsAre("far: last", "far: End of file", "near: still", "write: Broken pipe"));
}

TEST_F(Memory, wakes_pending_reads_on_both_sides_when_one_resets) {
  go(read(*near, "near"));
  step(read(*far, "far"));
  near->abort();
  clock.run(io);
  EXPECT_THAT(seen, testing::UnorderedElementsAre("near: Operation canceled", "far: Connection reset by peer"));
}

TEST_F(Memory, delivers_what_came_before_a_reset) {
  step(write(*near, "first"));
  near->abort();
  step(read(*far, "far"));
  step(read(*far, "far"));
  step(write(*far, "x"));
  step(finish(*far));
  EXPECT_THAT(seen, ElementsAre("far: first", "far: Connection reset by peer", "write: Connection reset by peer",
                                "finish: Transport endpoint is not connected"));
}

TEST_F(Memory, gives_errors_after_its_own_reset) {
  step(write(*far, "unread"));
  near->abort();
  step(read(*near, "near"));
  step(write(*near, "x"));
  step(finish(*near));
  EXPECT_THAT(seen, ElementsAre("near: Operation canceled", "write: Bad file descriptor", "finish: Transport endpoint is not connected"));
}

TEST_F(Memory, takes_a_destroyed_stream_for_a_finished_one) {
  step(read(*far, "far"));
  near.reset();
  clock.run(io);
  step(write(*far, "x"));
  EXPECT_THAT(seen, ElementsAre("far: End of file", "write: Broken pipe"));
}

TEST_F(Memory, survives_its_destruction_under_a_pending_read) {
  step(read(*far, "far"));
  far.reset();
  near->abort();
  clock.run(io);
  EXPECT_THAT(seen, ElementsAre("far: Operation canceled"));
}

TEST_F(Memory, plays_in_virtual_time_the_same_way_every_time) {
  const auto play = [] {
    asio::io_context context;
    VirtualClock time;
    std::string log;
    auto [one, other] = memory_streams(context.get_executor());
    const auto pinger = [&]() -> asio::awaitable<void> {
      Signal never(context.get_executor());
      for (int i = 0; i < 100; ++i) {
        co_await time.wait(never, time.now() + 60s);
        const std::string ping = std::to_string(i);
        co_await one->write(asio::buffer(ping));
      }
      co_await one->finish();
    };
    const auto ponger = [&]() -> asio::awaitable<void> {
      for (;;) {
        char into[10];
        const auto got = co_await other->read_some(asio::buffer(into));
        if (got.error) co_return;
        log += std::string(into, got.size) + "@" + std::to_string(time.now().time_since_epoch() / 1s) + " ";
      }
    };
    asio::co_spawn(context, pinger, asio::detached);
    asio::co_spawn(context, ponger, asio::detached);
    time.run(context);
    return log;
  };
  const auto first = play();
  EXPECT_THAT(first, testing::StartsWith("0@60 1@120 2@180 "));
  EXPECT_THAT(first, testing::EndsWith(" 99@6000 "));
  EXPECT_EQ(play(), first);
}

}  // namespace
}  // namespace net::memory_stream_test
