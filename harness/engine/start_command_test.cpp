#include "harness/engine/start_command.h"

#include <gmock/gmock.h>

namespace engine::start_command_test {
namespace {

using testing::ElementsAre;

std::vector<std::string> words(const std::string& command) { return profile_of_command(command).start; }
std::string refusal(const std::string& command) {
  try {
    profile_of_command(command);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "it was taken";
}

TEST(StartCommand, PartsWordsAsAShellDoes) {
  EXPECT_THAT(words("  build/broker -p\t{port} "), ElementsAre("build/broker", "-p", "{port}"));
  EXPECT_THAT(words("b 'two words' \"a 'b' c\" {port}"), ElementsAre("b", "two words", "a 'b' c", "{port}"));
  EXPECT_THAT(words(R"(b a\ b '\n' "\"" '' --port={port})"), ElementsAre("b", "a b", "\\n", "\"", "", "--port={port}"));
}

TEST(StartCommand, MakesAProfileWithTheDefaults) {
  const auto profile = profile_of_command("/opt/new/broker -p {port}");
  EXPECT_EQ(profile.name, "broker");
  EXPECT_EQ(profile.listeners.at("default"), "mqtt://127.0.0.1:{port}");
  EXPECT_THAT(profile.ports, ElementsAre("port"));
  EXPECT_EQ(profile.directory, std::filesystem::current_path());
  EXPECT_EQ(profile.versions.size(), 3u);
}

TEST(StartCommand, CanBeStartedAgainAndClaimsNothing) {
  const auto profile = profile_of_command("broker {port}");
  EXPECT_FALSE(profile.lacks.contains("restart"));
  for (auto ability : {"persistent_sessions", "durable_retained", "client_certificates", "acl"})
    EXPECT_EQ(profile.lacks.at(ability), "only a broker's profile can say so (ci/brokers/README.md)");
}

TEST(StartCommand, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("   "), "--start '   ': there is no command");
  EXPECT_EQ(refusal("broker -p 'x {port}"), "--start 'broker -p 'x {port}': the quote ' is not closed");
  EXPECT_EQ(refusal("broker -p 1883"),
            "--start 'broker -p 1883': it has no {port}: the harness chooses a free port, which the broker must be told, as in 'path/to/broker -p {port}'");
}

}  // namespace
}  // namespace engine::start_command_test
