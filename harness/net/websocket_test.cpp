// Our WebSocket against Beast's, which knows nothing of websocket.cpp, and against itself where only it can do what is forbidden.
#include "harness/net/websocket.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket.hpp>

#include "harness/net/listener.h"
#include "harness/net/memory_stream.h"

namespace net::websocket_test {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
namespace beast = boost::beast;
namespace ws = beast::websocket;
using Beast = ws::stream<tcp::socket>;
using Bodies = std::vector<std::string>;

class WebSocketTest : public testing::Test {
protected:
  template <class Body> void play(Body body) {
    std::exception_ptr thrown;
    bool over = false;
    asio::co_spawn(io, body, [&](std::exception_ptr it) {
      thrown = it;
      over = true;
    });
    io.restart();
    for (const auto until = clock.now() + 60s; !over && clock.now() < until;) io.run_one_until(until);
    if (thrown) std::rethrow_exception(thrown);
    EXPECT_TRUE(over);
  }
  Endpoint here(const std::string& path = "/mqtt") const {
    return {Transport::ws, "127.0.0.1", std::to_string(acceptor.local_endpoint().port()), path, {}, {}, {}};
  }
  std::string text(std::size_t size) const { return std::string(buffer.data(), size); }

  // A server of Beast's that names `subprotocol` and gives what it reads back, fragmented.
  asio::awaitable<void> beast_echo(std::string subprotocol) {
    auto [error, socket] = co_await acceptor.async_accept(quietly);
    Beast peer(std::move(socket));
    peer.set_option(ws::stream_base::decorator([&](ws::response_type& answer) { answer.set("Sec-WebSocket-Protocol", subprotocol); }));
    co_await peer.async_accept(quietly);
    peer.binary(true);
    peer.write_buffer_bytes(8);
    for (;;) {
      beast::flat_buffer in;
      const auto [ended, size] = co_await peer.async_read(in, quietly);
      if (ended) break;
      EXPECT_TRUE(peer.got_binary());
      heard.push_back(beast::buffers_to_string(in.data()));
      co_await peer.async_ping("are you there", quietly);
      co_await peer.async_write(in.data(), quietly);
    }
    close_reason = peer.reason().code;
  }
  // A server that answers with this text, whatever it is asked.
  asio::awaitable<void> answer(std::string said) {
    auto [error, socket] = co_await acceptor.async_accept(quietly);
    std::string request;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", quietly);
    const auto key = request.find("Sec-WebSocket-Key: ") + 19;
    heard.push_back(request.substr(0, key) + request.substr(key + 24));
    co_await asio::async_write(socket, asio::buffer(said), quietly);
    std::array<char, 100> rest;
    co_await socket.async_read_some(asio::buffer(rest), quietly);
  }
  std::string trouble(std::string said) {
    std::string told;
    play([&]() -> asio::awaitable<void> {
      asio::co_spawn(io, answer(said), asio::detached);
      auto opened = co_await open(here(), clock, clock.now() + 30s);
      told = opened.trouble();
    });
    return told;
  }

