// The reference broker joined with memory streams and virtual time: how connections end that do not end by themselves.
#include "harness/cli/driver.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include "harness/mqtt/codec.h"
#include "harness/net/memory_stream.h"

namespace cli::driver_test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class Driven : public testing::Test {
protected:
  asio::io_context io;
  net::VirtualClock clock;
  std::shared_ptr<Driver> driver = std::make_shared<Driver>(reference::Options{}, reference::Rules{}, clock, io.get_executor());

  Driven() { driver->start(); }
  ~Driven() override { driver->stop(); clock.run(io); }
  std::unique_ptr<net::Stream> client() {
    auto [ours, theirs] = net::memory_streams(io.get_executor());
    driver->serve(std::move(theirs));
    return std::move(ours);
  }
  template <class Body> void play(Body body) {
    bool over = false;
    asio::co_spawn(io, std::move(body), [&over](std::exception_ptr thrown) {
      EXPECT_FALSE(thrown);
      over = true;
    });
    clock.run(io);
    EXPECT_TRUE(over);
  }
  asio::awaitable<void> wait(net::Duration duration) {
    net::Signal never(io.get_executor());
    co_await clock.wait(never, clock.now() + duration);
  }
  std::array<std::uint8_t, 1000> buffer{};
};

const mqtt::Bytes connect_five = mqtt::encode_bytes([] { mqtt::Connect connect; connect.protocol_level = 5; connect.client_id = "c"; return connect; }(),
                                                    mqtt::Version::v5_0);

TEST_F(Driven, WhoDoesNotCloseItsSideIsDroppedFiveSecondsAfterFin) {
  auto stream = client();
  play([&]() -> asio::awaitable<void> {
    const mqtt::Bytes pingreq{0xc0, 0};              // comes first, which it must not
    auto what = asio::buffer(pingreq), into = asio::buffer(pingreq);
    co_await stream->write(what);
    auto room = asio::buffer(buffer);
    net::Stream::Read end = co_await stream->read_some(room);
    EXPECT_EQ(end.error, asio::error::eof);
    co_await wait(4900ms);
    net::error_code error = co_await stream->write(into);
    EXPECT_FALSE(error) << "still there";
    co_await wait(200ms);
    error = co_await stream->write(into);
    EXPECT_EQ(error, asio::error::connection_reset);
  });
  EXPECT_EQ(driver->connections(), 0u);
}

TEST_F(Driven, NobodyIsServedOnceItIsShutDown) {
  auto before = client();
  play([&]() -> asio::awaitable<void> {
    auto hello = asio::buffer(connect_five);
    co_await before->write(hello);
    auto room = asio::buffer(buffer);
    net::Stream::Read read = co_await before->read_some(room);
    EXPECT_EQ(buffer[0], 0x20) << "CONNACK";
    driver->shut_down();
    read = co_await before->read_some(room);
    EXPECT_EQ(buffer[0], 0xe0) << "DISCONNECT";
    EXPECT_EQ(buffer[2], 0x8b);
    auto after = client();
    read = co_await after->read_some(room);
    EXPECT_TRUE(read.error);
    bool gone = co_await driver->all_gone(clock.now() + 1s);
    EXPECT_FALSE(gone) << "`before` has not closed its side";
    co_await before->finish();
    gone = co_await driver->all_gone(clock.now() + 1s);
    EXPECT_TRUE(gone);
  });
}

}  // namespace
}  // namespace cli::driver_test
