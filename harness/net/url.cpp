#include "harness/net/url.h"

#include <boost/asio/ip/address.hpp>
#include <fmt/core.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>

namespace net {
namespace {

struct Scheme { std::string_view name; Transport transport; std::string_view port; std::string_view example; };

constexpr Scheme schemes[] = {
  {"mqtt", Transport::tcp, "1883", "mqtt://host:1883"},
  {"mqtts", Transport::tls, "8883", "mqtts://host:8883"},
  {"ws", Transport::ws, "80", "ws://host:80/mqtt"},
  {"wss", Transport::wss, "443", "wss://host:443/mqtt"},
  {"unix", Transport::unix_, "", "unix:/path/to/socket"},
};

constexpr std::string_view usual_path = "/mqtt";   // of a WebSocket, where the URL names none
constexpr auto longest_path = sizeof(sockaddr_un::sun_path) - 1;

struct Wrong { std::string text; };   // thrown and caught in this file only

std::string known_schemes() {
  std::string all;
  for (const auto& row : schemes) all += fmt::format("{}{}", all.empty() ? "" : ", ", row.example);
  return all;
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// `where` names the part, as the part itself may be a secret.
std::string decoded(std::string_view text, std::string_view where) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') { out += text[i]; continue; }
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    const auto result = i + 2 < text.size() ? std::from_chars(digits, digits + 2, value, 16) : std::from_chars_result{digits, {}};
    if (result.ptr != digits + 2) throw Wrong{fmt::format("in the {} two hex digits must follow '%'; a percent sign itself is written %25", where)};
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::string encoded(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 127 || special.find(c) != special.npos) out += fmt::format("%{:02X}", byte);
    else out += c;
  }
  return out;
}

void read_account(std::string_view text, Endpoint& to) {
  const auto colon = text.find(':');
  to.username = decoded(text.substr(0, colon), "user");
  if (colon != text.npos) to.password = decoded(text.substr(colon + 1), "password");
}

// Cuts `user:password@` off the front of an authority. The last '@' counts.
std::string_view without_account(std::string_view authority, Endpoint& to) {
  const auto at = authority.rfind('@');
  if (at == authority.npos) return authority;
  read_account(authority.substr(0, at), to);
  return authority.substr(at + 1);
}

void read_port(std::string_view text, Endpoint& to) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port > 65535)
    throw Wrong{fmt::format("the port '{}' is no number from 1 to 65535", text)};
  to.port = fmt::format("{}", port);
}

void read_host(std::string_view text, Endpoint& to) {
  const auto bracket = text.starts_with('[') ? text.find(']') : text.npos;
  if (text.starts_with('[') && bracket == text.npos) throw Wrong{"the bracket before the IPv6 address is not closed; write mqtt://[::1]:1883"};
  const auto colon = bracket == text.npos ? text.find(':') : text.find(':', bracket);
  if (bracket == text.npos && colon != text.rfind(':')) throw Wrong{fmt::format("an IPv6 address stands in brackets: mqtt://[{}]", text)};
  const auto host = bracket == text.npos ? text.substr(0, colon) : text.substr(1, bracket - 1);
  to.host = decoded(host, "host");
  if (bracket != text.npos) {
    if (const auto rest = text.substr(bracket + 1); !rest.empty() && rest[0] != ':')
      throw Wrong{fmt::format("after the bracket comes ':' and the port, not '{}'", rest)};
    boost::system::error_code bad;
    boost::asio::ip::make_address_v6(to.host, bad);
    if (bad) throw Wrong{fmt::format("'{}' is no IPv6 address", host)};
  }
  if (to.host.empty()) throw Wrong{"the host is missing; write mqtt://host:1883"};
  for (const char c : to.host)
    if (static_cast<unsigned char>(c) <= ' ' || c == 127) throw Wrong{"the host holds a blank or a control character"};
  if (colon != text.npos) read_port(text.substr(colon + 1), to);
}

void read_path(std::string_view tail, Endpoint& to) {
  if (tail.find('#') != tail.npos) throw Wrong{"a WebSocket's path has no '#'"};
  to.path = tail.empty() ? usual_path : tail;
  if (to.path.starts_with('?')) to.path.insert(0, "/");
  for (const char c : to.path)
    if (static_cast<unsigned char>(c) <= ' ' || c == 127) throw Wrong{"the path holds a blank or a control character"};
}

