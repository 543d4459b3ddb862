#include "harness/net/http_server.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket.hpp>
#include <deque>
#include <set>

#include "harness/net/acceptor.h"

namespace net {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace ws = beast::websocket;
using asio::ip::tcp;
using Request = http::request<http::empty_body>;

constexpr std::size_t longest_head = 16384, most_connections = 64;
constexpr auto patience = std::chrono::seconds(10);        // for a whole request to come
constexpr auto long_patience = std::chrono::minutes(5);    // for an answer to be taken: a report may be 25 MB
constexpr auto silence = std::chrono::seconds(60);         // of a viewer that answers no ping; then it is dropped

struct Header { std::string_view name, value; };
constexpr Header headers[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},                    // the address has the token in it
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

std::string fresh_token() {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) throw std::runtime_error("no random bytes for the link's token");
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

bool same(std::string_view given, std::string_view token) {
  return given.size() == token.size() && CRYPTO_memcmp(given.data(), token.data(), token.size()) == 0;
}

std::string bracketed(const std::string& host) { return host.find(':') == host.npos ? host : "[" + host + "]"; }

struct Reply {
  http::status status = http::status::ok;
  Page page{};
  bool upgrade = false;                                    // a viewer is let in; there is no page
};
Reply refusal(http::status status, std::string why) { return {status, {"text/plain; charset=utf-8", std::make_shared<const std::string>(std::move(why) + "\n")}}; }

}  // namespace

struct HttpServer::House : std::enable_shared_from_this<House> {
  struct Viewer {
    Viewer(beast::tcp_stream stream, asio::any_io_executor executor) : socket(std::move(stream)), something(executor) {}
    ws::stream<beast::tcp_stream> socket;
    Signal something;                                      // to be told, or it is gone
    std::deque<std::shared_ptr<const std::string>> queue;
    std::size_t queued = 0;                                // bytes
    bool behind = true;                                    // the state comes first; it holds what the queue would
    bool writing = false, gone = false;
    bool told() const { return gone || (!behind && queue.empty() && !writing); }
  };

  House(asio::any_io_executor executor, const Endpoint& at, Site of)
      : site(std::move(of)), host(at.host), token(fresh_token()), quiet(executor) {
    const auto place = bracketed(at.host) + ":" + at.port;
    acceptor = std::make_shared<tcp::acceptor>(bound_tcp(executor, at.host, at.port, place));
    const auto bound_to = acceptor->local_endpoint();
    port = std::to_string(bound_to.port());
    // Everywhere is also here; an address that stands for all is none to open.
    const auto shown = !bound_to.address().is_unspecified() ? at.host : bound_to.address().is_v6() ? "::1" : "127.0.0.1";
    url = fmt::format("http://{}:{}/{}/", bracketed(shown), port, token);
  }

  void open() {
    asio::co_spawn(acceptor->get_executor(), accept_all(acceptor, [house = shared_from_this()](tcp::socket socket) {
      if (house->connections.size() >= most_connections) return;
      asio::co_spawn(socket.get_executor(), house->attend(house, std::move(socket)), asio::detached);
    }), asio::detached);
  }

  void close() {
    closed = true;
    error_code ignored;
    acceptor->close(ignored);
    for (auto* each : connections) each->close(ignored);
  }

  // A name can be made to lead here by whoever owns it, and then its pages would be of one origin with ours; an address cannot.
  bool is_ours(std::string_view given) const {
    const auto colon = given.ends_with(']') ? given.npos : given.rfind(':');
    if ((colon == given.npos ? "80" : given.substr(colon + 1)) != port) return false;
    auto name = given.substr(0, colon);
    if (beast::iequals(name, "localhost") || beast::iequals(name, bracketed(host))) return true;
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
    error_code no_address;
    asio::ip::make_address(std::string(name), no_address);
    return !no_address;
  }

  Reply answer(const Request& request) const {
    const std::string_view host_header(request[http::field::host]), origin(request[http::field::origin]);
    if (request.count(http::field::host) != 1 || !is_ours(host_header)) return refusal(http::status::forbidden, "Open this page by the address that mqttspec printed.");
    if (request.method() != http::verb::get && request.method() != http::verb::head) return refusal(http::status::method_not_allowed, "There is nothing to be done here but to read (GET).");
    const auto target = std::string_view(request.target()).substr(0, request.target().find('?'));
    const auto slash = target.find('/', 1);
    if (!target.starts_with('/') || slash == target.npos || !same(target.substr(1, slash - 1), token))
      return refusal(http::status::not_found, "Nothing is here: the link that mqttspec printed has a token in it, which belongs to the address.");
    const auto name = target.substr(slash + 1);
    if (name == "live" && ws::is_upgrade(request)) {
      if (request.count(http::field::origin) != 1 || !beast::iequals(origin, "http://" + std::string(host_header))) return refusal(http::status::forbidden, "A page of another origin.");
      return {.upgrade = true};
    }
    auto page = site.page(name);
    return page ? Reply{.page = std::move(*page)} : refusal(http::status::not_found, "Nothing is here.");
  }

