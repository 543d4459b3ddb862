#include "harness/scenario/schema.h"

#include <fmt/format.h>

#include "harness/cli/command.h"

namespace cli {

std::function<int()> schema(CLI::App&) {
  return [] {
    fmt::print("{}\n", scenario::schema().dump(2));
    return int(all_well);
  };
}

}  // namespace cli
