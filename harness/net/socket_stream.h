#pragma once
// A connected TCP or Unix socket as a stream. Inside this room only.
#include <boost/asio/write.hpp>

#include "harness/net/quietly.h"
#include "harness/net/stream.h"

namespace net {

template <class Socket> class SocketStream final : public Stream {
public:
  explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    const auto [error, size] = co_await socket_.async_read_some(into, quietly);
    co_return Read{error, size};
  }
  asio::awaitable<error_code> write(asio::const_buffer all) override {
    if (broken_) co_return broken_;
    const auto [error, size] = co_await asio::async_write(socket_, all, quietly);
    broken_ = error;
    co_return error;
  }
  asio::awaitable<error_code> finish() override {
    error_code error;
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    co_return error;
  }
  void abort() noexcept override {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
  }

private:
  Socket socket_;
  error_code broken_;   // of the first write that failed: Asio would wait for ever for the socket to become writable again
};

}  // namespace net
