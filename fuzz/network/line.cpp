#include "fuzz/network/line.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace network {

constexpr std::size_t most_received = 4u << 20;   // bytes; a broker that floods is cut off
constexpr std::size_t surely_taken = 32u << 10;   // bytes that a socket takes whether or not the broker reads

asio::awaitable<std::shared_ptr<Line>> Line::open(engine::Instance& instance, net::Clock& clock, std::shared_ptr<net::Signal> changed) {
  auto executor = co_await asio::this_coro::executor;
  auto line = std::make_shared<Line>();
  line->clock_ = &clock;
  line->changed_ = std::move(changed);
  engine::Way to_the_default_listener;
  net::Opened opened = co_await instance.open(to_the_default_listener);
  if (opened.error) co_return line;
  line->stream_ = std::move(opened.stream);
  line->connected = true;
  line->done = false;
  asio::co_spawn(executor, [line] { return line->read_all(); }, asio::detached);
  co_return line;
}

asio::awaitable<void> Line::read_all() {
  std::array<std::uint8_t, 8192> buffer;
  while (received.size() < most_received) {
    auto into = asio::buffer(buffer);
    net::Stream::Read read = co_await stream_->read_some(into);
    if (aborted_) break;
    if (read.error) {
      ended = true;
      break;
    }
    received.insert(received.end(), buffer.begin(), buffer.begin() + std::ptrdiff_t(read.size));
    changed_->raise();
  }
  done = true;
  changed_->raise();
}

asio::awaitable<void> Line::write(mqtt::Bytes bytes, Duration patience) {
  if (!stream_ || aborted_ || stuck_) co_return;
  sent_ += bytes.size();
  if (sent_ <= surely_taken) {
    auto self = shared_from_this();
    auto buffer = asio::buffer(bytes);
    net::error_code ignored = co_await stream_->write(buffer);   // how it ended is told by reading
    (void)ignored;
    co_return;
  }
  auto executor = co_await asio::this_coro::executor;
  auto written = std::make_shared<net::Signal>(executor);
  auto shared = std::make_shared<mqtt::Bytes>(std::move(bytes));
  asio::co_spawn(executor, [self = shared_from_this(), shared, written] { return self->write_all(shared, written); }, asio::detached);
  auto deadline = clock_->now() + patience;
  bool taken = co_await clock_->wait(*written, deadline);
  stuck_ = !taken;
}

asio::awaitable<void> Line::write_all(std::shared_ptr<mqtt::Bytes> bytes, std::shared_ptr<net::Signal> written) {
  auto buffer = asio::buffer(*bytes);
  net::error_code ignored = co_await stream_->write(buffer);
  (void)ignored;
  written->raise();
}

asio::awaitable<void> Line::finish() {
  if (!stream_ || aborted_ || stuck_) co_return;
  net::error_code ignored = co_await stream_->finish();
  (void)ignored;
}

void Line::abort() {
  aborted_ = true;
  if (stream_) stream_->abort();
}

}  // namespace network
