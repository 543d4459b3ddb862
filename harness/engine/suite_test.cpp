#include "harness/engine/probe.h"
#include "harness/engine/suite_test.h"

namespace engine::suite_test {
namespace {

using Peer = ScriptedBroker::Peer;
using record::Verdict;

// A clock whose reader can be held up, as by a machine with too much to do: time passes, and whoever waits wakes too late.
class HeldUpClock final : public net::Clock {
public:
  explicit HeldUpClock(net::VirtualClock& inner) : inner_(inner) {}
  Time now() const override { return inner_.now() + by_; }
  asio::awaitable<bool> wait(net::Signal& signal, Time deadline) override {
    bool signalled = co_await inner_.wait(signal, deadline == Time::max() ? deadline : deadline - by_);
    co_return signalled;
  }
  void hold_up(Duration time) { by_ += time; }
private:
  net::VirtualClock& inner_;
  Duration by_{};
};

TEST_F(SuiteTest, EveryCaseIsReportedOnce) {
  for (auto id : {"t/a", "t/b", "t/c", "t/d"}) add(id);
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  Plan plan;
  plan.jobs = 2;
  auto results = run(broker, plan);
  ASSERT_EQ(results.size(), 4u);
  for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::pass) << id << ": " << result.reason;
  EXPECT_TRUE(course.deaths.empty());
}

TEST_F(SuiteTest, WhatMayBringABrokerDownIsKeptFromThoseThatMayNotBreak) {
  add("t/cve", R"("tags": ["cve", "intrusive"], )");
  add("t/tame", R"("tags": ["cve"], )");
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  Plan plan;
  plan.may_break = false;
  auto results = run(broker, plan);
  EXPECT_EQ(results["t/cve"].verdict, Verdict::skip);
  EXPECT_EQ(results["t/cve"].reason, "intrusive: what it sends has brought brokers down, and this one is not on loopback; say --i-may-break-this-broker when it may");
  EXPECT_EQ(results["t/tame"].verdict, Verdict::pass);
}

TEST_F(SuiteTest, WhatMayBringABrokerDownIsPlayedWhereItMay) {
  add("t/cve", R"("tags": ["intrusive"], )");
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  EXPECT_EQ(run(broker)["t/cve"].verdict, Verdict::pass);
}

TEST_F(SuiteTest, ARepeatedRunGoesRoundByRoundAndSkipsOnce) {
  for (auto id : {"t/a", "t/b"}) add(id);
  add("t/c", R"("needs": ["shared"], )");
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  broker.target.lacks["shared"] = "no";
  Plan plan;
  plan.jobs = 1;
  plan.repeat = 3;
  run(broker, plan);
  EXPECT_THAT(reported, testing::ElementsAre("t/c", "t/a", "t/b", "t/a", "t/b", "t/a", "t/b"));
}

TEST_F(SuiteTest, ALackingAbilityARefusedVersionAndCompanyAreSkipsWithTheirReason) {
  add("t/needs", R"("needs": ["shared"], )");
  add("t/alone", R"("alone": true, )");
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  broker.target.lacks["shared"] = "its CONNACK says shared_subscription_available 0";
  auto results = run(broker);
  EXPECT_EQ(results["t/needs"].verdict, Verdict::skip);
  EXPECT_EQ(results["t/needs"].reason, "needs shared: its CONNACK says shared_subscription_available 0");
  EXPECT_EQ(results["t/alone"].verdict, Verdict::skip);
  EXPECT_EQ(results["t/alone"].reason, "must be alone on the broker: say --exclusive when nobody else uses it");

  cases.clear();
  add("t/version");
  broker.target.refuses[mqtt::Version::v3_1_1] = "it does not admit MQTT 3.1.1";
  results = run(broker);
  EXPECT_EQ(results["t/version"].reason, "it does not admit MQTT 3.1.1");

  cases.clear();
  auto text = R"({"title": "Clients of two versions", "versions": ["3.1.1"],
    "steps": [{"connect": "A", "mqtt": "3.1"}, {"connect": "B", "checks": ["3.1.1:MQTT-3.1.4-4"]}]})";
  cases = scenario::load_text("t/mixed", text, catalogue).cases;
  broker.target.refuses = {{mqtt::Version::v3_1, "it does not admit MQTT 3.1"}};
  results = run(broker);
  EXPECT_EQ(results["t/mixed"].verdict, Verdict::skip);
  EXPECT_EQ(results["t/mixed"].reason, "has a client of MQTT 3.1: it does not admit MQTT 3.1");
}

TEST_F(SuiteTest, WhatMustBeAloneIsPlayedLastWhereTheBrokerIsOurs) {
  add("t/alone", R"("alone": true, )");
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  Plan plan;
  plan.exclusive = true;
  auto results = run(broker, plan);
  EXPECT_EQ(results["t/alone"].verdict, Verdict::pass);
}

