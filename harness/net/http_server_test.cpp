// The server as a stranger meets it, byte by byte, and as a viewer does.
#include "harness/net/http_server.h"

#include <gmock/gmock.h>

#include "harness/net/http_client_for_test.h"

namespace net::http_server_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Served : public HttpClient {
protected:
  Served() {
    Endpoint at;
    at.host = "127.0.0.1", at.port = "0";
    Site site;
    site.page = [](std::string_view name) {
      return name.empty() ? std::optional<Page>({"text/html; charset=utf-8", std::make_shared<const std::string>("<p>the page</p>")}) : std::nullopt;
    };
    site.state = [this] { return "state " + std::to_string(published); };
    site.most_queued = 150'000;
    server = std::make_unique<HttpServer>(io.get_executor(), at, site);
    meet(server->url());
  }
  void publish(std::string news) {
    ++published;
    server->publish(std::move(news));
  }

  std::unique_ptr<HttpServer> server;
  int published = 0;
};

TEST_F(Served, ThePageIsThereForWhoKnowsTheToken) {
  EXPECT_THAT(server->url(), testing::MatchesRegex("http://127.0.0.1:[0-9]+/[0-9a-f]{32}/"));
  const auto said = get(path, authority);
  EXPECT_THAT(said, StartsWith("HTTP/1.1 200 OK\r\n"));
  for (auto header : {"Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: no-referrer\r\n", "Content-Type: text/html; charset=utf-8\r\n",
                      "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"})
    EXPECT_THAT(said, HasSubstr(header));
  EXPECT_THAT(said, testing::EndsWith("\r\n\r\n<p>the page</p>"));
  EXPECT_THAT(get(path + "?x=1", "localhost:" + authority.substr(10)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(get(path, authority, "", "HEAD"), testing::AllOf(StartsWith("HTTP/1.1 200 "), testing::EndsWith("\r\n\r\n")));
}

TEST_F(Served, AWrongTokenOpensNothing) {
  auto wrong = path;
  wrong[5] = wrong[5] == 'a' ? 'b' : 'a';
  for (const auto& target : {std::string("/"), wrong, path.substr(0, path.size() - 1), "/0" + path, path.substr(0, 20) + "/", std::string("/live"), "/x" + path, path + "none", path + ".."}) {
    const auto said = get(target, authority);
    EXPECT_THAT(said, StartsWith("HTTP/1.1 404 ")) << target;
    EXPECT_THAT(said, Not(HasSubstr("<p>"))) << target;
  }
  EXPECT_THAT(get(wrong + "live", authority, upgrade("http://" + authority)), StartsWith("HTTP/1.1 404 "));
}

TEST_F(Served, ANameThatLeadsHereIsRefusedForItMayBeRebound) {
  const auto port = authority.substr(authority.find(':'));
  for (const auto& host : {"rebound.example" + port, std::string("127.0.0.1"), std::string("127.0.0.1:1"), "127.0.0.1.example" + port, "[::1" + port, std::string(), "localhost.example" + port})
    EXPECT_THAT(get(path, host), StartsWith("HTTP/1.1 403 ")) << host;
  EXPECT_THAT(ask("GET " + path + " HTTP/1.1\r\nHost: " + authority + "\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(get(path, "[::1]" + port), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Served, AWebSocketIsForPagesOfThisServer) {
  for (const auto& origin : {std::string("http://evil.example"), std::string("null"), "https://" + authority, std::string("http://127.0.0.1:1"), "http://" + authority + ".evil.example"})
    EXPECT_THAT(get(path + "live", authority, upgrade(origin) + "Connection: Upgrade\r\n"), StartsWith("HTTP/1.1 403 ")) << origin;
  EXPECT_THAT(get(path + "live", authority, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Upgrade\r\n"),
              StartsWith("HTTP/1.1 403 ")) << "browsers always name an origin";
}

TEST_F(Served, NothingCanBeDoneButToRead) {
  const auto said = get(path, authority, "Content-Length: 3\r\n", "POST");
  EXPECT_THAT(said, testing::AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
  EXPECT_EQ(ask("no HTTP at all\r\n\r\n"), "");
  EXPECT_EQ(ask("GET " + path + " HTTP/1.1\r\nHost: " + authority + "\r\nX: " + std::string(20000, 'x') + "\r\n\r\n"), "") << "a head has its limits";
}

TEST_F(Served, WhoComesLateIsToldTheStateFirst) {
  publish("1");
  publish("2");
  auto late = viewer();
  EXPECT_EQ(next(late), "state 2");
  publish("3");
  EXPECT_EQ(next(late), "3");
  auto later = viewer();
  EXPECT_EQ(next(later), "state 3");
}

TEST_F(Served, WhoFallsBehindIsToldTheStateAnewAndHoldsNobodyUp) {
  auto slow = viewer(), quick = viewer();
  EXPECT_EQ(next(slow), "state 0");
  EXPECT_EQ(next(quick), "state 0");
  for (int i = 1; i <= 3; ++i) publish(std::string(60'000, 'x'));   // more than may wait
  EXPECT_EQ(next(slow), "state 3");
  EXPECT_EQ(next(quick), "state 3");
  // Now one reads nothing at all, until no buffer of the system takes any more.
  std::size_t told = 0;
  for (int i = 4; i <= 400; ++i) {
    publish(std::string(100'000, 'x'));
    io.restart();
    io.poll();
  }
  for (auto said = next(quick); said != "state 400" && said != "ended"; said = next(quick)) ++told;
  told = 0;
  std::string said;
  for (said = next(slow); said != "state 400" && said != "ended"; said = next(slow)) ++told;
  EXPECT_EQ(said, "state 400");
  EXPECT_LT(told, 390u) << "what did not fit was not kept for it";
  publish("401");
  EXPECT_EQ(next(slow), "401");
}

TEST_F(Served, AllAreToldBeforeItEnds) {
  auto one = viewer();
  EXPECT_EQ(next(one), "state 0");
  publish("last");
  play([&] { return server->all_told(clock, clock.now() + 20s); });
  server.reset();
  EXPECT_EQ(next(one), "last");
  EXPECT_EQ(next(one), "ended");
}

TEST_F(Served, WhoNeverReadsHoldsTheEndUpOnlyUntilTheDeadline) {
  auto deaf = viewer();
  EXPECT_EQ(next(deaf), "state 0");
  publish(std::string(32u << 20, 'x'));
  publish("2");
  const auto begun = clock.now();
  play([&] { return server->all_told(clock, clock.now() + 50ms); });
  EXPECT_LT(clock.now() - begun, 20s);
}

TEST(HttpServerAddress, SaysWhyItCannotListen) {
  asio::io_context io;
  Endpoint at;
  at.host = "127.0.0.1", at.port = "0";
  const HttpServer first(io.get_executor(), at, {});
  at.port = first.url().substr(17, first.url().find('/', 17) - 17);
  try {
    HttpServer second(io.get_executor(), at, {});
    FAIL() << "it listens";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), "cannot listen on 127.0.0.1:" + at.port + ": somebody else does already; port 0 takes a free one");
  }
  at.host = "0.0.0.0", at.port = "0";
  EXPECT_THAT(HttpServer(io.get_executor(), at, {}).url(), StartsWith("http://127.0.0.1:"));
}

}  // namespace
}  // namespace net::http_server_test
