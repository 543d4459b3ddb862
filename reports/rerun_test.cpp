#include "reports/rerun.h"

#include <gmock/gmock.h>

#include "reports/test_run.h"

namespace reports::rerun_test {
namespace {

using testing::HasSubstr;

record::Header header(const std::string& target, const std::string& profile = "") {
  record::Header made;
  made.target = target, made.profile = profile, made.seed = 42;
  return made;
}
record::Result result(const std::string& scenario, const std::string& row = "", const std::string& transport = "mqtt") {
  record::Result made;
  made.scenario = scenario, made.case_name = row, made.transport = transport, made.version = mqtt::Version::v3_1_1;
  return made;
}

TEST(Rerun, NamesTheTargetTheCaseTheVersionAndTheSeed) {
  EXPECT_EQ(rerun(header("mqtt://broker.example:1883"), result("connect/second_connect", "same packet")),
            "mqttspec run mqtt://broker.example:1883 --filter 'connect/second_connect (same packet) [3.1.1]' --mqtt 3.1.1 --seed 42");
  EXPECT_EQ(rerun(header("mqtt://127.0.0.1:40001", "mosquitto"), result("ping/a")), "mqttspec run --broker mosquitto --filter 'ping/a [3.1.1]' --mqtt 3.1.1 --seed 42");
}

TEST(Rerun, OfAnotherTransportNamesItWhereTheUrlDoesNot) {
  EXPECT_EQ(rerun(header("wss://h:1/mqtt"), result("ping/a", "", "wss")), "mqttspec run wss://h:1/mqtt --filter 'ping/a [3.1.1]' --mqtt 3.1.1 --seed 42");
  EXPECT_EQ(rerun(header("wss://127.0.0.1:1", "mosquitto"), result("ping/a", "", "wss")),
            "mqttspec run --broker mosquitto --transport wss --filter 'ping/a [3.1.1]' --mqtt 3.1.1 --seed 42");
}

TEST(Rerun, AtTheEmbeddedBrokerBreaksTheSameRules) {
  auto embedded = header("the embedded reference broker");
  embedded.broken_rules = {"second_connect_closes"}, embedded.transports = {"memory", "ws"};
  EXPECT_EQ(rerun(embedded, result("ping/a", "", "memory")), "mqttspec run --break second_connect_closes --filter 'ping/a [3.1.1]' --mqtt 3.1.1 --seed 42");
}

TEST(Rerun, OfOtherScenariosNamesTheirFolder) {
  auto found = header("mqtt://127.0.0.1:40001", "mosquitto");
  found.scenarios = "what was/found";
  EXPECT_EQ(rerun(found, result("died")), "mqttspec run --broker mosquitto --scenarios 'what was/found' --filter 'died [3.1.1]' --mqtt 3.1.1 --seed 42");
}

TEST(Rerun, OfABrokerThatACommandStartsSaysTheCommand) {
  auto started = header("mqtt://127.0.0.1:40001", "mosquitto");
  started.chosen_by = {"--start", "sbin/mosquitto -p {port}"};
  EXPECT_EQ(rerun(started, result("ping/a")), "mqttspec run --start 'sbin/mosquitto -p {port}' --filter 'ping/a [3.1.1]' --mqtt 3.1.1 --seed 42");
}

TEST(Rerun, IsSafeInAShell) {
  EXPECT_EQ(rerun(header("mqtt://h/$(reboot)"), result("t/a", "it's; rm *\n")),
            "mqttspec run 'mqtt://h/$(reboot)' --filter 't/a (it'\\''s; rm *\\n) [3.1.1]' --mqtt 3.1.1 --seed 42");
}

TEST(Rerun, StandsInEveryFormatBesideAFailure) {
  const std::string command = "mqttspec run --broker mosquitto --filter 'connect/second-connect [3.1.1]' --mqtt 3.1.1 --seed 42";
  EXPECT_THAT(summary(golden_run()), HasSubstr("    replay     " + command + "\n"));
  EXPECT_THAT(written(write_junit, golden_run()), HasSubstr("\nreplay: mqttspec run --broker mosquitto --filter &#39;connect/second-connect [3.1.1]&#39; --mqtt 3.1.1 --seed 42\n"));
  EXPECT_THAT(written(write_markdown, golden_run()), HasSubstr("- replay: <code>mqttspec run --broker mosquitto --filter 'connect/second-connect &#91;3.1.1&#93;' --mqtt 3.1.1 --seed 42</code>\n"));
  const auto json = nlohmann::json::parse(written(write_json, golden_run()));
  for (const auto& each : json["cases"]) EXPECT_EQ(each.contains("replay"), each["verdict"] != "pass" && each["verdict"] != "skip") << each["name"];
  EXPECT_EQ(json["cases"][0]["replay"], command);
}

}  // namespace
}  // namespace reports::rerun_test
