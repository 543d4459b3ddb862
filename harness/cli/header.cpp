#include "harness/cli/header.h"

#include <fmt/chrono.h>

namespace cli {

record::Header header(const TargetOptions& options, const Choice& choice, const engine::Target& target, const spec::Catalogue& catalogue, std::uint64_t seed, const std::string& scenarios) {
  record::Header made;
  made.tool = "mqttspec " MQTTSPEC_VERSION;
  made.target = target.url;
  made.broker = target.broker;
  made.profile = choice.profile;
  made.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  made.seed = seed;
  for (auto version : target.versions) made.versions.emplace_back(mqtt::name(version));
  made.transports = {target.transport};
  made.statements = catalogue.all();
  made.broken_rules = options.broken;
  made.scenarios = scenarios;
  made.chosen_by = choice.chosen_by;
  return made;
}

}  // namespace cli
