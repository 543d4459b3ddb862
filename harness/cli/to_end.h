#pragma once
// Runs a coroutine on a context of its own until it ends, and throws what it throws. What else it started is left where it is.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

namespace cli {

inline void to_end(boost::asio::io_context& io, boost::asio::awaitable<void> body) {
  std::exception_ptr trouble;
  boost::asio::co_spawn(io, std::move(body), [&](std::exception_ptr thrown) {
    trouble = thrown;
    io.stop();
  });
  io.run();
  if (trouble) std::rethrow_exception(trouble);
}

}  // namespace cli
