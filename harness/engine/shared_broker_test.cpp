#include "harness/engine/shared_broker.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/scripted_broker_test.h"
#include "harness/engine/suite.h"
#include "harness/scenario/loader.h"

namespace engine::shared_broker_test {
namespace {

using Act = scenario::Control::Act;
using testing::ElementsAre;
using testing::IsEmpty;

// Notes what is done to it, and can refuse to come back.
class Noting final : public Instance {
public:
  std::vector<Act> acts;
  bool comes_back = true;
  asio::awaitable<net::Opened> open(Way) override { co_return net::Opened{asio::error::connection_refused, nullptr}; }
  asio::awaitable<void> control(Act act) override {
    acts.push_back(act);
    if (act == Act::start && !comes_back) throw std::runtime_error("it is not ready after 30 s");
    co_return;
  }
};

class SharedBrokerTest : public testing::Test {
protected:
  // Comes to one step of control after `delay`, and notes how that went.
  asio::awaitable<void> come(std::string name, Act act, std::chrono::milliseconds delay) {
    net::Signal never(io.get_executor());
    auto until = clock.now() + delay;
    co_await clock.wait(never, until);
    try {
      co_await shared.control(act);
      told.push_back(name);
    } catch (const std::runtime_error& trouble) {
      told.push_back(name + ": " + trouble.what());
    }
  }
  void spawn(std::string name, Act act, int delay) {
    shared.join();
    asio::co_spawn(io, come(std::move(name), act, std::chrono::milliseconds(delay)), [](std::exception_ptr) {});
  }
  void run() { clock.run(io); }

  asio::io_context io;
  net::VirtualClock clock;
  Noting broker;
  SharedBroker shared{broker, clock, io.get_executor()};
  std::vector<std::string> told;
};

TEST_F(SharedBrokerTest, IsStoppedOnceWhenAllHaveCome) {
  spawn("first", Act::stop, 1);
  spawn("second", Act::stop, 50);
  spawn("third", Act::stop, 2);
  run();
  EXPECT_THAT(broker.acts, ElementsAre(Act::stop));
  EXPECT_THAT(told, testing::UnorderedElementsAre("first", "second", "third"));
}

TEST_F(SharedBrokerTest, IsLeftAloneWhileSomebodyIsOnTheWay) {
  shared.join();
  spawn("first", Act::stop, 1);
  run();
  EXPECT_THAT(broker.acts, IsEmpty());
  EXPECT_THAT(told, IsEmpty());
  shared.leave();
  run();
  EXPECT_THAT(broker.acts, ElementsAre(Act::stop));
  EXPECT_THAT(told, ElementsAre("first"));
}

TEST_F(SharedBrokerTest, TellsItsTroubleToAll) {
  broker.comes_back = false;
  spawn("first", Act::start, 1);
  spawn("second", Act::start, 2);
  run();
  EXPECT_THAT(broker.acts, ElementsAre(Act::start));
  EXPECT_THAT(told, testing::UnorderedElementsAre("first: it is not ready after 30 s", "second: it is not ready after 30 s"));
}

TEST_F(SharedBrokerTest, OneThatNobodyJoinedActsAtOnce) {
  asio::co_spawn(io, come("alone", Act::kill, std::chrono::milliseconds(0)), [](std::exception_ptr) {});
  run();
  EXPECT_THAT(broker.acts, ElementsAre(Act::kill));
}

// Ten cases that stop and start their broker, on one instance of their own.
TEST(SuiteWithRestarts, CasesThatDoTheSameToTheirBrokerShareOneAndOneRestart) {
  auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  auto text = [](const std::string& acts) {
    return R"({"title": "A restarted broker serves", "versions": ["3.1.1"], "needs": ["restart"], "steps": [{"connect": "A"}, )" + acts +
           R"({"connect": "B", "checks": ["3.1.1:MQTT-3.1.4-4"]}]})";
  };
  std::vector<scenario::Case> cases;
  for (int i = 0; i < 10; ++i) {
    auto suite = scenario::load_text("t/" + std::to_string(i), text(R"({"broker": "stop"}, {"broker": "start"}, )"), catalogue);
    ASSERT_THAT(suite.complaints, IsEmpty());
    cases.push_back(suite.cases.at(0));
  }
  cases.push_back(scenario::load_text("t/other", text(R"({"broker": "kill"}, {"broker": "start"}, )"), catalogue).cases.at(0));

  asio::io_context io;
  net::VirtualClock clock;
  Pace pace;
  ScriptedBroker main(clock, ScriptedBroker::behave);
  int instances = 0, starts = 0;
  struct Counted final : Instance {
    Counted(net::VirtualClock& clock, int& starts) : broker(clock, ScriptedBroker::behave), all_starts(starts) { target = broker.target; }
    ~Counted() override { all_starts += broker.starts; }
    asio::awaitable<net::Opened> open(Way way) override { return broker.open(std::move(way)); }
    asio::awaitable<void> control(Act act) override { return broker.control(act); }
    ScriptedBroker broker;
    int& all_starts;
  };
  Plan plan;
  for (auto& one : cases) plan.cases.push_back(&one);
  plan.own_instance = [&](std::string) -> asio::awaitable<std::unique_ptr<Instance>> {
    ++instances;
    co_return std::make_unique<Counted>(clock, starts);
  };
  Stage stage{main, clock, pace, catalogue, "run00", false, {}, {}};
  std::vector<record::Verdict> verdicts;
  asio::co_spawn(io, [&]() -> asio::awaitable<void> { co_await play_suite(plan, stage, [&](record::Result result) { verdicts.push_back(result.verdict); }); },
                 [](std::exception_ptr trouble) { if (trouble) std::rethrow_exception(trouble); });
  clock.run(io);
  EXPECT_THAT(verdicts, testing::SizeIs(11));
  EXPECT_THAT(verdicts, testing::Each(record::Verdict::pass));
  EXPECT_EQ(instances, 2);
  EXPECT_EQ(starts, 2);
}

}  // namespace
}  // namespace engine::shared_broker_test
