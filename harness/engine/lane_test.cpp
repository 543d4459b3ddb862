// Who is to blame when the broker is lost.
#include "harness/engine/suite_test.h"

namespace engine::lane_test {
namespace {

using namespace std::chrono_literals;
using Peer = ScriptedBroker::Peer;
using record::Kept;
using record::Verdict;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string crash = "was killed by signal 11 (Segmentation fault)";
constexpr auto checked = R"("checks": ["3.1.1:MQTT-3.1.0-2"]})";

// A broker that closes upon a second CONNECT, as it should, and dies of one with Keep Alive 7.
class Losses : public SuiteTest {
protected:
  // Passes on a broker that closes; `keep_alive` 7 is deadly.
  void add_close(const std::string& id, int keep_alive = 60) {
    add_steps(id, R"({"connect": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": )" + std::to_string(keep_alive) + R"(}}}, {"expect": "A", "closed": true, )" + checked);
  }
  std::map<std::string, record::Result> run_jobs(int jobs) {
    Plan plan;
    plan.jobs = jobs;
    return run(broker, plan);
  }
  void serve(Peer& peer, const mqtt::Packet& packet) {
    auto connect = std::get_if<mqtt::Connect>(&packet);
    if (connect && connect->keep_alive == 7 && deadly-- > 0) return broker.die(crash, lag);
    if (connect && peer.mark++ > 0) return peer.close();
    ScriptedBroker::behave(peer, packet);
  }

  Duration lag{};
  int deadly = 1000;                // so often
  ScriptedBroker broker{clock, [this](Peer& peer, const mqtt::Packet& packet) { serve(peer, packet); }};
};

void expect_guilty(const record::Result& result) {
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.reason, "the broker died: it was killed by signal 11 (Segmentation fault) (again when this case was played alone)");
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].verdict, Kept::fail);
  EXPECT_EQ(result.findings[0].actual, result.reason);
  EXPECT_THAT(result.log, ElementsAre("its last words"));
}

class ACrash : public Losses, public testing::WithParamInterface<std::tuple<int, int>> {};
INSTANTIATE_TEST_SUITE_P(WithJobsAndMillisecondsFromItsConnectionsToItsEnd, ACrash, testing::Combine(testing::Values(1, 3, 32), testing::Values(0, 20)));

TEST_P(ACrash, IsNeverTakenForTheCloseThatIsWanted) {
  lag = std::get<1>(GetParam()) * 1ms;
  for (int i = 0; i < 8; ++i) add_close("t/close" + std::to_string(i));
  add_close("t/killer", 7);
  for (int i = 0; i < 8; ++i) add("t/ping" + std::to_string(i));
  auto results = run_jobs(std::get<0>(GetParam()));
  ASSERT_EQ(results.size(), 17u);
  EXPECT_EQ(reported.size(), 17u) << "each once";
  expect_guilty(results["t/killer"]);
  results.erase("t/killer");
  for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::pass) << id << ": " << result.reason;
  EXPECT_THAT(course.deaths, ElementsAre("the broker died: it was killed by signal 11 (Segmentation fault), of t/killer [3.1.1]"));
  EXPECT_FALSE(course.uncharged) << "a case has failed with it: where that is a known failure, the death is no news";
  EXPECT_EQ(broker.starts, 2) << "once for the replays, once after the one that killed it";
}

TEST_P(ACrash, OfAConnectIsChargedToItsCase) {
  lag = std::get<1>(GetParam()) * 1ms;
  for (auto id : {"t/a", "t/b"}) add(id);
  add_steps("t/killer", R"({"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]})");
  auto results = run_jobs(std::get<0>(GetParam()));
  expect_guilty(results["t/killer"]);
  EXPECT_EQ(results["t/a"].verdict, Verdict::pass) << results["t/a"].reason;
  EXPECT_EQ(results["t/b"].verdict, Verdict::pass) << results["t/b"].reason;
}

