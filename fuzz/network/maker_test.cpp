#include "fuzz/network/maker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fuzz/network/bend.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"
#include "harness/scenario/loader.h"

namespace network::maker_test {
namespace {

using What = Act::What;

const char* scenario = R"({"title": "A second CONNECT closes the connection", "versions": ["5.0"], "steps": [
  {"connect": "A"}, {"send": "A", "packet": "CONNECT"}, {"expect": "A", "closed": true, "checks": ["5.0:MQTT-3.1.0-2"]}]})";

engine::Target target() {
  engine::Target made;
  made.account = engine::Account{"user", "0123456789abcdef0123456789abcdef"};
  return made;
}

Maker maker() {
  static const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  return Maker(scenario::load_text("x", scenario, catalogue).cases, target());
}

std::string text_of(const Session& session) {
  std::string all;
  for (auto& act : session.acts) all += mqtt::text_of(act.bytes);
  return all;
}

TEST(Maker, DoesNotPauseForEachOfManyMessages) {
  const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  std::string steps = R"({"connect": "A"}, {"connect": "B"})";
  for (int i = 0; i < 40; ++i) steps += R"(, {"ping": "A", "checks": ["5.0:MQTT-3.12.4-1"]})";
  const Maker made(scenario::load_text("x", R"({"title": "Many", "versions": ["5.0"], "steps": [)" + steps + "]}", catalogue).cases, target());
  std::ptrdiff_t most = 0;
  for (std::uint64_t seed = 1; seed < 60; ++seed) {
    auto session = made.make(seed);
    most = std::max(most, std::count_if(session.acts.begin(), session.acts.end(), [](auto& act) { return act.what == What::pause; }));
  }
  EXPECT_EQ(most, 16);
}

TEST(Maker, GivesTheSameSessionForTheSameSeed) {
  auto one = maker(), other = maker();
  std::set<std::string> different;
  for (std::uint64_t seed = 1; seed < 300; ++seed) {
    EXPECT_EQ(one.make(seed), other.make(seed));
    different.insert(text_of(one.make(seed)));
  }
  EXPECT_GT(different.size(), 290u);
}

TEST(Maker, TakesWhatScenariosSend) {
  EXPECT_EQ(maker().scripts(), 1u);
  EXPECT_EQ(Maker({}, target()).scripts(), 0u);
}

TEST(Maker, GivesWhoComesBackAConnectionOfItsOwn) {
  static const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  auto suite = scenario::load_text("x", R"({"title": "A session is there again", "versions": ["5.0"], "steps": [
    {"connect": "A", "clean_start": false, "properties": {"session_expiry_interval": 60}}, {"disconnect": "A"},
    {"connect": "A", "clean_start": false, "session_present": true, "checks": ["5.0:MQTT-3.2.2-3"]}]})", catalogue);
  ASSERT_TRUE(suite.complaints.empty()) << scenario::to_string(suite.complaints[0]);
  Maker made(suite.cases, target());
  ASSERT_EQ(made.scripts(), 1u);
  int connections = 0;
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    auto session = made.make(seed);
    std::set<int> opened;
    for (auto& act : session.acts) {
      if (act.what == What::open) EXPECT_TRUE(opened.insert(act.client).second) << "a connection is opened once";
    }
    connections += clients_of(session) == 2;
  }
  EXPECT_GT(connections, 15);
}

TEST(Maker, NamesEverySessionOnItsOwn) {
  EXPECT_EQ(name_of(0), "fz000000");
  EXPECT_EQ(name_of(37), "fz000011");
  auto made = maker();
  for (std::uint64_t seed = 36; seed < 300; ++seed) EXPECT_EQ(text_of(made.make(seed)).find("fz000000"), std::string::npos) << seed;
}

TEST(Maker, KnowsNoPassword) {
  auto made = maker();
  std::size_t stand_ins = 0;
  for (std::uint64_t seed = 1; seed < 300; ++seed) {
    EXPECT_EQ(text_of(made.make(seed)).find("0123456789abcdef"), std::string::npos);
    stand_ins += text_of(made.make(seed)).find(stand_in(target().account->password)) != std::string::npos;
  }
  EXPECT_GT(stand_ins, 200u);
  EXPECT_EQ(stand_in("0123456789abcdef").size(), 16u);
  EXPECT_EQ(stand_in("short"), "short");
}

TEST(Maker, EndsEveryConnectionByAPingAndAFin) {
  auto made = maker();
  for (std::uint64_t seed = 1; seed < 300; ++seed) {
    auto session = made.make(seed);
    std::set<int> open;
    for (auto& act : session.acts) {
      if (act.what == What::open) open.insert(act.client);
      if (act.what == What::finish || act.what == What::drop) open.erase(act.client);
    }
    EXPECT_TRUE(open.empty()) << seed;
  }
}

TEST(Maker, SendsGoodPacketsAndBadOnes) {
  auto made = maker();
  std::size_t good = 0, bad = 0, admitted = 0;
  std::set<mqtt::Type> types;
  for (std::uint64_t seed = 1; seed < 1000; ++seed) {
    auto session = made.make(seed);
    mqtt::Framer framer;
    framer.feed(sent_by(0, session));
    bool first = true;
    while (auto frame = framer.next()) {
      auto decoded = mqtt::decode(*frame, session.version, mqtt::Sender::client);
      ++(decoded.clean() ? good : bad);
      if (decoded.packet) types.insert(mqtt::type_of(*decoded.packet));
      if (std::exchange(first, false)) admitted += decoded.clean() && frame->at(0) == 0x10;
    }
  }
  EXPECT_GT(good, bad) << "the states that matter are reached";
  EXPECT_GT(bad, 300u);
  EXPECT_GT(admitted, 800u);
  EXPECT_GT(types.size(), 12u);
}

TEST(Bent, ChangesAPacketAndMostlyKeepsItOneFrame) {
  mqtt::Publish publish;
  publish.topic = "a/b";
  publish.payload = mqtt::bytes_of("hello");
  auto packet = mqtt::encode_bytes(publish, mqtt::Version::v5_0);
  Random random(1);
  int changed = 0, whole = 0;
  for (int i = 0; i < 500; ++i) {
    auto made = bent(packet, mqtt::Version::v5_0, random);
    changed += made != packet;
    mqtt::Framer framer;
    framer.feed(made);
    whole += framer.next() == made;
  }
  EXPECT_GT(changed, 450);
  EXPECT_GT(whole, 300);
}

}  // namespace
}  // namespace network::maker_test
