#pragma once
// fork and exec, done so that the child takes nothing of ours with it: no open socket, no signal mask. Inside this room only.
#include "harness/net/child.h"

namespace net {

struct Spawned {
  pid_t pid = -1;
  std::string error;   // "cannot start 'mosquito': not found in PATH, /usr/sbin or /sbin"; empty: it runs
};
Spawned spawn(const Command& command);

}  // namespace net
