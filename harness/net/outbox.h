#pragma once
// Bytes on their way to the stream below, whoever wrote them: a writer, or a reader that has to answer something meanwhile. Inside this room only.
#include <boost/asio/steady_timer.hpp>

#include "harness/net/quietly.h"
#include "harness/net/stream.h"

namespace net {

class Outbox {
public:
  Outbox(Stream& under, asio::any_io_executor executor) : under_(under), free_(std::move(executor), Time::max()) {}

  // Ends when these bytes are written, or nothing can be written any more.
  asio::awaitable<error_code> write(std::string bytes) {
    queued_ += bytes;
    while (busy_) co_await free_.async_wait(quietly);
    co_await write_queued();
    co_return error_;
  }
  // Likewise, but does not wait for a write under way, which takes these bytes along.
  asio::awaitable<void> post(std::string bytes) {
    queued_ += bytes;
    if (!busy_) co_await write_queued();
  }

private:
  asio::awaitable<void> write_queued() {
    busy_ = true;
    while (!queued_.empty() && !error_) {
      const auto bytes = std::exchange(queued_, {});
      error_ = co_await under_.write(asio::buffer(bytes));
    }
    busy_ = false;
    free_.cancel();
  }

  Stream& under_;
  asio::steady_timer free_;     // never expires; who waits is woken by its cancellation
  std::string queued_;
  bool busy_ = false;
  error_code error_;
};

}  // namespace net
