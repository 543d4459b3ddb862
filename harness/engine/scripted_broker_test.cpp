#include "harness/engine/scripted_broker_test.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/net/memory_stream.h"
#include "harness/scenario/loader.h"

namespace engine {

asio::awaitable<net::Opened> ScriptedBroker::open(Way) {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  auto later = clock.now() + opens_after;
  if (opens_after.count() > 0) co_await clock.wait(never, later);
  if (dead) co_return net::Opened{asio::error::connection_refused, nullptr};
  auto [ours, theirs] = net::memory_streams(executor);
  auto peer = std::make_shared<Peer>(std::move(theirs));
  peers_.push_back(peer);
  asio::co_spawn(executor, [this, peer] { return serve(peer); }, asio::detached);
  co_return net::Opened{{}, std::move(ours)};
}

asio::awaitable<void> ScriptedBroker::control(scenario::Control::Act act) {
  if (act == scenario::Control::Act::start) {
    if (!cannot_start.empty()) throw std::runtime_error(cannot_start);
    dead.reset();
    ++starts;
  }
  co_return;
}

void ScriptedBroker::die(std::string how, Duration lag) {
  dead = std::move(how);
  dead_since_ = clock.now() + lag;
  for (auto& peer : peers_) peer->reset();
}

asio::awaitable<std::optional<std::string>> ScriptedBroker::death_by(Time deadline) {
  auto executor = co_await asio::this_coro::executor;
  net::Signal never(executor);
  auto until = dead ? std::min(deadline, dead_since_) : deadline;
  co_await clock.wait(never, until);
  co_return death();
}

asio::awaitable<void> ScriptedBroker::serve(std::shared_ptr<Peer> peer) {
  mqtt::Framer framer;
  mqtt::Bytes buffer(4096);
  while (reads) {
    auto into = asio::buffer(buffer);
    net::Stream::Read read = co_await peer->stream_->read_some(into);
    if (read.error) std::erase(peers_, peer);
    if (read.error || dead) break;
    framer.feed(mqtt::View(buffer).first(read.size));
    while (auto frame = framer.next()) {
      if ((*frame)[0] >> 4 == int(mqtt::Type::connect) && frame->size() > 8) peer->version = mqtt::Version((*frame)[8]);
      auto decoded = mqtt::decode(*frame, peer->version, mqtt::Sender::client);
      if (decoded.packet) script_(*peer, *decoded.packet);
      const auto all = peers_;   // the script may have said something to another client
      for (auto& each : all)
        for (auto& bytes : std::exchange(each->to_say_, {})) {
          auto what = asio::buffer(bytes);
          co_await each->stream_->write(what);
        }
      if (peer->closing_) co_await peer->stream_->finish();
    }
  }
  if (!reads) co_return;
  co_await peer->stream_->finish();
}

void ScriptedBroker::behave(Peer& peer, const mqtt::Packet& packet) {
  if (std::holds_alternative<mqtt::Connect>(packet)) peer.say(mqtt::Connack{});
  if (std::holds_alternative<mqtt::Pingreq>(packet)) peer.say(mqtt::Pingresp{});
  if (std::holds_alternative<mqtt::Disconnect>(packet)) peer.close();
  if (auto publish = std::get_if<mqtt::Publish>(&packet); publish && publish->qos == 1) peer.say(mqtt::Puback{publish->packet_id, 0, {}});
  if (auto unsubscribe = std::get_if<mqtt::Unsubscribe>(&packet))
    peer.say(mqtt::Unsuback{unsubscribe->packet_id, {}, std::vector<std::uint8_t>(peer.version == mqtt::Version::v5_0 ? unsubscribe->filters.size() : 0)});
  if (auto subscribe = std::get_if<mqtt::Subscribe>(&packet)) {
    mqtt::Suback suback{subscribe->packet_id, {}, {}};
    for (auto& filter : subscribe->filters) suback.reason_codes.push_back(filter.options & 3);
    peer.say(suback);
  }
}

std::vector<record::Result> play_text(const std::string& text, ScriptedBroker& broker) {
  auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  auto suite = scenario::load_text("test/it", text, catalogue);
  for (auto& complaint : suite.complaints) ADD_FAILURE() << scenario::to_string(complaint);
  asio::io_context io;
  Pace pace;
  Stage stage{broker, broker.clock, pace, catalogue, "run00", false, {}, {}};
  std::vector<record::Result> results;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        for (auto& one : suite.cases) {
          record::Result result = co_await play(one, stage, "0001");
          results.push_back(std::move(result));
        }
      },
      [](std::exception_ptr trouble) {
        if (trouble) std::rethrow_exception(trouble);
      });
  broker.clock.run(io);
  return results;
}

}  // namespace engine
