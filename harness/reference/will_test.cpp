#include "harness/reference/bench_test.h"

namespace reference::will_test {
namespace {

using Wills = InEveryVersion;
IN_EVERY_VERSION(Wills);

using Texts = std::vector<std::string>;
enum class Way { cut, keep_alive, violation, takeover, disconnect };

struct Scene {
  Bench bench;
  Handle watcher, a = 0;
  explicit Scene(Version version, Rules rules = {}) : bench(version, rules), watcher(bench.connect("w")) { bench.subscribe(watcher, "will/#", 2); }
  void enter(mqtt::Will will, bool clean = true, std::uint32_t expiry = 0) {
    mqtt::Connect packet;
    packet.will = will;
    packet.keep_alive = 2;
    packet.clean_start = clean;
    if (expiry) packet.properties = {{0x11, expiry}};
    a = bench.connect("a", packet);
  }
  void leave(Way way) {
    switch (way) {
      case Way::cut: return bench.cut(a);
      case Way::keep_alive: return bench.wait(std::chrono::seconds(4));
      case Way::violation: return bench.raw(a, mqtt::Bytes{0, 0});
      case Way::takeover: bench.connect("a"); return;
      case Way::disconnect: return bench.send(a, mqtt::Disconnect{});
    }
  }
  Texts seen() { return bench.messages(watcher); }
};

mqtt::Will will(std::uint8_t qos = 0, bool retain = false, mqtt::Properties properties = {}) { return {"will/a", mqtt::bytes_of("gone"), qos, retain, properties}; }

TEST_P(Wills, ArePublishedHoweverTheConnectionEndsButByDisconnect) {
  struct { Way way; Rule rule; } ways[] = {{Way::cut, Rule::will_after_network_end}, {Way::keep_alive, Rule::will_after_keep_alive},
                                           {Way::violation, Rule::will_after_violation}, {Way::takeover, Rule::will_after_takeover}};
  for (auto& [way, rule] : ways)
    for (bool kept : {true, false}) {
      Scene scene(GetParam(), kept ? Rules{} : Rules{rule});
      scene.enter(will());
      scene.leave(way);
      EXPECT_EQ(scene.seen(), kept ? Texts{"0 will/a gone"} : Texts{}) << row(rule).name;
    }
}

TEST_P(Wills, AreDroppedByDisconnect) {
  for (bool kept : {true, false}) {
    Scene scene(GetParam(), kept ? Rules{} : Rules{Rule::disconnect_drops_will});
    scene.enter(will());
    scene.leave(Way::disconnect);
    EXPECT_TRUE(scene.bench.closed(scene.a));
    EXPECT_EQ(scene.seen(), kept ? Texts{} : Texts{"0 will/a gone"});
  }
}

TEST_P(Wills, DoNotComeBack) {
  struct { Rules rules; Way first; std::size_t later; } cases[] = {
      {{}, Way::cut, 0}, {{}, Way::disconnect, 0}, {Rules{Rule::published_will_forgotten}, Way::cut, 1}, {Rules{Rule::disconnect_forgets_will}, Way::disconnect, 1}};
  for (auto& [rules, first, later] : cases) {
    Scene scene(GetParam(), rules);
    scene.enter(will());
    scene.leave(first);
    scene.seen();
    scene.bench.cut(scene.bench.connect("a"));
    EXPECT_EQ(scene.seen().size(), later);
  }
}

TEST_P(Wills, AreAsGiven) {
  struct { Rules rules; std::uint8_t qos; Texts seen; } cases[] = {
      {{}, 2, {"2 will/a gone"}}, {Rules{Rule::will_qos_used}, 2, {"0 will/a gone"}}, {Rules{Rule::will_published_once}, 0, {"0 will/a gone", "0 will/a gone"}},
      {Rules{Rule::will_as_given}, 0, {std::string("0 will/a \0\4gone", 15)}}};
  for (auto& [rules, qos, seen] : cases) {
    Scene scene(GetParam(), rules);
    scene.enter(will(qos));
    scene.leave(Way::cut);
    EXPECT_EQ(scene.seen(), seen);
  }
}

TEST_P(Wills, AreRetainedIfAsked) {
  struct { Rules rules; bool retain; std::size_t later; } cases[] = {
      {{}, true, 1}, {{}, false, 0}, {Rules{Rule::will_retained}, true, 0}, {Rules{Rule::will_not_retained}, false, 1}};
  for (auto& [rules, retain, later] : cases) {
    Scene scene(GetParam(), rules);
    scene.enter(will(0, retain));
    scene.leave(Way::cut);
    EXPECT_EQ(scene.seen().size(), 1u);
    scene.bench.subscribe(scene.watcher, "will/a");
    EXPECT_EQ(scene.seen().size(), later);
  }
}

TEST(WillDelay, IsWaitedForUnlessTheSessionEndsOrTheClientComesBack) {
  struct { Rules rules; std::uint32_t delay, expiry; int before, at; } cases[] = {
      {{}, 2, 60, 1999, 2000}, {{}, 60, 2, 1999, 2000}, {Rules{Rule::will_delay_ends_with_session}, 60, 2, 59999, 60000}};
  for (auto& [rules, delay, expiry, before, at] : cases) {
    Scene scene(Version::v5_0, rules);
    scene.enter(will(0, false, {{0x18, delay}}), false, expiry);
    scene.leave(Way::cut);
    scene.bench.wait(std::chrono::milliseconds(before));
    EXPECT_THAT(scene.seen(), IsEmpty());
    scene.bench.wait(std::chrono::milliseconds(at - before));
    EXPECT_THAT(scene.seen(), ElementsAre("0 will/a gone"));
  }
}

TEST(WillDelay, IsCutShortWhereThatIsBroken) {
  Scene scene(Version::v5_0, Rules{Rule::will_delay_waited});
  scene.enter(will(0, false, {{0x18, 2u}}), false, 60);
  scene.leave(Way::cut);
  EXPECT_THAT(scene.seen(), ElementsAre("0 will/a gone"));
}

TEST(WillDelay, EndsWithoutAWillWhenTheClientComesBack) {
  for (bool kept : {true, false}) {
    Scene scene(Version::v5_0, kept ? Rules{} : Rules{Rule::will_cancelled_by_return});
    scene.enter(will(0, false, {{0x18, 5u}}), false, 60);
    scene.leave(Way::cut);
    scene.bench.keep("a");
    scene.bench.wait(std::chrono::seconds(10));
    EXPECT_EQ(scene.seen(), kept ? Texts{} : Texts{"0 will/a gone"});
  }
}

TEST(WillDelay, EndsWithTheWillWhenACleanStartEndsTheSession) {
  Scene scene(Version::v5_0);
  scene.enter(will(0, false, {{0x18, 5u}}), false, 60);
  scene.leave(Way::cut);
  scene.bench.connect("a");
  EXPECT_THAT(scene.seen(), ElementsAre("0 will/a gone"));
}

TEST(WillsIn50, ArePublishedAfterDisconnect04AndErrors) {
  struct { std::uint8_t code; Rule rule; } cases[] = {{4, Rule::will_after_disconnect_with_will}, {0x80, Rule::will_after_error_disconnect}};
  for (auto& [code, rule] : cases)
    for (bool kept : {true, false}) {
      Scene scene(Version::v5_0, kept ? Rules{} : Rules{rule});
      scene.enter(will());
      scene.bench.send(scene.a, mqtt::Disconnect{code, {}});
      EXPECT_TRUE(scene.bench.closed(scene.a));
      EXPECT_EQ(scene.seen().size(), kept ? 1u : 0u) << row(rule).name;
    }
}

}  // namespace
}  // namespace reference::will_test
