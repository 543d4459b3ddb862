#pragma once
// A byte stream to a broker, whatever carries it. Only this room's .cpp files know sockets, TLS and WebSocket.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <memory>

#include "harness/net/clock.h"
#include "harness/net/url.h"

namespace net {

using boost::system::error_code;

class Stream {
public:
  virtual ~Stream() = default;
  struct Read { error_code error; std::size_t size; };                     // error asio::error::eof: the peer finished in an orderly way
  virtual asio::awaitable<Read> read_some(asio::mutable_buffer into) = 0;  // one at a time; never cancelled to make a time-out
  virtual asio::awaitable<error_code> write(asio::const_buffer all) = 0;   // one at a time
  virtual asio::awaitable<error_code> finish() = 0;                        // orderly end of our side: FIN
  virtual void abort() noexcept = 0;                                       // RST; a pending read ends with an error
};

struct Opened { error_code error; std::unique_ptr<Stream> stream; };
asio::awaitable<Opened> open(Endpoint endpoint);
// The same with patience: error asio::error::timed_out when the connection does not stand at the deadline.
asio::awaitable<Opened> open(Endpoint endpoint, Clock& clock, Time deadline);

}  // namespace net
