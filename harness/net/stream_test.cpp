#include "harness/net/stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "harness/net/child.h"
#include "harness/net/quietly.h"

namespace net::stream_test {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using local = asio::local::stream_protocol;

struct Tcp {
  using Protocol = tcp;
  tcp::acceptor acceptor;
  explicit Tcp(asio::io_context& io) : acceptor(io, {asio::ip::address_v4::loopback(), 0}) {}
  std::string url() const { return fmt::format("mqtt://127.0.0.1:{}", acceptor.local_endpoint().port()); }
};

struct Unix {
  using Protocol = local;
  struct Folder {
    std::string path = (std::filesystem::temp_directory_path() / "mqttspec-XXXXXX").string();
    Folder() { if (!::mkdtemp(path.data())) throw std::runtime_error("mkdtemp"); }
    ~Folder() { std::filesystem::remove_all(path); }
  } folder;
  local::acceptor acceptor;
  explicit Unix(asio::io_context& io) : acceptor(io, local::endpoint(folder.path + "/s")) {}
  std::string url() const { return fmt::format("unix:{}/s", folder.path); }
};

template <class Server> class AnyStream : public testing::Test {
protected:
  using Socket = typename Server::Protocol::socket;
  asio::io_context io;
  Server server{io};
  std::unique_ptr<Stream> stream;
  std::unique_ptr<Socket> peer;
  std::array<char, 1000> buffer{};

  template <class Body> void play(Body body) {
    const auto run = [this, body]() -> asio::awaitable<void> {
      auto opened = co_await open(*parse_url(server.url()).endpoint);
      stream = std::move(opened.stream);
      auto accepted = co_await server.acceptor.async_accept(asio::use_awaitable);
      peer = std::make_unique<Socket>(std::move(accepted));
      co_await body();
    };
    std::exception_ptr thrown;
    asio::co_spawn(io, run, [&](std::exception_ptr it) { thrown = it; });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
  }
  std::string text(std::size_t size) const { return std::string(buffer.data(), size); }
};
using Servers = testing::Types<Tcp, Unix>;
TYPED_TEST_SUITE(AnyStream, Servers);

TYPED_TEST(AnyStream, carries_bytes_both_ways) {
  this->play([this]() -> asio::awaitable<void> {
    const auto written = co_await this->stream->write(asio::buffer("hello", 5));
    EXPECT_FALSE(written);
    const auto arrived = co_await asio::async_read(*this->peer, asio::buffer(this->buffer, 5), asio::use_awaitable);
    EXPECT_EQ(this->text(arrived), "hello");
    co_await asio::async_write(*this->peer, asio::buffer("world", 5), asio::use_awaitable);
    const auto read = co_await this->stream->read_some(asio::buffer(this->buffer));
    EXPECT_FALSE(read.error);
    EXPECT_EQ(this->text(read.size), "world");
  });
}

TYPED_TEST(AnyStream, writes_all_of_a_large_buffer) {
  const std::string large(3'000'000, 'x');
  std::string got(large.size(), ' ');
  this->play([&, this]() -> asio::awaitable<void> {
    asio::co_spawn(this->io, [&, this]() -> asio::awaitable<void> {
      const auto error = co_await this->stream->write(asio::buffer(large));
      EXPECT_FALSE(error);
    }, asio::detached);
    co_await asio::async_read(*this->peer, asio::buffer(got), asio::use_awaitable);
  });
  EXPECT_EQ(got, large);
}

TYPED_TEST(AnyStream, tells_the_peers_fin_and_can_still_write) {
  this->play([this]() -> asio::awaitable<void> {
    co_await asio::async_write(*this->peer, asio::buffer("bye", 3), asio::use_awaitable);
    this->peer->shutdown(asio::socket_base::shutdown_send);
    const auto last = co_await this->stream->read_some(asio::buffer(this->buffer));
    EXPECT_EQ(this->text(last.size), "bye");
    const auto end = co_await this->stream->read_some(asio::buffer(this->buffer));
    EXPECT_EQ(end.error, asio::error::eof);
    EXPECT_EQ(end.size, 0u);
    const auto written = co_await this->stream->write(asio::buffer("after", 5));
    EXPECT_FALSE(written);
    const auto arrived = co_await asio::async_read(*this->peer, asio::buffer(this->buffer, 5), asio::use_awaitable);
    EXPECT_EQ(this->text(arrived), "after");
  });
}

TYPED_TEST(AnyStream, finishes_its_own_side_only) {
  this->play([this]() -> asio::awaitable<void> {
    const auto finished = co_await this->stream->finish();
    EXPECT_FALSE(finished);
    const auto [error, size] = co_await this->peer->async_read_some(asio::buffer(this->buffer), quietly);
    EXPECT_EQ(error, asio::error::eof);
    co_await asio::async_write(*this->peer, asio::buffer("more", 4), asio::use_awaitable);
    const auto read = co_await this->stream->read_some(asio::buffer(this->buffer));
    EXPECT_EQ(this->text(read.size), "more");
    const auto written = co_await this->stream->write(asio::buffer("x", 1));
    EXPECT_EQ(written, asio::error::broken_pipe);
  });
}

TYPED_TEST(AnyStream, ends_a_pending_read_when_it_aborts) {
  Stream::Read pending{};
  this->play([&, this]() -> asio::awaitable<void> {
    asio::co_spawn(this->io, [&, this]() -> asio::awaitable<void> {
      pending = co_await this->stream->read_some(asio::buffer(this->buffer));
    }, asio::detached);
    co_await asio::post(this->io, asio::use_awaitable);
    this->stream->abort();
    this->stream->abort();
  });
  EXPECT_EQ(pending.error, asio::error::operation_aborted);
  EXPECT_EQ(pending.size, 0u);
}

TYPED_TEST(AnyStream, gives_errors_after_abort) {
  this->play([this]() -> asio::awaitable<void> {
    this->stream->abort();
    const auto read = co_await this->stream->read_some(asio::buffer(this->buffer));
    EXPECT_EQ(read.error, asio::error::bad_descriptor);
    const auto written = co_await this->stream->write(asio::buffer("x", 1));
    EXPECT_EQ(written, asio::error::bad_descriptor);
    const auto finished = co_await this->stream->finish();
    EXPECT_EQ(finished, asio::error::bad_descriptor);
  });
}

class TcpStream : public AnyStream<Tcp> {};

TEST_F(TcpStream, aborts_with_a_reset) {
  play([&]() -> asio::awaitable<void> {
    stream->abort();
    const auto [error, size] = co_await peer->async_read_some(asio::buffer(buffer), quietly);
    EXPECT_EQ(error, asio::error::connection_reset);
  });
}

TEST_F(TcpStream, tells_the_peers_reset) {
  play([&]() -> asio::awaitable<void> {
    peer->set_option(asio::socket_base::linger(true, 0));
    peer->close();
    const auto read = co_await stream->read_some(asio::buffer(buffer));
    EXPECT_EQ(read.error, asio::error::connection_reset);
  });
}

Opened opened(const std::string& url, std::optional<Duration> patience = {}) {
  asio::io_context io;
  RealClock clock;
  Opened result{};
  asio::co_spawn(io, [&]() -> asio::awaitable<void> {
    const auto endpoint = *parse_url(url).endpoint;
    if (patience) result = co_await open(endpoint, clock, clock.now() + *patience);
    else result = co_await open(endpoint);
  }, asio::detached);
  io.run();
  return result;
}

// Each write ends, the first that fails and those behind it: a broker that has gone must not hold a client for ever.
TEST_F(TcpStream, gives_an_error_for_every_write_after_the_peers_reset) {
  play([this]() -> asio::awaitable<void> {
    peer->set_option(asio::socket_base::linger(true, 0));
    peer->close();
    auto [error, size] = co_await stream->read_some(asio::buffer(buffer));
    EXPECT_TRUE(error);
    for (int i = 0; i < 3; ++i) {
      auto failed = co_await stream->write(asio::buffer("hello", 5));
      EXPECT_TRUE(failed) << i;
    }
  });
}

TEST(Open, gives_a_refused_connection_as_an_error) {
  const auto url = fmt::format("mqtt://127.0.0.1:{}", free_port());
  EXPECT_EQ(opened(url).error, asio::error::connection_refused);
  EXPECT_EQ(opened(url, 10s).error, asio::error::connection_refused);
  EXPECT_EQ(opened(url).stream, nullptr);
}

TEST(Open, gives_a_missing_unix_socket_as_an_error) {
  EXPECT_EQ(opened("unix:/nowhere/at/all").error, boost::system::errc::no_such_file_or_directory);
}

TEST(Open, looks_names_up) {
  asio::io_context io;
  Tcp server(io);
  EXPECT_FALSE(opened(fmt::format("mqtt://localhost:{}", server.acceptor.local_endpoint().port())).error);
}

TEST(Open, gives_up_at_the_deadline) {
  EXPECT_EQ(opened("mqtt://127.0.0.1:1", -1s).error, asio::error::timed_out);
}

// A listener whose queue is full answers no connection attempt on loopback: the wait ends by its deadline.
TEST(Open, does_not_wait_for_a_mute_host) {
  asio::io_context io;
  tcp::acceptor acceptor(io);
  acceptor.open(tcp::v4());
  acceptor.bind({asio::ip::address_v4::loopback(), 0});
  acceptor.listen(0);
  const auto url = fmt::format("mqtt://127.0.0.1:{}", acceptor.local_endpoint().port());
  std::vector<Opened> kept;
  for (int i = 0; i < 10 && (kept.empty() || !kept.back().error); ++i) kept.push_back(opened(url, 200ms));
  EXPECT_EQ(kept.back().error, asio::error::timed_out);
}

// A Unix socket whose listener's queue is full says EAGAIN at once.
class FullQueue : public testing::Test {
protected:
  FullQueue() : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    place_.sun_family = AF_UNIX;
    std::snprintf(place_.sun_path, sizeof place_.sun_path, "%s", path_.c_str());
    ::unlink(path_.c_str());
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&place_), sizeof place_), 0);
    EXPECT_EQ(::listen(listener_, 0), 0);
    for (bool room = true; room;) {
      waiting_.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      room = ::connect(waiting_.back(), reinterpret_cast<sockaddr*>(&place_), sizeof place_) == 0;
      if (!room) EXPECT_EQ(errno, EAGAIN);
    }
  }
  ~FullQueue() override {
    for (int each : waiting_) ::close(each);
    ::close(listener_);
    ::unlink(path_.c_str());
  }
  void serve_one() { ::close(::accept(listener_, nullptr, nullptr)); }
  std::string url() const { return "unix:" + path_; }
private:
  std::string path_ = fmt::format("{}/mqttspec-queue-{}.sock", std::filesystem::temp_directory_path().string(), ::getpid());
  sockaddr_un place_{};
  int listener_;
  std::vector<int> waiting_;
};

TEST_F(FullQueue, is_tried_again_until_there_is_room) {
  asio::io_context io;
  RealClock clock;
  std::optional<Opened> result;
  const auto endpoint = *parse_url(url()).endpoint;
  asio::co_spawn(io, open(endpoint, clock, clock.now() + 30s), [&](std::exception_ptr, Opened opened) { result = std::move(opened); });
  io.run_for(20ms);
  EXPECT_FALSE(result) << "there is no room yet";
  serve_one();
  io.run();
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->error) << result->error.message();
}

TEST_F(FullQueue, is_given_up_at_the_deadline) { EXPECT_EQ(opened(url(), 50ms).error, asio::error::timed_out); }

}  // namespace
}  // namespace net::stream_test