TEST_F(SuiteTest, AnInterruptEndsTheRunAtOnce) {
  for (auto id : {"t/a", "t/b", "t/c", "t/d"}) add(id);
  int clients = 0;
  ScriptedBroker broker(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    if (std::holds_alternative<mqtt::Connect>(packet) && ++clients == 3) interrupt();
    ScriptedBroker::behave(peer, packet);
  });
  Plan plan;
  plan.jobs = 1;
  auto results = run(broker, plan);
  EXPECT_EQ(results.size(), 2u);
  EXPECT_TRUE(course.interrupted);
}

// Brokers of their own for six setups.
class Setups : public SuiteTest {
protected:
  Setups() {
    for (auto setup : {"maximum_qos_0", "maximum_qos_1", "no_retain", "no_wildcards", "no_shared", "mount_point"}) {
      add(std::string("t/") + setup, R"("setup": ")" + std::string(setup) + R"(", )");
      broker.target.setups.insert(setup);
    }
    plan.own_instance = [this](std::string setup) -> asio::awaitable<std::unique_ptr<Instance>> {
      if (setup == refused) throw std::runtime_error("it does not start: it exited with status 3\nits last log lines:\n  no such option");
      co_return std::make_unique<Counted>(clock, running, most);
    };
  }
  struct Counted final : Instance {
    Counted(net::VirtualClock& clock, int& now, int& peak) : broker(clock, ScriptedBroker::behave), running(now) {
      target = broker.target;
      target.account = Account{"ann", "secret of its own"};
      peak = std::max(peak, ++running);
    }
    ~Counted() override { --running; }
    asio::awaitable<net::Opened> open(Way way) override { return broker.open(std::move(way)); }
    asio::awaitable<void> control(scenario::Control::Act act) override { return broker.control(act); }
    ScriptedBroker broker;
    int& running;
  };
  ScriptedBroker broker{clock, ScriptedBroker::behave};
  Plan plan;
  std::string refused;
  int running = 0, most = 0;
};

TEST_F(Setups, HaveABrokerEachAtOnce) {
  auto results = run(broker, plan);
  ASSERT_EQ(results.size(), 6u);
  for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::pass) << id << ": " << result.reason;
  EXPECT_EQ(most, 6);
  EXPECT_EQ(running, 0);
  for (auto& [id, result] : results)
    for (auto& event : result.trace) EXPECT_EQ(mqtt::text_of(event.bytes).find("secret of its own"), std::string::npos) << id;
}

TEST_F(Setups, HaveNoMoreBrokersAtOnceThanTheProfileAllows) {
  for (int instances : {1, 4}) {
    plan.instances = instances, most = 0;
    auto results = run(broker, plan);
    ASSERT_EQ(results.size(), 6u);
    for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::pass) << id << ": " << result.reason;
    EXPECT_EQ(most, instances);
  }
}

TEST_F(Setups, AreNotAskedForWhatTheirConfigurationMayTakeAway) {
  broker.target.delivers = true;   // what is started here delivers nothing
  add_steps("t/wrong", R"({"connect": "A", "session_present": true, "checks": ["3.1.1:MQTT-3.1.4-4"]})", R"("setup": "mount_point", )");
  auto result = run(broker, plan)["t/wrong"];
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, testing::StartsWith("expected A: CONNACK"));
  EXPECT_THAT(course.deaths, testing::IsEmpty());
}

TEST_F(Setups, WhoseBrokerDoesNotStartAreErrorsAndTheOthersArePlayed) {
  refused = "no_retain";
  plan.instances = 2;
  auto results = run(broker, plan);
  ASSERT_EQ(results.size(), 6u);
  EXPECT_EQ(results["t/no_retain"].verdict, Verdict::error);
  EXPECT_EQ(results["t/no_retain"].reason, "no broker of its own: it does not start: it exited with status 3");
  EXPECT_THAT(results["t/no_retain"].log, testing::ElementsAre("its last log lines:", "  no such option"));
  results.erase("t/no_retain");
  for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::pass) << id << ": " << result.reason;
}

TEST_F(SuiteTest, WhatACaseLeavesOnAForeignBrokerIsTidiedUp) {
  auto text = R"({"title": "Leaves a retained message and a session", "versions": ["3.1.1"],
    "steps": [{"connect": "A", "clean_start": false, "checks": ["3.1.1:MQTT-3.1.4-4"]},
              {"publish": "A", "topic": "${T}/kept", "payload": "x", "qos": 1, "retain": true}]})";
  for (auto& one : scenario::load_text("t/leaves", text, catalogue).cases) cases.push_back(one);
  std::vector<std::string> emptied, cleaned, kept;
  ScriptedBroker broker(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    if (auto publish = std::get_if<mqtt::Publish>(&packet); publish && publish->retain && publish->payload.empty()) emptied.push_back(publish->topic);
    if (auto connect = std::get_if<mqtt::Connect>(&packet)) (connect->clean_start ? cleaned : kept).push_back(connect->client_id);
    ScriptedBroker::behave(peer, packet);
  });
  auto results = run(broker);
  EXPECT_EQ(results["t/leaves"].verdict, Verdict::pass) << results["t/leaves"].reason;
  ASSERT_EQ(emptied.size(), 1u);
  EXPECT_THAT(emptied[0], testing::EndsWith("/kept"));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_THAT(cleaned, testing::Contains(kept[0]));
}

