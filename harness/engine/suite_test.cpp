#include "harness/engine/suite.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/probe.h"
#include "harness/engine/scripted_broker_test.h"
#include "harness/scenario/loader.h"

namespace engine::suite_test {
namespace {

using Peer = ScriptedBroker::Peer;
using record::Verdict;
using testing::HasSubstr;

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

class SuiteTest : public testing::Test {
protected:
  SuiteTest() : catalogue(spec::Catalogue::load(SOURCE_DIR "/scenarios/statements")) {}

  void add(const std::string& id, const std::string& more = "") {
    auto text = R"({"title": "PINGREQ is answered", "versions": ["3.1.1"], )" + more +
                R"("steps": [{"connect": "A", "client_id": "${A}"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]}]})";
    auto suite = scenario::load_text(id, text, catalogue);
    for (auto& complaint : suite.complaints) ADD_FAILURE() << scenario::to_string(complaint);
    for (auto& one : suite.cases) cases.push_back(one);
  }
  std::map<std::string, record::Result> run(ScriptedBroker& broker, Plan plan = {}) {
    for (auto& one : cases) plan.cases.push_back(&one);
    asio::io_context io;
    Stage stage{broker, *kept_by, pace, catalogue, "run00", false, {}, {}};
    std::map<std::string, record::Result> results;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          auto report = [&](record::Result result) {
            results[result.scenario] = result;
            reported.push_back(result.scenario);
            if (interrupt_after && results.size() == interrupt_after) stage.interrupt();
          };
          course = co_await play_suite(plan, stage, report);
        },
        [](std::exception_ptr trouble) {
          if (trouble) std::rethrow_exception(trouble);
        });
    clock.run(io);
    return results;
  }

  net::VirtualClock clock;
  net::Clock* kept_by = &clock;   // what the suite reads the time from
  Pace pace;
  spec::Catalogue catalogue;
  std::vector<scenario::Case> cases;
  Course course;
  std::size_t interrupt_after = 0;
  std::vector<std::string> reported;   // in order
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

// A broker that dies of the PINGREQ of one client.
ScriptedBroker::Script dies_of(ScriptedBroker*& broker, const std::string& victim) {
  return [&broker, victim](Peer& peer, const mqtt::Packet& packet) {
    if (auto connect = std::get_if<mqtt::Connect>(&packet); connect && connect->keep_alive == 7) {
      broker->dead = victim;
      peer.reset();
      return;
    }
    if (!broker->dead) ScriptedBroker::behave(peer, packet);
  };
}

TEST_F(SuiteTest, ADeathIsChargedToTheCaseThatCausesItAndTheOthersArePlayedAgain) {
  add("t/a");
  add("t/b");
  auto text = R"({"title": "Kills", "versions": ["3.1.1"],
    "steps": [{"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]}]})";
  for (auto& one : scenario::load_text("t/killer", text, catalogue).cases) cases.push_back(one);
  ScriptedBroker* self = nullptr;
  ScriptedBroker broker(clock, dies_of(self, "was killed by signal 11 (Segmentation fault)"));
  self = &broker;
  auto results = run(broker);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results["t/a"].verdict, Verdict::pass) << results["t/a"].reason;
  EXPECT_EQ(results["t/b"].verdict, Verdict::pass) << results["t/b"].reason;
  EXPECT_EQ(results["t/killer"].verdict, Verdict::fail);
  EXPECT_EQ(results["t/killer"].reason, "the broker died: it was killed by signal 11 (Segmentation fault) (again when this case was played alone)");
  ASSERT_EQ(course.deaths.size(), 1u);
  EXPECT_THAT(course.deaths[0], HasSubstr("t/killer [3.1.1]"));
  EXPECT_EQ(broker.starts, 2);
}

TEST_F(SuiteTest, ABrokerThatCannotBeStartedAgainEndsTheRunWithoutBlamingTheRest) {
  for (auto id : {"t/a", "t/b", "t/c"}) add(id);
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  broker.target.lacks["restart"] = "the broker was not started by the harness";
  broker.dead = "is gone";
  Plan plan;
  plan.jobs = 1;
  auto results = run(broker, plan);
  ASSERT_EQ(results.size(), 3u);
  for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::inconclusive) << id;
  EXPECT_EQ(course.deaths.size(), 1u);
}

TEST_F(SuiteTest, AnInterruptEndsTheRunAtOnce) {
  for (auto id : {"t/a", "t/b", "t/c", "t/d"}) add(id);
  ScriptedBroker broker(clock, ScriptedBroker::behave);
  Plan plan;
  plan.jobs = 1;
  interrupt_after = 2;
  auto results = run(broker, plan);
  EXPECT_EQ(results.size(), 2u);
  EXPECT_TRUE(course.interrupted);
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
  record::Result play(const std::string& bound, int times, Duration by, bool answers = true) {
    kept_by = &slow;
    auto text = R"({"title": "t", "versions": ["3.1.1"], "steps": [{"connect": "A"}, {"unsubscribe": "A", "from": "${T}/a", "checks": ["3.1.1:MQTT-3.10.4-4"])" + bound + "}]}";
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
  EXPECT_EQ(trouble, "the preparation did not hold: expected A: CONNACK with reason_code 0 (Success); nothing came: waited 5 s");
}

}  // namespace
}  // namespace engine::suite_test
