#include "harness/net/listener.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <optional>

namespace net::listener_test {
namespace {

using namespace std::chrono_literals;

class Listener : public testing::Test {
protected:
  Listener() : folder((std::filesystem::temp_directory_path() / "mqttspec-XXXXXX").string()) {
    if (!::mkdtemp(folder.data())) throw std::runtime_error("mkdtemp");
  }
  ~Listener() override { std::filesystem::remove_all(folder); }

  Endpoint listen_on(const std::string& url) {
    return listen(io.get_executor(), *parse_place(url).endpoint, [this](std::unique_ptr<Stream> stream) { accepted.push_back(std::move(stream)); });
  }
  std::string refusal(const std::string& url) {
    try {
      listen_on(url);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it listens";
  }
  template <class Body> void play(Body body) {
    bool over = false;
    asio::co_spawn(io, std::move(body), [&over](std::exception_ptr thrown) {
      EXPECT_FALSE(thrown);
      over = true;
    });
    auto deadline = clock.now() + 30s;
    while (!over && clock.now() < deadline) io.run_one_until(deadline);
    ASSERT_TRUE(over);
  }
  // Says a byte to whoever has been accepted last and hears it.
  asio::awaitable<void> greet(Endpoint at) {
    Opened opened = co_await open(at);
    EXPECT_FALSE(opened.error) << opened.error.message();
    if (opened.error) co_return;
    auto out = asio::buffer("x", 1);
    co_await opened.stream->write(out);
    Signal never(io.get_executor());
    for (auto before = known++; accepted.size() <= before;) co_await clock.wait(never, clock.now() + 1ms);
    char byte = 0;
    auto in = asio::buffer(&byte, 1);
    Stream::Read read = co_await accepted.back()->read_some(in);
    EXPECT_FALSE(read.error);
    EXPECT_EQ(byte, 'x');
  }

  std::string folder;
  asio::io_context io;
  RealClock clock;
  std::vector<std::unique_ptr<Stream>> accepted;
  std::size_t known = 0;
};

TEST_F(Listener, PortZeroBecomesAFreeOne) {
  auto one = listen_on("mqtt://127.0.0.1:0"), other = listen_on("mqtt://127.0.0.1:0");
  EXPECT_NE(one.port, "0");
  EXPECT_NE(one.port, other.port);
  play([&]() -> asio::awaitable<void> {
    co_await greet(one);
    co_await greet(other);
  });
}

TEST_F(Listener, APlaceThatIsTakenIsRefused) {
  auto url = to_url(listen_on("mqtt://127.0.0.1:0")), path = "unix:" + folder + "/s";
  EXPECT_EQ(refusal(url), "cannot listen on " + url + ": somebody else does already; port 0 takes a free one");
  listen_on(path);
  EXPECT_EQ(refusal(path), "cannot listen on " + path + ": something is there already; name a path that is free");
  play([&]() -> asio::awaitable<void> { co_await greet(*parse_url(path).endpoint); });
}

TEST_F(Listener, TheSocketOfAListenerThatIsGoneIsReplaced) {
  auto path = "unix:" + folder + "/s";
  {
    asio::io_context gone;
    listen(gone.get_executor(), *parse_place(path).endpoint, [](auto) {});
  }
  ASSERT_TRUE(std::filesystem::is_socket(folder + "/s"));
  listen_on(path);
  play([&]() -> asio::awaitable<void> { co_await greet(*parse_url(path).endpoint); });
}

TEST_F(Listener, NothingButASocketIsReplaced) {
  ASSERT_EQ(::mkdir((folder + "/s").c_str(), 0700), 0);
  EXPECT_EQ(refusal("unix:" + folder + "/s"), "cannot listen on unix:" + folder + "/s: something is there already; name a path that is free");
  EXPECT_TRUE(std::filesystem::is_directory(folder + "/s"));
}

TEST_F(Listener, APlaceThatIsNotThereIsNamed) {
  EXPECT_EQ(refusal("unix:" + folder + "/none/s"), "cannot listen on unix:" + folder + "/none/s: No such file or directory");
  EXPECT_EQ(refusal("mqtt://192.0.2.1:0"), "cannot listen on mqtt://192.0.2.1:0: Cannot assign requested address");
}

TEST_F(Listener, GoesOnWhenDescriptorsHadRunOut) {
  auto at = listen_on("mqtt://127.0.0.1:0");
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  play([&]() -> asio::awaitable<void> {
    Opened waits = co_await open(at);
    EXPECT_FALSE(waits.error);
    auto highest = ::dup(0);
    ::close(highest);
    rlimit tight{rlim_t(highest), before.rlim_max};        // nothing is left to accept with
    ::setrlimit(RLIMIT_NOFILE, &tight);
    Signal never(io.get_executor());
    co_await clock.wait(never, clock.now() + 1ms);
    co_await clock.wait(never, clock.now() + 60ms);
    EXPECT_TRUE(accepted.empty());
    ::setrlimit(RLIMIT_NOFILE, &before);
    while (accepted.empty()) co_await clock.wait(never, clock.now() + 1ms);
  });
}

}  // namespace
}  // namespace net::listener_test
