// What a step does over WebSocket: each piece of what is sent goes out in a frame of its own, some time after the one before.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/engine/player.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/net/memory_stream.h"
#include "harness/net/websocket.h"
#include "harness/scenario/loader.h"

namespace engine::player_websocket_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

// Answers a CONNECT and notes each data frame that comes.
class Framed final : public Instance {
public:
  struct Noted { std::size_t size; Time at; };
  explicit Framed(net::VirtualClock& clock) : clock_(clock) { target.transport = target.websocket = "ws"; }
  std::vector<Noted> frames;

  asio::awaitable<net::Opened> open(Way way) override {
    auto executor = co_await asio::this_coro::executor;
    auto [ours, theirs] = net::memory_streams(executor);
    net::Manners manners;
    manners.choose = [](auto&) { return std::optional<std::string>("mqtt"); };
    manners.taken = [this](const net::Frame& frame) {
      frames.push_back({frame.payload.size(), clock_.now()});
      return frame.payload;
    };
    asio::co_spawn(executor, serve(std::move(theirs), std::move(manners)), asio::detached);
    way.upgrade.path = "/mqtt";
    net::Opened opened = co_await net::connect_websocket(std::move(ours), "here", way.upgrade);
    co_return opened;
  }
  asio::awaitable<void> control(scenario::Control::Act) override { co_return; }

private:
  static asio::awaitable<void> serve(std::unique_ptr<net::Stream> under, net::Manners manners) {
    net::Opened accepted = co_await net::accept_websocket(std::move(under), "/mqtt", std::move(manners));
    mqtt::Framer framer;
    mqtt::Bytes buffer(4096);
    for (;;) {
      auto into = asio::buffer(buffer);
      net::Stream::Read read = co_await accepted.stream->read_some(into);
      if (read.error) break;
      framer.feed(mqtt::View(buffer).first(read.size));
      auto frame = framer.next();
      if (!frame || (*frame)[0] >> 4 != int(mqtt::Type::connect)) continue;
      auto connack = mqtt::encode(mqtt::Connack{}, mqtt::Version::v3_1_1).bytes;
      auto what = asio::buffer(connack);
      co_await accepted.stream->write(what);
    }
    co_await accepted.stream->finish();
  }
  net::VirtualClock& clock_;
};

TEST(PlayerOverWebSocket, SendsEachPieceInAFrameOfItsOwnAMillisecondApart) {
  const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  auto suite = scenario::load_text("t/a", R"({"title": "It is answered", "versions": ["3.1.1"], "transport": "ws", "steps": [
    {"open": "A"}, {"send": "A", "packet": {"CONNECT": {"client_id": "abc", "username": null, "password": null}}, "split": [1, 3]},
    {"expect": "A", "packet": "CONNACK", "checks": ["3.1.1:MQTT-3.1.4-4"]}]})", catalogue);
  ASSERT_THAT(suite.complaints, testing::IsEmpty());
  asio::io_context io;
  net::VirtualClock clock;
  Pace pace;
  Framed broker(clock);
  Stage stage{broker, clock, pace, catalogue, "run00", false, {}, {}};
  record::Result result;
  asio::co_spawn(io, play(suite.cases.at(0), stage, "0001"), [&](std::exception_ptr, record::Result came) { result = std::move(came); });
  clock.run(io);
  EXPECT_EQ(result.verdict, record::Verdict::pass) << result.reason;
  ASSERT_GE(broker.frames.size(), 3u);
  EXPECT_THAT((std::vector{broker.frames[0].size, broker.frames[1].size, broker.frames[2].size}), ElementsAre(1u, 3u, 13u));
  EXPECT_EQ(broker.frames[1].at - broker.frames[0].at, 1ms);
  EXPECT_EQ(broker.frames[2].at - broker.frames[1].at, 1ms);
}

}  // namespace
}  // namespace engine::player_websocket_test
