#pragma once
// Pages of this program's own in a browser, and WebSockets that are told what becomes of them: for whoever knows a random token, which is part of the address.
// What another site's page could make a browser ask is refused: a wrong token (404), a Host that is a name of others (DNS rebinding), a foreign Origin (403).
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/net/clock.h"
#include "harness/net/url.h"

namespace net {

struct Page {
  std::string type;                            // "text/html; charset=utf-8"
  std::shared_ptr<const std::string> body;
};

struct Site {
  std::function<std::optional<Page>(std::string_view name)> page;   // what stands behind the token; "" is the first page. None: 404
  std::function<std::string()> state;          // what a viewer is told first, and again when it has fallen behind
  std::size_t most_queued = 1 << 20;           // bytes of news that wait for one viewer; then they are dropped, and it is told the state anew
};

class HttpServer {
public:
  // Listens at once, at `at.host` and `at.port` (0: a free one). The site must outlive the server. Throws std::runtime_error that says why it cannot listen.
  HttpServer(asio::any_io_executor executor, const Endpoint& at, Site site);
  ~HttpServer();                               // all connections end
  const std::string& url() const;              // "http://127.0.0.1:41234/9f86d081884c7d659a2feaa0c55ad015/"; a WebSocket is opened at "live" below it
  void publish(std::string news);              // to every viewer, a text message each; never waits for one
  asio::awaitable<void> all_told(Clock& clock, Time deadline);   // until no viewer has anything left to be told
private:
  struct House;
  std::shared_ptr<House> house_;
};

}  // namespace net