TEST_F(Losses, OneStatementIsAtStake) {
  add_steps("t/killer", R"({"connect": "B", "checks": ["3.1.1:MQTT-3.1.4-4"]}, {"connect": "A"}, {"send": "A", "packet": {"CONNECT": {"keep_alive": 7}}},
    {"ping": "B", "checks": ["3.1.1:MQTT-3.12.4-1"]}, {"expect": "A", "closed": true, )" + std::string(checked));
  auto result = run_jobs(1)["t/killer"];
  ASSERT_EQ(result.findings.size(), 3u);
  EXPECT_EQ(result.findings[0].verdict, Kept::pass);
  EXPECT_EQ(result.findings[1].verdict, Kept::fail);
  EXPECT_EQ(result.findings[2].verdict, Kept::inconclusive) << "nobody knows what it would have done";
}

TEST_F(Losses, ThatShowLaterAreChargedToTheCaseThatPassedBefore) {
  bool poisoned = false;
  ScriptedBroker late(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    auto connect = std::get_if<mqtt::Connect>(&packet);
    if (connect && std::exchange(poisoned, false)) return late.die(crash);   // the client after the poisonous one meets the crash
    poisoned |= connect && connect->keep_alive == 7;
    ScriptedBroker::behave(peer, packet);
  });
  add_steps("t/killer", R"({"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]})");
  for (auto id : {"t/a", "t/b"}) add(id);
  Plan plan;
  plan.jobs = 1;
  auto results = run(late, plan);
  EXPECT_EQ(reported.size(), 3u);
  expect_guilty(results["t/killer"]);
  EXPECT_EQ(results["t/a"].verdict, Verdict::pass) << results["t/a"].reason;
  EXPECT_EQ(results["t/b"].verdict, Verdict::pass) << results["t/b"].reason;
}

TEST_F(Losses, OfTheLastCaseAreSeenWhenItHasLeft) {
  ScriptedBroker leaving(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    if (std::holds_alternative<mqtt::Disconnect>(packet) && peer.mark == 7) return leaving.die(crash, 20ms);
    if (auto connect = std::get_if<mqtt::Connect>(&packet)) peer.mark = connect->keep_alive;
    ScriptedBroker::behave(peer, packet);
  });
  add_steps("t/killer", R"({"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]})");
  expect_guilty(run(leaving)["t/killer"]);
}

TEST_F(Losses, ThatNobodyBringsAboutAgainLeaveOpenWhatWasPlayedThen) {
  deadly = 1;
  add_close("t/killer", 7);
  add("t/a");
  add_steps("t/wrong", R"({"connect": "A", "session_present": true, "checks": ["3.1.1:MQTT-3.1.4-4"]})");
  auto results = run_jobs(32);
  for (auto id : {"t/killer", "t/a"}) {
    EXPECT_EQ(results[id].verdict, Verdict::inconclusive) << id;
    EXPECT_EQ(results[id].reason, "the broker died: it was killed by signal 11 (Segmentation fault) while this case was played; none of those that were brings it about alone");
    for (auto& finding : results[id].findings) EXPECT_EQ(finding.verdict, Kept::inconclusive);
  }
  EXPECT_EQ(results["t/wrong"].verdict, Verdict::fail) << "that was seen, whatever else happened";
  ASSERT_EQ(course.deaths.size(), 1u);
  EXPECT_THAT(course.deaths[0], HasSubstr("t/killer [3.1.1]"));
  EXPECT_THAT(course.deaths[0], HasSubstr("; none of them brings it about alone"));
  EXPECT_TRUE(course.uncharged);
}

TEST_F(Losses, AreForgivenOnlyToThoseWhoOutlivedThem) {
  for (int i = 0; i < 3; ++i) add_close("t/killer" + std::to_string(i), 7);
  auto results = run_jobs(32);
  for (auto& [id, result] : results) expect_guilty(result);
  EXPECT_EQ(course.deaths.size(), 3u);
}

TEST_F(Losses, OfABrokerThatServesOnlySomeNewClients) {
  bool halved = false;
  int clients = 0;
  ScriptedBroker halving(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    if (auto connect = std::get_if<mqtt::Connect>(&packet)) {
      if (connect->keep_alive == 7) halved = true;
      else if (halved && ++clients % 3 == 0) return peer.close();
    }
    ScriptedBroker::behave(peer, packet);
  });
  add_steps("t/killer", R"({"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]}, {"publish": "A", "topic": "${T}/a", "qos": 2})");
  auto result = run(halving)["t/killer"];
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_THAT(result.reason, HasSubstr("the broker no longer serves new clients (a new client is not admitted: expected A: CONNACK"));
}