void read_tcp(std::string_view rest, const Scheme& row, Endpoint& to) {
  if (!rest.starts_with("//")) throw Wrong{fmt::format("'//' must follow the scheme; write {}", row.example)};
  rest.remove_prefix(2);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto tail = rest.substr(end);
  if (tail.find('@') != tail.npos) throw Wrong{"in the user and the password '/', '?' and '#' are written %2F, %3F and %23"};
  if (uses_websocket(to.transport)) read_path(tail, to);
  else if (!tail.empty() && tail != "/") throw Wrong{fmt::format("an {} URL ends after the port; '{}' is too much", row.name, tail)};
  read_host(without_account(rest.substr(0, end), to), to);
}

void read_unix(std::string_view rest, Endpoint& to) {
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto end = std::min(rest.find('/'), rest.size());
    if (const auto host = without_account(rest.substr(0, end), to); !host.empty())
      throw Wrong{fmt::format("a unix URL has no host, but an absolute path: unix:/{}{}", host, rest.substr(end))};
    rest.remove_prefix(end);
  }
  if (!rest.starts_with('/')) throw Wrong{"a unix URL names an absolute path: unix:/path/to/socket"};
  to.path = decoded(rest, "path");
  if (to.path.size() > longest_path) throw Wrong{fmt::format("the path has {} bytes; a Unix socket's has at most {}", to.path.size(), longest_path)};
  if (to.path.find('\0') != to.path.npos) throw Wrong{"the path holds a null byte"};
}

Endpoint read(std::string_view url) {
  const auto colon = url.find(':');
  const auto name = lowered(url.substr(0, colon));
  for (const auto& row : schemes)
    if (colon != url.npos && row.name == name) {
      Endpoint to;
      to.transport = row.transport;
      to.port = row.port;
      if (row.transport == Transport::unix_) read_unix(url.substr(colon + 1), to);
      else read_tcp(url.substr(colon + 1), row, to);
      return to;
    }
  if (url.find("://") != url.npos) throw Wrong{fmt::format("unknown scheme '{}'; known are {}", url.substr(0, colon), known_schemes())};
  if (url.find('@') != url.npos || url.empty()) throw Wrong{fmt::format("the scheme is missing; known are {}", known_schemes())};
  throw Wrong{fmt::format("'{0}' has no scheme; did you mean {1}{0}?", url, url.starts_with('/') ? "unix:" : "mqtt://")};
}

ParsedUrl parsed(std::string_view url, bool any_port) {
  try {
    auto to = read(url);
    if (to.port == "0" && !any_port) throw Wrong{"the port '0' is no number from 1 to 65535"};
    return {std::move(to), ""};
  } catch (const Wrong& wrong) {
    return {std::nullopt, wrong.text};
  }
}

}  // namespace

ParsedUrl parse_url(std::string_view url) { return parsed(url, false); }

ParsedUrl parse_place(std::string_view url) { return parsed(url, true); }

std::string to_url(const Endpoint& to) {
  if (to.transport == Transport::unix_) return fmt::format("unix:{}", encoded(to.path, "%?#"));
  const auto host = encoded(to.host, "%/?#@[]");
  const auto path = uses_websocket(to.transport) ? to.path : "";
  return fmt::format(fmt::runtime(to.host.find(':') != to.host.npos ? "{}://[{}]:{}{}" : "{}://{}:{}{}"), scheme(to.transport), host, to.port, path);
}

std::string_view scheme(Transport transport) {
  for (const auto& row : schemes)
    if (row.transport == transport) return row.name;
  return {};
}

std::optional<Transport> transport_named(std::string_view name) {
  for (const auto& row : schemes)
    if (row.name == name) return row.transport;
  return std::nullopt;
}

std::vector<std::string> transport_names() {
  std::vector<std::string> names;
  for (const auto& row : schemes) names.emplace_back(row.name);
  return names;
}

bool is_loopback(const Endpoint& to) {
  if (to.transport == Transport::unix_) return true;
  if (const auto host = lowered(to.host); host == "localhost" || host.ends_with(".localhost")) return true;
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(to.host, no_address);
  if (no_address) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

}  // namespace net