  asio::io_context io;
  RealClock clock;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::array<char, 70000> buffer{};
  Bodies heard;
  std::uint16_t close_reason = 0;
};

TEST_F(WebSocketTest, AsClientCarriesBytesInBinaryFrames) {
  play([&]() -> asio::awaitable<void> {
    asio::co_spawn(io, beast_echo("mqtt"), asio::detached);
    auto opened = co_await open(here(), clock, clock.now() + 30s);
    EXPECT_EQ(opened.trouble(), "Success");
    EXPECT_EQ(opened.answer->status, 101);
    EXPECT_EQ(opened.answer->subprotocol, "mqtt");
    const std::string large(60000, 'x');
    for (const std::string& said : {std::string("hi"), large}) {
      co_await opened.stream->write(asio::buffer(said));
      std::string back;
      while (back.size() < said.size()) {
        const auto read = co_await opened.stream->read_some(asio::buffer(buffer));
        if (read.error) break;
        back += text(read.size);
      }
      EXPECT_EQ(back, said);
    }
    EXPECT_THAT(heard, testing::ElementsAre("hi", large));
    const auto finished = co_await opened.stream->finish();
    EXPECT_FALSE(finished);
    const auto end = co_await opened.stream->read_some(asio::buffer(buffer));
    EXPECT_EQ(end.error, asio::error::eof);
  });
  io.restart();
  io.run();
  EXPECT_EQ(close_reason, ws::close_code::normal);
}

TEST_F(WebSocketTest, AsClientAsksAsTheStandardShows) {
  trouble("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope");
  EXPECT_EQ(heard.at(0), "GET /mqtt HTTP/1.1\r\nHost: 127.0.0.1:" + here().port + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: \r\n"
                         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n");
}

TEST_F(WebSocketTest, AsClientTellsWhatIsWrongWithTheAnswer) {
  EXPECT_EQ(trouble("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope"), "the server does not open a WebSocket: it answers /mqtt to mqtt with HTTP 404 Not Found");
  EXPECT_EQ(trouble("hello\r\n\r\n"), "what answers does not speak HTTP, with which a WebSocket begins");
  EXPECT_EQ(trouble("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: guessed\r\n\r\n"),
            "the server's Sec-WebSocket-Accept does not answer our key");
}

TEST_F(WebSocketTest, AsClientTellsAWrongSubprotocol) {
  for (const auto& [named, told] : {std::pair("mqttv3.1", "the server opens a WebSocket with another sub-protocol than 'mqtt': mqttv3.1"),
                                    std::pair("", "the server opens a WebSocket, but names no sub-protocol, which must be 'mqtt'")}) {
    std::string was;
    play([&]() -> asio::awaitable<void> {
      asio::co_spawn(io, beast_echo(named), asio::detached);
      auto opened = co_await open(here(), clock, clock.now() + 30s);
      was = opened.trouble();
    });
    if (*named) EXPECT_EQ(was, told);
    else EXPECT_THAT(was, testing::StartsWith("the server opens a WebSocket")) << "Beast sends an empty header";
  }
}

// Over memory streams, so that both ends can be looked at: a client of ours and the bytes it sees.
struct Pair {
  asio::io_context io;
  std::unique_ptr<Stream> client, server;
  Opened opened;
  std::array<char, 1000> buffer{};
  std::vector<Frame> seen;

  explicit Pair(Manners manners = {}, Upgrade upgrade = {{"mqtt"}, "/mqtt", true}) {
    auto [one, other] = memory_streams(io.get_executor());
    asio::co_spawn(io, accept_websocket(std::move(other), "/mqtt", std::move(manners)), [&](std::exception_ptr, Opened made) { server = std::move(made.stream); });
    asio::co_spawn(io, connect_websocket(std::move(one), "here", std::move(upgrade)), [&](std::exception_ptr, Opened made) { opened = std::move(made); });
    io.run();
    client = std::move(opened.stream);
    if (client) client->websocket()->seen = [this](const Frame& frame) { seen.push_back(frame); };
  }
  template <class Body> void play(Body body) {
    io.restart();
    std::exception_ptr thrown;
    asio::co_spawn(io, body, [&](std::exception_ptr it) { thrown = it; });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
  }
  // What the server makes of these frames: what it reads, or the error it ends with; then the client reads to its end or to what came.
  std::string told(std::vector<Frame> frames) {
    std::string text;
    play([&]() -> asio::awaitable<void> {
      for (auto& frame : frames) co_await client->websocket()->send(frame);
      const auto read = co_await server->read_some(asio::buffer(buffer));
      text = read.error ? read.error.message() : std::string(buffer.data(), read.size);
      if (read.error) co_await client->read_some(asio::buffer(buffer));
    });
    return text;
  }
};

Frame masked(Opcode opcode, std::string payload, bool final = true) { return {opcode, std::move(payload), final, true}; }

TEST(WebSocketServer, EndsWhatIsNotAllowedWithACode) {
  const struct { Frame frame; const char* told; std::uint16_t code; } rows[] = {
    {masked(Opcode::text, "x"), "a text frame came; MQTT goes in binary frames", 1003},
    {{Opcode::binary, "x"}, "a client's frame without a mask came", 1002},
    {masked(Opcode::reserved, "x"), "a frame came that RFC 6455 does not allow", 1002},
    {masked(Opcode::continuation, "x"), "a frame came that RFC 6455 does not allow", 1002},
    {masked(Opcode::ping, "x", false), "a frame came that RFC 6455 does not allow", 1002},
    {masked(Opcode::ping, std::string(126, 'x')), "a frame came that RFC 6455 does not allow", 1002},
    {{Opcode::binary, "x", true, true, 4}, "a frame came that RFC 6455 does not allow", 1002},
  };
  for (const auto& row : rows) {
    Pair pair;
    EXPECT_EQ(pair.told({row.frame}), row.told);
    ASSERT_EQ(pair.seen.size(), 1u) << row.told;
    EXPECT_EQ(close_code(pair.seen[0]), row.code);
  }
}

TEST(WebSocketServer, JoinsFragmentsAndAnswersAPingBetweenThem) {
  Pair pair;
  std::string got;
  pair.play([&]() -> asio::awaitable<void> {
    auto& socket = *pair.client->websocket();
    co_await socket.send(masked(Opcode::binary, "ab", false));
    co_await socket.send(masked(Opcode::ping, "still there?"));
    co_await socket.send(masked(Opcode::continuation, "cd"));
    while (got.size() < 4) {
      const auto read = co_await pair.server->read_some(asio::buffer(pair.buffer));
      got.append(pair.buffer.data(), read.size);
    }
    co_await pair.server->write(asio::buffer("ok", 2));
    co_await pair.client->read_some(asio::buffer(pair.buffer));
  });
  EXPECT_EQ(got, "abcd");
  EXPECT_THAT(pair.seen, testing::ElementsAre(Frame{Opcode::pong, "still there?"}));
}

TEST(WebSocketServer, AnswersACloseWithItsCode) {
  Pair pair;
  EXPECT_EQ(pair.told({masked(Opcode::close, closing(1001))}), "End of file");
  ASSERT_EQ(pair.seen.size(), 1u);
  EXPECT_EQ(close_code(pair.seen[0]), 1001);
}

TEST(WebSocketServer, BreaksTheRulesItIsToldToBreak) {
  Manners manners;
  manners.refuses_text = manners.refuses_unmasked = manners.sends_binary = manners.repeats_ping = false;
  Pair pair(manners);
  EXPECT_EQ(pair.told({masked(Opcode::text, "t")}), "t");
  EXPECT_EQ(pair.told({{Opcode::binary, "u"}}), "u");
  EXPECT_EQ(pair.told({masked(Opcode::ping, "p"), masked(Opcode::binary, "b")}), "b");
  pair.play([&]() -> asio::awaitable<void> {
    co_await pair.server->write(asio::buffer("out", 3));
    const auto read = co_await pair.client->read_some(asio::buffer(pair.buffer));
    EXPECT_EQ(read.error, Trouble::text_frame);
  });
  EXPECT_THAT(pair.seen, testing::ElementsAre(Frame{Opcode::pong, "pong"}, Frame{Opcode::text, "out"}));
}

TEST(WebSocketServer, ChoosesMqttAmongWhatIsOffered) {
  Pair listed({}, {{"foo", "mqtt"}, "/mqtt", true});
  EXPECT_EQ(listed.opened.answer->subprotocol, "mqtt");
  Pair other({}, {{"foo"}, "/mqtt", true});
  EXPECT_EQ(other.opened.trouble(), "the server does not open a WebSocket: it answers /mqtt to foo with HTTP 400 Bad Request");
  Pair elsewhere({}, {{"mqtt"}, "/elsewhere", true});
  EXPECT_EQ(elsewhere.opened.answer->status, 404);
}

TEST(WebSocketClient, ThatIsNotStrictLooksAtARefusalAsData) {
  Pair pair({}, {{"foo"}, "/mqtt", false});
  EXPECT_FALSE(pair.opened.error);
  EXPECT_EQ(pair.opened.answer->status, 400);
  EXPECT_EQ(pair.opened.answer->subprotocol, std::nullopt);
  pair.play([&]() -> asio::awaitable<void> {
    const auto read = co_await pair.client->read_some(asio::buffer(pair.buffer));
    EXPECT_EQ(read.error, asio::error::eof);
    const auto written = co_await pair.client->write(asio::buffer("x", 1));
    EXPECT_EQ(written, asio::error::broken_pipe);
  });
}

TEST(WebSocketClient, MakesEachWriteAFrameOfItsOwn) {
  std::vector<std::string> frames;
  Manners manners;
  manners.taken = [&](const Frame& frame) {
    frames.push_back(frame.payload);
    return frame.payload;
  };
  Pair pair(manners);
  pair.play([&]() -> asio::awaitable<void> {
    for (const char* text : {"a", "bc", "def"}) co_await pair.client->write(asio::buffer(text, std::string_view(text).size()));
    std::string got;
    while (got.size() < 6) {
      const auto read = co_await pair.server->read_some(asio::buffer(pair.buffer));
      got.append(pair.buffer.data(), read.size);
    }
    EXPECT_EQ(got, "abcdef");
  });
  EXPECT_THAT(frames, testing::ElementsAre("a", "bc", "def"));
}

// A server of ours on a socket, and a client of Beast's.
TEST_F(WebSocketTest, AsServerIsUnderstoodByBeast) {
  std::unique_ptr<Stream> accepted;
  Endpoint at{Transport::ws, "127.0.0.1", "0", "/mqtt", {}, {}, {}};
  at = listen(io.get_executor(), at, [&](std::unique_ptr<Stream> stream) { accepted = std::move(stream); });
  play([&]() -> asio::awaitable<void> {
    tcp::socket socket(io);
    co_await socket.async_connect({asio::ip::address_v4::loopback(), std::uint16_t(std::stoi(at.port))}, quietly);
    Beast peer(std::move(socket));
    peer.set_option(ws::stream_base::decorator([](ws::request_type& request) { request.set("Sec-WebSocket-Protocol", "mqttv3.1, mqtt"); }));
    ws::response_type answer;
    const auto [failed] = co_await peer.async_handshake(answer, "127.0.0.1", "/mqtt", quietly);
    EXPECT_FALSE(failed) << failed.message();
    EXPECT_EQ(answer["Sec-WebSocket-Protocol"], "mqtt");
    if (!accepted) co_return;
    peer.binary(true);
    peer.write_buffer_bytes(8);
    co_await peer.async_write(asio::buffer("fragmented by Beast", 19), quietly);
    std::string got;
    while (got.size() < 19) {
      const auto read = co_await accepted->read_some(asio::buffer(buffer));
      if (read.error) break;
      got += text(read.size);
    }
    EXPECT_EQ(got, "fragmented by Beast");
    co_await accepted->write(asio::buffer("and back", 8));
    co_await accepted->finish();
    error_code end;
    asio::co_spawn(io, [&]() -> asio::awaitable<void> {
      const auto read = co_await accepted->read_some(asio::buffer(buffer));
      end = read.error;
    }, asio::detached);
    beast::flat_buffer in;
    co_await peer.async_read(in, quietly);
    EXPECT_EQ(beast::buffers_to_string(in.data()), "and back");
    EXPECT_TRUE(peer.got_binary());
    const auto [closed, size] = co_await peer.async_read(in, quietly);
    EXPECT_EQ(closed, ws::error::closed);
    EXPECT_EQ(peer.reason().code, ws::close_code::normal);
    EXPECT_EQ(end, asio::error::eof);
  });
}

}  // namespace
}  // namespace net::websocket_test