TEST_F(Losses, OfABrokerThatAdmitsClientsAndDeliversNothing) {
  int deafened = -1;   // until it is started once more
  ScriptedBroker deaf(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    auto connect = std::get_if<mqtt::Connect>(&packet);
    if (connect && connect->keep_alive == 7) deafened = deaf.starts;
    ScriptedBroker::behave(peer, packet);
    if (std::holds_alternative<mqtt::Publish>(packet) && deafened != deaf.starts) peer.say(packet);
  });
  add_steps("t/killer", R"({"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]}, {"publish": "A", "topic": "${T}/a", "qos": 2})");
  add("t/a");
  for (bool seen : {false, true}) {
    deaf.target.delivers = seen;
    auto results = run(deaf);
    EXPECT_EQ(results["t/a"].verdict, Verdict::pass) << results["t/a"].reason;
    EXPECT_EQ(results["t/killer"].verdict, seen ? Verdict::fail : Verdict::inconclusive) << "nobody misses what was never there";
    if (seen) EXPECT_THAT(results["t/killer"].reason, HasSubstr("the broker no longer serves new clients (a new client does not receive its own message: expected A: PUBLISH"));
  }
}

TEST_F(Losses, ThatOutlastARestartEndTheRun) {
  bool delivers = true;
  ScriptedBroker deaf(clock, [&](Peer& peer, const mqtt::Packet& packet) {
    auto connect = std::get_if<mqtt::Connect>(&packet);
    if (connect && connect->keep_alive == 7) delivers = false;
    ScriptedBroker::behave(peer, packet);
    if (std::holds_alternative<mqtt::Publish>(packet) && delivers) peer.say(packet);
  });
  deaf.target.delivers = true;
  add_steps("t/killer", R"({"connect": "A", "keep_alive": 7, "checks": ["3.1.1:MQTT-3.1.4-4"]})");
  auto result = run(deaf)["t/killer"];
  EXPECT_EQ(result.verdict, Verdict::pass) << "it was not what took the broker's use away as far as anybody knows";
  ASSERT_EQ(course.deaths.size(), 2u);
  EXPECT_THAT(course.deaths[1], HasSubstr("it does not come back: a new client does not receive its own message: expected A: PUBLISH"));
  EXPECT_TRUE(course.uncharged);
}

TEST_F(Losses, AreNoneWhereOurBrokerLivesAndTheCaseHasPassed) {
  int clients = 0;
  ScriptedBroker full(clock, [&](Peer& peer, const mqtt::Packet& packet) {   // it is full after the case, for a while
    if (std::holds_alternative<mqtt::Connect>(packet) && (++clients == 2 || clients == 3)) return peer.close();
    ScriptedBroker::behave(peer, packet);
  });
  full.target.ours = true;
  add_close("t/a");
  auto results = run(full);
  EXPECT_EQ(results["t/a"].verdict, Verdict::pass) << results["t/a"].reason;
  EXPECT_EQ(clients, 4) << "the case's two, one that was turned away, and the one that looks after the last case";
  EXPECT_THAT(course.deaths, IsEmpty());
}

TEST_F(Losses, ThatCannotBeMadeGoodEndTheRunWithoutBlamingTheRest) {
  for (auto id : {"t/a", "t/b", "t/c"}) add(id);
  broker.target.lacks["restart"] = "the broker was not started by the harness";
  broker.dead = "is gone";
  auto results = run_jobs(1);
  ASSERT_EQ(results.size(), 3u);
  for (auto& [id, result] : results) EXPECT_EQ(result.verdict, Verdict::inconclusive) << id;
  EXPECT_EQ(course.deaths.size(), 1u);
}

TEST_F(Losses, OfOthersBrokersAreNoPassEither) {
  add_close("t/killer", 7);
  add("t/a");
  broker.target.lacks["restart"] = "the broker was not started by the harness";
  auto results = run_jobs(1);
  EXPECT_EQ(results["t/killer"].verdict, Verdict::inconclusive);
  EXPECT_EQ(results["t/killer"].reason, "the broker died: it was killed by signal 11 (Segmentation fault)");
}

TEST_F(Losses, FromWhichABrokerDoesNotComeBackAreToldOfEveryCase) {
  add_close("t/killer", 7);
  for (auto id : {"t/a", "t/b"}) add(id);
  broker.cannot_start = "its store is spoilt";
  auto results = run_jobs(1);
  ASSERT_EQ(results.size(), 3u);
  for (auto& [id, result] : results) {
    EXPECT_EQ(result.verdict, Verdict::inconclusive) << id;
    EXPECT_THAT(result.reason, HasSubstr("the broker died: it was killed by signal 11 (Segmentation fault), and does not come back")) << id;
  }
  EXPECT_THAT(course.deaths, testing::Contains("it does not come back: its store is spoilt"));
  EXPECT_TRUE(course.uncharged);
}

}  // namespace
}  // namespace engine::lane_test
