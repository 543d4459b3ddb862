#include "harness/net/memory_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace net {
namespace {

// One direction. Bytes that came before a reset can still be read, as on Linux.
struct Pipe {
  explicit Pipe(const asio::any_io_executor& executor) : changed(executor, asio::steady_timer::time_point::max()) {}
  void wake() { changed.cancel(); }
  std::string bytes;
  bool finished = false;       // the writer will write no more
  bool reset = false;          // the writer reset the connection
  bool unread = false;         // the reader is gone or has reset: writing is of no use
  asio::steady_timer changed;  // never expires; a pending read waits for its cancellation
};

class MemoryStream final : public Stream {
public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out) : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override {
    in_->unread = true;
    out_->finished = true;
    out_->wake();
  }

  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    const auto in = in_;       // the stream may be gone when this wakes up
    while (in->bytes.empty() && !in->finished && !in->reset && !in->unread)
      co_await in->changed.async_wait(asio::as_tuple(asio::use_awaitable));
    if (in->unread) co_return Read{asio::error::operation_aborted, 0};
    if (!in->bytes.empty()) {
      const auto size = asio::buffer_copy(into, asio::buffer(in->bytes));
      in->bytes.erase(0, size);
      co_return Read{{}, size};
    }
    co_return Read{in->reset ? asio::error::make_error_code(asio::error::connection_reset) : asio::error::make_error_code(asio::error::eof), 0};
  }

  asio::awaitable<error_code> write(asio::const_buffer all) override {
    if (in_->unread) co_return asio::error::bad_descriptor;     // we reset it ourselves
    if (in_->reset) co_return asio::error::connection_reset;
    if (out_->finished || out_->unread) co_return asio::error::broken_pipe;
    out_->bytes.append(static_cast<const char*>(all.data()), all.size());
    out_->wake();
    co_return error_code{};
  }

  asio::awaitable<error_code> finish() override {
    if (in_->unread || in_->reset) co_return asio::error::not_connected;
    out_->finished = true;
    out_->wake();
    co_return error_code{};
  }

  void abort() noexcept override {
    if (in_->unread) return;
    in_->unread = true;
    in_->wake();
    out_->reset = true;
    out_->wake();
  }

private:
  std::shared_ptr<Pipe> in_, out_;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_streams(asio::any_io_executor executor) {
  const auto there = std::make_shared<Pipe>(executor), back = std::make_shared<Pipe>(executor);
  return {std::make_unique<MemoryStream>(back, there), std::make_unique<MemoryStream>(there, back)};
}

}  // namespace net
