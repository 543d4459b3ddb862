#pragma once
// What a process costs: memory, processor time, and threads that never sleep, from /proc.
#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>

namespace network {

struct Vitals {
  std::size_t memory = 0;              // bytes resident
  std::chrono::milliseconds cpu{};     // user and system, since it began
};
std::optional<Vitals> vitals_of(pid_t process);   // none: it does not run, or this is no Linux

// Of each thread whether it runs or waits for a processor, and how often it has gone to sleep. However busy the machine is with others: a thread that was
// runnable at two looks and did not sleep between them was computing all the time.
struct Thread { bool runnable = false; long sleeps = 0; };
using Threads = std::map<pid_t, Thread>;
Threads threads_of(pid_t process);
std::size_t never_slept(const Threads& before, const Threads& after);   // how many

}  // namespace network