// Plays a case whose UNSUBSCRIBE is answered (or not) after the harness was held up, in as many of the first plays as `times` says.
struct HeldUp : SuiteTest {
  HeldUpClock slow{clock};
  int plays = 0;
  record::Result play(const std::string& bound, int times, Duration by, bool answers = true, const std::string& before = "") {
    kept_by = &slow;
    auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, )" + before + R"({"unsubscribe": "A", "from": "${T}/a", "checks": ["3.1.1:MQTT-3.10.4-4"])" + bound + "}]}";
    for (auto& one : scenario::load_text("t/a", text, catalogue).cases) cases.push_back(one);
    ScriptedBroker broker(clock, [&, times, by, answers](Peer& peer, const mqtt::Packet& packet) {
      bool asked = std::holds_alternative<mqtt::Unsubscribe>(packet);
      if (asked && ++plays <= times) slow.hold_up(by);
      if (!asked || answers) ScriptedBroker::behave(peer, packet);
      else peer.close();
    });
    return run(broker)["t/a"];
  }
};
constexpr auto in_time = R"(, "within": "500ms")";

TEST_F(HeldUp, ACaseAboutTimeIsPlayedAgain) {
  auto result = play(in_time, 1, std::chrono::milliseconds(600));
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(plays, 2);
}

TEST_F(HeldUp, FourTimesInARowNothingIsSaid) {
  auto result = play(in_time, 9, std::chrono::milliseconds(600));
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_THAT(result.reason, testing::MatchesRegex("the machine held the harness up for [56][0-9]{2} ms while this case was played, 4 times in a row: "
                                                   "give it more room, or fewer --jobs"));
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].verdict, record::Kept::inconclusive);
  EXPECT_EQ(plays, 4);
}

TEST_F(HeldUp, ALittleLateIsLateBecauseOfTheBroker) {
  auto result = play(R"(, "within": "300ms")", 9, std::chrono::milliseconds(400));
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(plays, 1);
}

TEST_F(HeldUp, APassThatIsNotAboutTimeStands) {
  EXPECT_EQ(play("", 9, std::chrono::milliseconds(600)).verdict, Verdict::pass);
  EXPECT_EQ(plays, 1);
}

TEST_F(HeldUp, AnUpperBoundThatLeavesMoreTimeThanThatStands) {
  auto result = play(R"(, "within": "2s")", 9, std::chrono::milliseconds(600));
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_EQ(plays, 1);
}

TEST_F(HeldUp, AnUpperBoundThatLeavesLessThanThatIsPlayedAgain) {
  EXPECT_EQ(play(R"(, "within": "1100ms")", 1, std::chrono::milliseconds(600)).verdict, Verdict::pass);
  EXPECT_EQ(plays, 2) << "without the 600 ms between the steps it may have been 1,200 ms";
}

class HeldUpElsewhere : public HeldUp, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(OfALowerBoundASilenceAndAPause, HeldUpElsewhere, testing::Values(
    R"({"send": "A", "packet": "PINGREQ"}, {"expect": "A", "packet": "PINGRESP", "not_before": "0ms", "within": "9s"}, )",
    R"({"expect": "A", "nothing": true, "within": "20ms"}, )", R"({"wait": "20ms"}, )"));

TEST_P(HeldUpElsewhere, IsDoubtful) {
  EXPECT_EQ(play(R"(, "within": "2s")", 1, std::chrono::milliseconds(600), true, GetParam()).verdict, Verdict::pass);
  EXPECT_EQ(plays, 2);
}

TEST_F(HeldUp, AnythingButAPassIsPlayedAgain) {
  EXPECT_EQ(play("", 1, std::chrono::milliseconds(600), false).verdict, Verdict::fail);
  EXPECT_EQ(plays, 2);
}

TEST_F(SuiteTest, AProbeSaysWhyABrokerCannotBeTested) {
  ScriptedBroker broker(clock, [](Peer&, const mqtt::Packet&) {});
  asio::io_context io;
  Stage stage{broker, clock, pace, catalogue, "run00", false, {}, {}};
  std::string trouble;
  asio::co_spawn(io, [&]() -> asio::awaitable<void> { trouble = co_await probe_alive(stage); }, [](std::exception_ptr) {});
  clock.run(io);
  EXPECT_EQ(trouble, "a new client is not admitted: expected A: CONNACK with reason_code 0 (Success); nothing came: waited 5 s");
}

}  // namespace
}  // namespace engine::suite_test
