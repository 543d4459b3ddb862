#include "harness/engine/start_command.h"

#include <fmt/format.h>

#include <optional>
#include <stdexcept>

#include "harness/scenario/abilities.h"

namespace engine {
namespace {

[[noreturn]] void refuse(const std::string& command, const std::string& why) { throw std::runtime_error(fmt::format("--start '{}': {}", command, why)); }

std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (!quote && (c == ' ' || c == '\t' || c == '\n')) {
      if (word) words.push_back(std::move(*word));
      word.reset();
      continue;
    }
    if (!word) word.emplace();
    if (c == quote) quote = 0;
    else if (!quote && (c == '\'' || c == '"')) quote = c;
    else if (c == '\\' && quote != '\'' && i + 1 < command.size()) *word += command[++i];
    else *word += c;
  }
  if (quote) refuse(command, fmt::format("the quote {} is not closed", quote));
  if (word) words.push_back(std::move(*word));
  return words;
}

}  // namespace

Profile profile_of_command(const std::string& command) {
  Profile profile;
  profile.file = "--start";
  profile.start = words_of(command);
  if (profile.start.empty()) refuse(command, "there is no command");
  if (command.find("{port}") == command.npos)
    refuse(command, "it has no {port}: the harness chooses a free port, which the broker must be told, as in 'path/to/broker -p {port}'");
  profile.name = std::filesystem::path(profile.start.front()).filename().string();
  profile.title = profile.name;
  profile.directory = std::filesystem::current_path().string();
  profile.ports = {"port"};
  profile.listeners["default"] = "mqtt://127.0.0.1:{port}";
  for (auto& ability : scenario::abilities())
    if (ability.claimed) profile.lacks[std::string(ability.name)] = "only a broker's profile can say so (ci/brokers/README.md)";
  return profile;
}

}  // namespace engine
