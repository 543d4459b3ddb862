#include "harness/net/spawn.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

extern char** environ;

namespace net {
namespace {

enum class Stage : int { directory, program };
struct Failure { Stage stage; int number; };

// Owns a file descriptor.
struct Descriptor {
  explicit Descriptor(int the_number) : number(the_number) {}
  ~Descriptor() { if (number >= 0) ::close(number); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

// All that the child needs, made before the fork: after it only async-signal-safe calls are allowed.
struct Prepared {
  std::string program;
  std::vector<std::string> texts;
  std::vector<char*> arguments, environment;
  const char* directory;
  int input, output, report;
  pid_t parent;
};

bool executable(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

std::string look_up(const std::string& name) {
  if (name.find('/') != name.npos) return name;
  const char* const path = std::getenv("PATH");
  std::string folders = fmt::format("{}:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin");
  for (std::string_view rest = folders; !rest.empty();) {
    const auto end = std::min(rest.find(':'), rest.size());
    auto candidate = fmt::format("{}/{}", rest.substr(0, end), name);
    if (end > 0 && executable(candidate)) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

std::vector<std::string> merged(const std::map<std::string, std::string>& added) {
  std::vector<std::string> all;
  for (char** each = environ; *each; ++each) {
    const std::string_view entry = *each;
    if (!added.contains(std::string(entry.substr(0, entry.find('='))))) all.emplace_back(entry);
  }
  for (const auto& [name, value] : added) all.push_back(fmt::format("{}={}", name, value));
  return all;
}

void close_the_rest_at_exec() {
  if (::syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t each = 3; each < limit.rlim_cur && each < 65536; ++each) ::fcntl(static_cast<int>(each), F_SETFD, FD_CLOEXEC);
}

[[noreturn]] void give_up(const Prepared& from, Stage stage) {
  const Failure failure{stage, errno};
  if (::write(from.report, &failure, sizeof failure) < 0) ::_exit(126);
  ::_exit(127);
}

[[noreturn]] void become(const Prepared& from) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != from.parent) ::_exit(127);   // the harness died before it could be watched
  ::setpgid(0, 0);
  for (const int each : {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(each, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(from.input, 0);
  ::dup2(from.output, 1);
  ::dup2(from.output, 2);
  close_the_rest_at_exec();
  if (*from.directory && ::chdir(from.directory) != 0) give_up(from, Stage::directory);
  ::execve(from.program.c_str(), from.arguments.data(), from.environment.data());
  give_up(from, Stage::program);
}

std::string because(int number) { return std::strerror(number); }

}  // namespace

Spawned spawn(const Command& command) {
  if (command.arguments.empty()) return {-1, "cannot start a command without arguments"};
  const auto& name = command.arguments.front();
  Prepared prepared{};
  prepared.program = look_up(name);
  if (prepared.program.empty()) return {-1, fmt::format("cannot start '{}': not found in PATH, /usr/sbin or /sbin", name)};
  const Descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto file = command.output.empty() ? std::string("/dev/null") : command.output;
  const Descriptor output(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (output.number < 0) return {-1, fmt::format("cannot start '{}': its output {} cannot be written: {}", name, file, because(errno))};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {-1, fmt::format("cannot start '{}': {}", name, because(errno))};
  const Descriptor told(ends[0]);
  const auto variables = merged(command.environment);
  for (const auto& each : command.arguments) prepared.arguments.push_back(const_cast<char*>(each.c_str()));
  for (const auto& each : variables) prepared.environment.push_back(const_cast<char*>(each.c_str()));
  prepared.arguments.push_back(nullptr);
  prepared.environment.push_back(nullptr);
  prepared.directory = command.directory.c_str();
  prepared.input = input.number;
  prepared.output = output.number;
  prepared.report = ends[1];
  prepared.parent = ::getpid();

  Spawned spawned;
  {
    const Descriptor report(ends[1]);
    spawned.pid = ::fork();
    if (spawned.pid == 0) become(prepared);
    if (spawned.pid < 0) return {-1, fmt::format("cannot start '{}': {}", name, because(errno))};
  }
  Failure failure{};
  ssize_t size = 0;
  do size = ::read(told.number, &failure, sizeof failure);
  while (size < 0 && errno == EINTR);
  if (size != sizeof failure) return spawned;      // the pipe closed at exec
  while (::waitpid(spawned.pid, nullptr, 0) < 0 && errno == EINTR) {}
  if (failure.stage == Stage::directory)
    return {-1, fmt::format("cannot start '{}': the directory {}: {}", name, command.directory, because(failure.number))};
  return {-1, fmt::format("cannot start '{}': {}", name, because(failure.number))};
}

}  // namespace net
