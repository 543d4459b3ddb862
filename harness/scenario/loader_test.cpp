#include "harness/scenario/loader.h"

#include <gmock/gmock.h>

namespace {

using namespace scenario;
using testing::ElementsAre;

const spec::Catalogue& catalogue() {
  static const auto loaded = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  return loaded;
}

TEST(Loader, ReadsTheExampleOfTheReadme) {
  auto suite = load_text("connect/second-connect", R"({ "title": "A second CONNECT closes the connection",
  "versions": ["3.1.1", "5.0"],
  "steps": [
    {"connect": "A"},
    {"send": "A", "packet": "CONNECT"},
    {"expect": "A", "closed": true,
     "checks": ["3.1.1:MQTT-3.1.0-2", "5.0:MQTT-3.1.0-2"]} ] })", catalogue());
  for (auto& each : suite.complaints) ADD_FAILURE() << to_string(each);
  ASSERT_EQ(suite.cases.size(), 2u);
  for (auto& step : suite.cases[1].steps) std::puts((to_string(step.place) + " " + step.text).c_str());
}

TEST(Loader, EveryFileOfTheSuiteLoadsWithoutComplaint) {
  auto suite = load("scenarios", {"scenarios"}, catalogue());
  for (auto& each : suite.complaints) ADD_FAILURE() << to_string(each);
}

}  // namespace
