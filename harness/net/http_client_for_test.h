#pragma once
// For tests: whoever asks an HttpServer, byte by byte, and whoever watches it.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/net/frame.h"
#include "harness/net/stream.h"

namespace net {

class HttpClient : public testing::Test {
protected:
  void meet(const std::string& url) {
    const auto slash = url.find('/', 7);
    authority = url.substr(7, slash - 7);
    path = url.substr(slash);
  }
  template <class Body> void play(Body body) {
    bool over = false;
    asio::co_spawn(io, std::move(body), [&over](std::exception_ptr thrown) {
      EXPECT_FALSE(thrown);
      over = true;
    });
    io.restart();
    for (const auto until = clock.now() + std::chrono::seconds(30); !over && clock.now() < until;) io.run_one_until(until);
    ASSERT_TRUE(over);
  }
  asio::awaitable<std::unique_ptr<Stream>> connected() {
    Endpoint at;
    at.host = "127.0.0.1", at.port = authority.substr(authority.find(':') + 1);
    Opened opened = co_await open(at);
    EXPECT_FALSE(opened.error);
    co_return std::move(opened.stream);
  }
  // Everything that is answered until the server ends the connection.
  std::string ask(std::string request) {
    std::string said;
    play([&]() -> asio::awaitable<void> {
      std::unique_ptr<Stream> stream = co_await connected();
      const auto out = asio::buffer(request);
      co_await stream->write(out);
      for (std::array<char, 4096> buffer;;) {
        const auto in = asio::buffer(buffer);
        const auto read = co_await stream->read_some(in);
        if (read.error) break;
        said.append(buffer.data(), read.size);
      }
    });
    return said;
  }
  std::string get(const std::string& target, const std::string& host, const std::string& more = "", const std::string& method = "GET") {
    return ask(method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "Connection: close\r\n\r\n");
  }
  static std::string upgrade(const std::string& origin) {
    return "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: " + origin + "\r\n";
  }

  // Somebody who watches; reads only when it is asked to.
  struct Viewer {
    std::unique_ptr<Stream> stream;
    FrameReader frames;
    bool behind_head = false;
  };
  Viewer viewer() {
    Viewer made;
    play([&]() -> asio::awaitable<void> {
      made.stream = co_await connected();
      const auto request = "GET " + path + "live HTTP/1.1\r\nHost: " + authority + "\r\nConnection: Upgrade\r\n" + upgrade("http://" + authority) + "\r\n";
      const auto out = asio::buffer(request);
      co_await made.stream->write(out);
    });
    return made;
  }
  // The next message; "ended" when there is none.
  std::string next(Viewer& viewer) {
    std::string payload;
    play([&]() -> asio::awaitable<void> {
      for (std::vector<char> buffer(65536);;) {
        const auto frame = viewer.frames.next();
        if (frame) payload += frame->payload;
        if (frame && frame->final) break;
        if (frame) continue;
        const auto in = asio::buffer(buffer);
        const auto read = co_await viewer.stream->read_some(in);
        if (read.error) {
          payload += "ended";
          break;
        }
        std::string_view bytes(buffer.data(), read.size);
        if (!viewer.behind_head) {   // the answer to the handshake ends within one read: it is short
          EXPECT_TRUE(bytes.starts_with("HTTP/1.1 101 ")) << bytes;
          bytes.remove_prefix(std::min(bytes.find("\r\n\r\n") + 4, bytes.size()));
          viewer.behind_head = true;
        }
        viewer.frames.feed(bytes);
      }
    });
    return payload;
  }

  asio::io_context io;
  RealClock clock;
  std::string authority, path;   // of the server: "127.0.0.1:41234", "/9f86.../"
};

}  // namespace net
