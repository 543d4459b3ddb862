#pragma once
// A profile for a broker that somebody has just built, from one command line: `mqttspec run --start 'path/to/broker -p {port}'`.
#include "harness/engine/profile.h"

namespace engine {

// Words are parted by blanks; '...' and "..." keep them together, a backslash takes the next character as it is. {port} stands for the free port
// that the harness chooses, {dir} for a scratch directory; the command runs where the harness does. Throws std::runtime_error that says what is wrong.
Profile profile_of_command(const std::string& command);

}  // namespace engine
