#pragma once
// For tests: cases that are played as a suite against a broker in memory, in virtual time.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/scripted_broker_test.h"
#include "harness/engine/suite.h"
#include "harness/scenario/loader.h"

namespace engine {

class SuiteTest : public testing::Test {
protected:
  SuiteTest() : catalogue(spec::Catalogue::load(SOURCE_DIR "/scenarios/statements")) {}

  void add_steps(const std::string& id, const std::string& steps, const std::string& more = "") {
    auto suite = scenario::load_text(id, R"({"title": "It does what it should", "versions": ["3.1.1"], )" + more + R"("steps": [)" + steps + "]}", catalogue);
    for (auto& complaint : suite.complaints) ADD_FAILURE() << scenario::to_string(complaint);
    for (auto& one : suite.cases) cases.push_back(one);
  }
  void add(const std::string& id, const std::string& more = "") {
    add_steps(id, R"({"connect": "A", "client_id": "${A}"}, {"ping": "A", "checks": ["3.1.1:MQTT-3.12.4-1"]})", more);
  }
  std::map<std::string, record::Result> run(Instance& broker, Plan plan = {}) {
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
          };
          interrupt = [&] { stage.interrupt(); };
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
  std::function<void()> interrupt;
  std::vector<std::string> reported;   // in order
};

}  // namespace engine
