#pragma once
// Where a broker listens, and how a person writes it: the URL's scheme is the transport.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace net {

enum class Transport { tcp, tls, ws, wss, unix_ };
inline bool uses_tls(Transport transport) { return transport == Transport::tls || transport == Transport::wss; }
inline bool uses_websocket(Transport transport) { return transport == Transport::ws || transport == Transport::wss; }

struct TlsContext;           // tls.h

struct Endpoint {
  Transport transport = Transport::tcp;
  std::string host;      // without brackets for IPv6
  std::string port;
  std::string path;      // unix: the socket's path; ws and wss: what is asked for, as it stands in the URL
  std::optional<std::string> username, password;  // from the URL, percent-decoded
  std::shared_ptr<const TlsContext> tls = {};      // mqtts and wss; null: as tls_client({}) makes it
};

// mqtt://user:password@host:1883, wss://host:443/path, unix:/path. `error` says what is wrong with the text and what would be right; it never shows the password.
struct ParsedUrl { std::optional<Endpoint> endpoint; std::string error; };
ParsedUrl parse_url(std::string_view url);
ParsedUrl parse_place(std::string_view url);      // likewise, where to listen: port 0 stands for a free one
std::string to_url(const Endpoint& endpoint);     // without the account
std::string_view scheme(Transport transport);     // "mqtt"
std::optional<Transport> transport_named(std::string_view scheme);
std::vector<std::string> transport_names();
bool is_loopback(const Endpoint& endpoint);       // this machine only: 127.0.0.0/8, ::1, localhost, a Unix socket

}  // namespace net
