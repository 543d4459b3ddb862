#pragma once
// A child process that cannot outlive the harness (PR_SET_PDEATHSIG), whose end can be awaited (pidfd).
#include <map>
#include <sys/types.h>
#include <vector>

#include "harness/net/clock.h"

namespace net {

struct Command {
  std::vector<std::string> arguments;               // [0] is looked up in PATH, /usr/sbin and /sbin
  std::map<std::string, std::string> environment;   // added to ours
  std::string directory;                            // to run in; empty: ours
  std::string output;                               // file that stdout and stderr are appended to
};

class Child {
public:
  // Throws std::runtime_error that says which program could not be started and why.
  static std::unique_ptr<Child> start(asio::any_io_executor executor, const Command& command);
  ~Child();                                          // kills and reaps what still runs
  pid_t pid() const;
  bool running();                                    // reaps without waiting
  std::string how_it_ended() const;                  // "exited with status 1", "killed by signal 11 (Segmentation fault)"
  void signal(int number);
  // False: still running at the deadline.
  asio::awaitable<bool> ended(Clock& clock, Time deadline);
private:
  struct State;
  explicit Child(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// Runs a short command to its end (blocking); returns its exit status, or 127 where it could not be started.
int run_to_end(const Command& command);
std::uint16_t free_port();                           // a TCP port on 127.0.0.1 that nobody listens on now

}  // namespace net
