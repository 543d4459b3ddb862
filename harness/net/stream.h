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

class WebSocket;

class Stream {
public:
  virtual ~Stream() = default;                                             // not while a call is under way, but after abort()
  struct Read { error_code error; std::size_t size; };                     // error asio::error::eof: the peer finished in an orderly way
  virtual asio::awaitable<Read> read_some(asio::mutable_buffer into) = 0;  // one at a time; never cancelled to make a time-out
  virtual asio::awaitable<error_code> write(asio::const_buffer all) = 0;   // one at a time
  virtual asio::awaitable<error_code> finish() = 0;                        // orderly end of our side: FIN, close_notify, close frame
  virtual void abort() noexcept = 0;                                       // RST, whatever the layers; a pending read ends with an error
  virtual WebSocket* websocket() { return nullptr; }                       // for those who look at its frames; null: it is none
};

// What a client asks for when it opens a WebSocket.
struct Upgrade {
  std::vector<std::string> subprotocols{"mqtt"};
  std::string path;          // empty: the endpoint's
  bool strict = true;        // false: whatever HTTP answer comes opens the stream; without 101 it has ended at once
};
struct Upgraded {            // the server's answer
  int status = 0;
  std::string reason;        // "Switching Protocols"
  std::optional<std::string> subprotocol;
};

struct Opened {
  error_code error;
  std::unique_ptr<Stream> stream;
  std::string detail = {};                         // beyond what the error's message says: the names a certificate is for, an HTTP status
  std::optional<Upgraded> answer = {};             // of a WebSocket's server, where there was one
  std::string trouble() const { return error.message() + (detail.empty() ? "" : ": " + detail); }
};
asio::awaitable<Opened> open(Endpoint endpoint, Upgrade upgrade = {});
// The same with patience: error asio::error::timed_out when the connection, its handshakes included, does not stand at the deadline.
asio::awaitable<Opened> open(Endpoint endpoint, Clock& clock, Time deadline, Upgrade upgrade = {});

}  // namespace net
