#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/command.h"
#include "harness/cli/password.h"

namespace {

struct Row { const char *name, *help; cli::Setup setup; };
constexpr Row commands[] = {
    {"run", "play scenarios against a broker", cli::run},
    {"probe", "what is a broker able to do, and how is that known?", cli::probe},
    {"list", "scenarios, their cases, and the statements each checks", cli::list},
    {"check", "complain about scenario files", cli::check},
    {"prove", "can every check fail? break each rule of the reference broker and see", cli::prove},
    {"report", "write reports from records of runs", cli::report},
    {"expect", "keep a list of a broker's known failures", cli::expect},
    {"decode", "show packets field by field", cli::decode},
    {"fuzz", "throw bent sessions at a broker, and write what it does wrong as scenarios", cli::fuzz},
    {"serve", "a broker on a socket, with any of its rules broken", cli::serve},
    {"schema", "print the JSON Schema of scenario files", cli::schema},
};

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("mqttspec: does a broker keep the MQTT standards (3.1, 3.1.1, 5.0)?", "mqttspec");
  app.set_version_flag("--version", "mqttspec " MQTTSPEC_VERSION);
  app.require_subcommand(1);
  int exit = cli::all_well;
  for (auto& row : commands) {
    auto* command = app.add_subcommand(row.name, row.help);
    auto act = row.setup(*command);
    command->callback([&exit, act] { exit = act(); });
  }
  auto taken = cli::take_arguments(count, arguments);
  std::reverse(taken.begin(), taken.end());   // as CLI11 wants them
  try {
    app.parse(taken);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::all_well : cli::could_not;
  } catch (const std::exception& error) {
    fmt::print(stderr, "mqttspec: {}\n", error.what());
    return cli::could_not;
  }
  return exit;
}
