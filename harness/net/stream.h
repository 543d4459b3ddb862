#pragma once
// A byte stream to a broker, whatever carries it. Only this room's .cpp files know sockets, TLS and WebSocket.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace net {

namespace asio = boost::asio;
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

enum class Transport { tcp, unix_ };

struct Endpoint {
  Transport transport = Transport::tcp;
  std::string host;      // without brackets for IPv6
  std::string port;
  std::string path;      // unix: the socket's path
  std::optional<std::string> username, password;  // from the URL, percent-decoded
};

// mqtt://user:password@host:1883, unix:/path. `error` says what is wrong with the text and what would be right.
struct ParsedUrl { std::optional<Endpoint> endpoint; std::string error; };
ParsedUrl parse_url(std::string_view url);
std::string to_url(const Endpoint& endpoint);     // without the account
bool is_loopback(const Endpoint& endpoint);

struct Opened { error_code error; std::unique_ptr<Stream> stream; };
asio::awaitable<Opened> open(Endpoint endpoint);

}  // namespace net