  asio::awaitable<void> attend(std::shared_ptr<House> house, tcp::socket accepted) {
    const auto executor = accepted.get_executor();
    beast::tcp_stream stream(std::move(accepted));
    const Present here(*house, stream.socket());
    beast::flat_buffer buffer(longest_head);
    while (!house->closed) {
      http::request_parser<http::empty_body> parser;
      parser.header_limit(longest_head);
      stream.expires_after(patience);
      const auto [unread, size] = co_await http::async_read_header(stream, buffer, parser, quietly);
      if (unread || house->closed) co_return;
      const auto& request = parser.get();
      Reply reply = house->answer(request);
      if (reply.upgrade) {
        here.leave();
        auto viewer = std::make_shared<Viewer>(std::move(stream), executor);
        co_await house->show(house, viewer, parser.release());
        co_return;
      }
      const bool last = !request.keep_alive() || !parser.is_done() || ws::is_upgrade(request);     // who sends a body, or may not watch, is answered and not read any further
      http::response<http::empty_body> head(reply.status, request.version());
      for (const auto& each : headers) head.set(each.name, each.value);
      if (reply.status == http::status::method_not_allowed) head.set(http::field::allow, "GET, HEAD");
      head.set(http::field::content_type, reply.page.type);
      head.content_length(reply.page.body->size());
      head.keep_alive(!last);
      stream.expires_after(long_patience);
      const auto [unsent, head_size] = co_await http::async_write(stream, head, quietly);
      if (unsent) co_return;
      if (request.method() != http::verb::head) {
        const auto body = asio::buffer(*reply.page.body);
        const auto [cut, body_size] = co_await asio::async_write(stream, body, quietly);
        if (cut) co_return;
      }
      if (last) break;
    }
    error_code ignored;
    stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  asio::awaitable<void> show(std::shared_ptr<House> house, std::shared_ptr<Viewer> viewer, Request request) {
    const Present here(*house, beast::get_lowest_layer(viewer->socket).socket());
    beast::get_lowest_layer(viewer->socket).expires_never();
    viewer->socket.set_option(ws::stream_base::timeout{patience, silence, true});
    viewer->socket.read_message_max(longest_head);
    const auto [refused] = co_await viewer->socket.async_accept(request, quietly);
    if (refused || house->closed) co_return;
    viewers.insert(viewer);
    asio::co_spawn(viewer->socket.get_executor(), house->tell(house, viewer), asio::detached);
    for (;;) {                                             // what it says is of no interest; that it ends is
      beast::flat_buffer said;
      const auto [ended, size] = co_await viewer->socket.async_read(said, quietly);
      if (ended) break;
    }
    viewer->gone = true;
    viewer->something.raise();
    viewers.erase(viewer);
    quiet.raise();
  }

  asio::awaitable<void> tell(std::shared_ptr<House> house, std::shared_ptr<Viewer> viewer) {
    RealClock clock;
    viewer->socket.text(true);
    while (!viewer->gone && !house->closed) {
      if (!viewer->behind && viewer->queue.empty()) {
        house->quiet.raise();
        co_await clock.wait(viewer->something, Time::max());
        continue;
      }
      auto message = viewer->behind ? std::make_shared<const std::string>(house->site.state()) : viewer->queue.front();
      if (!viewer->behind) {
        viewer->queued -= message->size();
        viewer->queue.pop_front();
      }
      viewer->behind = false;
      viewer->writing = true;
      const auto bytes = asio::buffer(*message);
      const auto [unsent, size] = co_await viewer->socket.async_write(bytes, quietly);
      viewer->writing = false;
      if (unsent) break;
    }
    house->quiet.raise();
  }

  void publish(std::shared_ptr<const std::string> news) {
    for (auto& each : viewers) {
      if (each->behind) continue;
      each->queue.push_back(news);
      each->queued += news->size();
      if (each->queued > site.most_queued) {
        each->queue.clear();
        each->queued = 0;
        each->behind = true;
      }
      each->something.raise();
    }
  }

  // A socket that close() ends, as long as it stands here.
  struct Present {
    Present(House& in, tcp::socket& of) : house(in), socket(&of) { house.connections.insert(socket); }
    ~Present() { leave(); }
    Present(const Present&) = delete;
    void leave() const { house.connections.erase(socket); }
    House& house;
    tcp::socket* socket;
  };

  Site site;
  std::string host, port, token, url;
  std::shared_ptr<tcp::acceptor> acceptor;
  std::set<tcp::socket*> connections;
  std::set<std::shared_ptr<Viewer>> viewers;
  Signal quiet;                                            // a viewer has nothing left to be told
  bool closed = false;
};

HttpServer::HttpServer(asio::any_io_executor executor, const Endpoint& at, Site site) : house_(std::make_shared<House>(executor, at, std::move(site))) { house_->open(); }
HttpServer::~HttpServer() { house_->close(); }
const std::string& HttpServer::url() const { return house_->url; }
void HttpServer::publish(std::string news) { house_->publish(std::make_shared<const std::string>(std::move(news))); }

asio::awaitable<void> HttpServer::all_told(Clock& clock, Time deadline) {
  const auto house = house_;
  const auto told = [&] { return std::all_of(house->viewers.begin(), house->viewers.end(), [](const auto& each) { return each->told(); }); };
  while (!told()) {
    const bool more = co_await clock.wait(house->quiet, deadline);
    if (!more) co_return;
  }
}

}  // namespace net
