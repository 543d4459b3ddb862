#include "harness/engine/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/command.h"
#include "harness/cli/library.h"
#include "harness/cli/target.h"
#include "harness/cli/to_end.h"

namespace cli {
namespace {

namespace asio = boost::asio;

void print_seen(const char* title, const std::vector<engine::Seen>& all, bool with_answer) {
  if (all.empty()) return;
  std::size_t width = 0;
  for (auto& each : all) width = std::max(width, each.name.size());
  fmt::print("\n{}\n", title);
  for (auto& each : all) {
    const auto* answer = each.is == engine::Seen::Is::yes ? "yes  " : each.is == engine::Seen::Is::no ? "no   " : "?    ";
    fmt::print("  {:<{}}  {}{}\n", each.name, width, with_answer ? answer : "", each.how);
  }
}

asio::awaitable<void> look(const TargetOptions& options, int& exit) {
  net::RealClock clock;
  engine::Pace pace;
  const spec::Catalogue catalogue;
  auto choice = choose(options, clock);
  std::unique_ptr<engine::Instance> instance = co_await choice.make({});
  engine::Stage stage{*instance, clock, pace, catalogue, "probe", false, {}, {}};
  engine::Look look = co_await engine::probe_abilities(stage);
  auto& target = instance->target;
  fmt::print("{} at {}\n", target.broker.empty() ? "a broker" : target.broker, target.url);
  print_seen("versions", look.versions, true);
  print_seen("abilities", look.abilities, true);
  print_seen("limits (5.0)", look.limits, false);
  if (!target.versions.empty()) fmt::print("\nThe slowest of its last answers took {:.1f} ms.\n", std::chrono::duration<double, std::milli>(pace.slowest()).count());
  exit = target.versions.empty() ? could_not : all_well;
}

int probe_broker(const TargetOptions& options) {
  asio::io_context io;
  int exit = could_not;
  to_end(io, look(options, exit));
  return exit;
}

}  // namespace

std::function<int()> probe(CLI::App& app) {
  auto options = std::make_shared<TargetOptions>();
  options->options(app);
  app.footer("`?` stands for what was not seen although the broker does not say that it lacks it: `mqttspec run` shows whether that is a fault. Exit code: 0, or 2 when no version is admitted.");
  return [=] { return probe_broker(*options); };
}

}  // namespace cli
