#include "harness/net/child.h"

#include <fmt/core.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "harness/net/spawn.h"

namespace net {

struct Child::State {
  State(asio::any_io_executor the_executor, pid_t the_pid)
      : executor(std::move(the_executor)), pid(the_pid), descriptor(static_cast<int>(::syscall(SYS_pidfd_open, the_pid, 0))) {}
  ~State() {
    finish();
    ::close(descriptor);
  }

  void finish() {
    if (reap(WNOHANG)) return;
    ::kill(pid, SIGKILL);
    reap(0);
  }

  // The group is killed while the dead leader still holds its number: afterwards it could be somebody else's.
  bool reap(int options) {
    if (end) return true;
    siginfo_t info{};
    int result = 0;
    do result = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | options);
    while (result < 0 && errno == EINTR);
    if (result == 0 && info.si_pid == 0) return false;
    ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    end = status;
    return true;
  }

  asio::any_io_executor executor;
  pid_t pid;
  int descriptor;              // readable when it has ended
  std::optional<int> end;      // wait status, once it has ended
};

namespace {

int as_of_a_shell(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

int not_started(const Command& command, const std::string& why) {
  if (!command.output.empty()) std::ofstream(command.output, std::ios::app) << why << '\n';
  return 127;
}

}  // namespace

Child::Child(std::shared_ptr<State> state) : state_(std::move(state)) {}
Child::~Child() { state_->finish(); }

std::unique_ptr<Child> Child::start(asio::any_io_executor executor, const Command& command) {
  const auto spawned = spawn(command);
  if (!spawned.error.empty()) throw std::runtime_error(spawned.error);
  return std::unique_ptr<Child>(new Child(std::make_shared<State>(std::move(executor), spawned.pid)));
}

pid_t Child::pid() const { return state_->pid; }
bool Child::running() { return !state_->reap(WNOHANG); }

std::string Child::how_it_ended() {
  if (running()) return "still running";
  const int status = *state_->end;
  if (WIFSIGNALED(status)) return fmt::format("killed by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

int Child::status() { return as_of_a_shell(state_->end.value()); }

void Child::signal(int number) {
  if (running()) ::kill(state_->pid, number);
}

asio::awaitable<bool> Child::ended(Clock& clock, Time deadline) {
  const auto state = state_;   // the Child may be destroyed meanwhile
  if (state->reap(WNOHANG)) co_return true;
  asio::posix::stream_descriptor watch(state->executor, ::dup(state->descriptor));   // of this waiter's own
  const auto over = std::make_shared<Signal>(state->executor);
  watch.async_wait(asio::posix::stream_descriptor::wait_read, [over](const boost::system::error_code&) { over->raise(); });
  co_await clock.wait(*over, deadline);
  co_return state->reap(WNOHANG);
}

int run_to_end(const Command& command) {
  const auto spawned = spawn(command);
  if (!spawned.error.empty()) return not_started(command, spawned.error);
  int status = 0;
  while (::waitpid(spawned.pid, &status, 0) < 0 && errno == EINTR) {}
  return as_of_a_shell(status);
}

asio::awaitable<int> run_to_end(const Command& command, Clock& clock) {
  const auto executor = co_await asio::this_coro::executor;
  std::unique_ptr<Child> child;
  std::string why_not;
  try {
    child = Child::start(executor, command);
  } catch (const std::runtime_error& error) {
    why_not = error.what();
  }
  if (!child) co_return not_started(command, why_not);
  while (child->running()) co_await child->ended(clock, Time::max());
  co_return child->status();
}

}  // namespace net
