#pragma once
// A child process that cannot outlive the harness (PR_SET_PDEATHSIG), whose end can be awaited (pidfd). It leads a process group
// of its own, so that Ctrl-C reaches the harness alone; what is left of the group when the child has ended is killed.
#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/net/clock.h"

namespace net {

struct Command {
  std::vector<std::string> arguments;               // [0] is looked up in PATH, /usr/sbin and /sbin
  std::map<std::string, std::string> environment;   // added to ours
  std::string directory;                            // to run in; empty: ours
  std::string output;                               // file that stdout and stderr are appended to; empty: thrown away
};

class Child {
public:
  // Throws std::runtime_error that says which program could not be started and why.
  static std::unique_ptr<Child> start(asio::any_io_executor executor, const Command& command);
  ~Child();                                          // kills and reaps what still runs
  pid_t pid() const;
  bool running();                                    // reaps without waiting
  std::string how_it_ended();                        // "exited with status 1", "killed by signal 11 (Segmentation fault)", "still running"
  int status();                                      // of a child that has ended: its exit status, or 128 + the signal's number
  void signal(int number);                           // to the child alone; nothing happens when it has ended
  // False: still running at the deadline.
  asio::awaitable<bool> ended(Clock& clock, Time deadline);
private:
  struct State;
  explicit Child(std::shared_ptr<State> state);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  std::shared_ptr<State> state_;
};

// Runs a short command to its end (blocking); returns its exit status (128 + the signal's number when one killed it), or 127 where
// it could not be started; the reason stands in its output then.
int run_to_end(const Command& command);
// The same without blocking: others run meanwhile.
asio::awaitable<int> run_to_end(const Command& command, Clock& clock);

// A TCP port on 127.0.0.1 that nobody uses now, below those the system gives to outgoing connections: a broker that is
// stopped and started finds it free again. Not the same one twice in a process.
std::uint16_t free_port();
bool port_is_free(std::uint16_t port);

}  // namespace net
