#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "harness/net/websocket.h"

namespace net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t longest_head = 16384;   // bytes of an HTTP message without its body

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size))));
  return text;
}

std::string accept_for(std::string_view key) {   // RFC 6455, 4.2.2
  const auto joined = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(joined.data()), joined.size(), digest);
  return base64(digest, sizeof digest);
}

std::string fresh_key() {
  std::random_device random;
  unsigned char bytes[16];
  for (auto& byte : bytes) byte = static_cast<unsigned char>(random());
  return base64(bytes, sizeof bytes);
}

std::string joined(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ", ")); }

std::vector<std::string> listed(const http::fields& fields, http::field name) {
  std::vector<std::string> all;
  for (auto [at, end] = fields.equal_range(name); at != end; ++at)
    for (const auto& token : http::token_list(at->value())) all.emplace_back(token);
  return all;
}

// Reads the head of an HTTP message; `rest` is what came behind it.
template <class Parser> asio::awaitable<error_code> read_head(Stream& from, Parser& parser, std::string& rest) {
  std::array<char, 4096> buffer;
  parser.header_limit(longest_head);
  parser.skip(true);                          // a body is none of our business
  for (std::string held; !parser.is_header_done();) {
    const auto read = co_await from.read_some(asio::buffer(buffer));
    if (read.error) co_return read.error;
    held.append(buffer.data(), read.size);
    error_code error;
    held.erase(0, parser.put(asio::buffer(held), error));
    if (error && error != http::error::need_more) co_return Trouble::no_http;
    rest = held;
  }
  co_return error_code{};
}

error_code wrong_with(const http::response_header<>& head, const Upgraded& answer, const std::string& key, const Upgrade& wanted) {
  if (answer.status != 101) return Trouble::http_status;
  if (head["Sec-WebSocket-Accept"] != accept_for(key)) return Trouble::wrong_accept;
  if (!wanted.strict) return {};
  if (!answer.subprotocol) return Trouble::no_subprotocol;
  if (*answer.subprotocol != "mqtt") return Trouble::wrong_subprotocol;
  return {};
}

std::string detail_of(error_code error, const Upgraded& answer, const Upgrade& wanted) {
  if (error == Trouble::http_status) return fmt::format("it answers {} to {} with HTTP {} {}", wanted.path, joined(wanted.subprotocols), answer.status, answer.reason);
  return error == Trouble::wrong_subprotocol ? *answer.subprotocol : "";
}

asio::awaitable<void> refuse(Stream& stream, std::string_view status) {
  const auto text = fmt::format("HTTP/1.1 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);
  co_await stream.write(asio::buffer(text));
  co_await stream.finish();
}

std::optional<std::string> choose_mqtt(const std::vector<std::string>& offered) {
  return std::find(offered.begin(), offered.end(), "mqtt") == offered.end() ? std::nullopt : std::optional<std::string>("mqtt");
}

}  // namespace

asio::awaitable<Opened> connect_websocket(std::unique_ptr<Stream> under, std::string host, Upgrade wanted) {
  const auto executor = co_await asio::this_coro::executor;
  const auto key = fresh_key();
  const auto offer = wanted.subprotocols.empty() ? "" : fmt::format("Sec-WebSocket-Protocol: {}\r\n", joined(wanted.subprotocols));
  const auto request = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {}\r\n"
                                   "Sec-WebSocket-Version: 13\r\n{}\r\n", wanted.path, host, key, offer);
  const auto unsent = co_await under->write(asio::buffer(request));
  if (unsent) co_return Opened{unsent, nullptr};
  http::response_parser<http::empty_body> parser;
  std::string rest;
  const auto error = co_await read_head(*under, parser, rest);
  if (error == asio::error::eof && !wanted.strict) {
    Opened opened{{}, std::make_unique<WebSocket>(std::move(under), WebSocket::Side::refused, executor)};
    co_return opened;
  }
  if (error) co_return Opened{error, nullptr, error == Trouble::no_http ? "" : "in the WebSocket handshake"};
  const auto& head = parser.get().base();
  Upgraded answer{static_cast<int>(head.result_int()), std::string(head.reason()), std::nullopt};
  if (head.count("Sec-WebSocket-Protocol")) answer.subprotocol = std::string(head["Sec-WebSocket-Protocol"]);
  const auto wrong = wrong_with(head, answer, key, wanted);
  if (wrong && (wanted.strict || wrong != Trouble::http_status)) {
    Opened opened{wrong, nullptr, detail_of(wrong, answer, wanted), answer};
    co_return opened;
  }
  auto socket = std::make_unique<WebSocket>(std::move(under), wrong ? WebSocket::Side::refused : WebSocket::Side::client, executor);
  socket->feed(wrong ? "" : rest);
  Opened opened{{}, std::move(socket), "", answer};
  co_return opened;
}

asio::awaitable<Opened> accept_websocket(std::unique_ptr<Stream> under, std::string path, Manners manners) {
  const auto executor = co_await asio::this_coro::executor;
  http::request_parser<http::empty_body> parser;
  std::string rest;
  const auto error = co_await read_head(*under, parser, rest);
  if (error) co_return Opened{error, nullptr};
  const auto& head = parser.get().base();
  const auto key = std::string(head["Sec-WebSocket-Key"]);
  std::string_view status;
  const bool upgrade = head.method() == http::verb::get && http::token_list(head[http::field::upgrade]).exists("websocket") &&
                       http::token_list(head[http::field::connection]).exists("upgrade");
  const auto chosen = (manners.choose ? manners.choose : choose_mqtt)(listed(head, http::field::sec_websocket_protocol));
  if (head.target() != path) status = "404 Not Found";
  else if (!upgrade || key.empty()) status = "400 Bad Request";
  else if (head["Sec-WebSocket-Version"] != "13") status = "426 Upgrade Required";
  else if (!chosen) status = "400 Bad Request";
  if (!status.empty()) {
    co_await refuse(*under, status);
    co_return Opened{Trouble::http_status, nullptr};
  }
  const auto named = chosen->empty() ? "" : fmt::format("Sec-WebSocket-Protocol: {}\r\n", *chosen);
  const auto answer = fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n{}\r\n",
                                  accept_for(key), named);
  const auto unsent = co_await under->write(asio::buffer(answer));
  if (unsent) co_return Opened{unsent, nullptr};
  auto socket = std::make_unique<WebSocket>(std::move(under), WebSocket::Side::server, executor, std::move(manners));
  socket->feed(rest);
  Opened opened{{}, std::move(socket)};
  co_return opened;
}

}  // namespace net
