#pragma once
// The commands of mqttspec: one file each, one row each in main.cpp.
#include <CLI/CLI.hpp>
#include <functional>

namespace cli {

// README.md, "Exit codes".
enum Exit : int { all_well = 0, something_failed = 1, could_not = 2, bad_scenarios = 3, interrupted = 130 };

// Declares its options on `app` and returns what to do once they are read.
using Setup = std::function<int()> (*)(CLI::App& app);

std::function<int()> run(CLI::App& app);
std::function<int()> probe(CLI::App& app);
std::function<int()> list(CLI::App& app);
std::function<int()> check(CLI::App& app);
std::function<int()> report(CLI::App& app);
std::function<int()> expect(CLI::App& app);
std::function<int()> decode(CLI::App& app);
std::function<int()> prove(CLI::App& app);
std::function<int()> fuzz(CLI::App& app);
std::function<int()> schema(CLI::App& app);
std::function<int()> serve(CLI::App& app);

}  // namespace cli
