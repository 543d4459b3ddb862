#include "fuzz/network/vitals.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace network {

std::optional<Vitals> vitals_of(pid_t process) {
  auto folder = "/proc/" + std::to_string(process);
  std::ifstream memory(folder + "/statm"), times(folder + "/stat");
  std::size_t total = 0, resident = 0;
  std::string line;
  if (process <= 0 || !(memory >> total >> resident) || !std::getline(times, line)) return {};
  std::istringstream fields(line.substr(line.rfind(')') + 1));   // the name before it may hold anything
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  long user = 0, system = 0;
  fields >> user >> system;
  return Vitals{resident * std::size_t(::sysconf(_SC_PAGESIZE)), std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK))};
}

Threads threads_of(pid_t process) {
  Threads all;
  std::error_code gone;
  if (process <= 0) return all;
  for (auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", gone)) {
    std::ifstream status(task.path() / "status");
    Thread thread;
    for (std::string word; status >> word;) {
      if (word == "State:") {
        status >> word;
        thread.runnable = word == "R";
      } else if (word == "voluntary_ctxt_switches:") {
        status >> thread.sleeps;
        all[pid_t(std::stol(task.path().filename().string()))] = thread;
      }
    }
  }
  return all;
}

std::size_t never_slept(const Threads& before, const Threads& after) {
  std::size_t number = 0;
  for (auto& [id, thread] : before) {
    auto same = after.find(id);
    number += same != after.end() && thread.runnable && same->second.runnable && thread.sleeps == same->second.sleeps;
  }
  return number;
}

}  // namespace network
