#pragma once
// Where a broker listens, and how a person writes it: the URL's scheme is the transport.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

enum class Transport { tcp, unix_ };

struct Endpoint {
  Transport transport = Transport::tcp;
  std::string host;      // without brackets for IPv6
  std::string port;
  std::string path;      // unix: the socket's path
  std::optional<std::string> username, password;  // from the URL, percent-decoded
};

// mqtt://user:password@host:1883, unix:/path. `error` says what is wrong with the text and what would be right; it never shows the password.
struct ParsedUrl { std::optional<Endpoint> endpoint; std::string error; };
ParsedUrl parse_url(std::string_view url);
ParsedUrl parse_place(std::string_view url);      // likewise, where to listen: port 0 stands for a free one
std::string to_url(const Endpoint& endpoint);     // without the account
std::string_view scheme(Transport transport);     // "mqtt"
bool is_loopback(const Endpoint& endpoint);       // this machine only: 127.0.0.0/8, ::1, localhost, a Unix socket

}  // namespace net
