#include "harness/net/child.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace net::child_test {
namespace {

using namespace std::chrono_literals;

class ChildTest : public testing::Test {
protected:
  asio::io_context io;
  RealClock clock;
  std::string folder = (std::filesystem::temp_directory_path() / "mqttspec-XXXXXX").string();

  void SetUp() override { ASSERT_TRUE(::mkdtemp(folder.data())); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string output() const { return folder + "/out"; }
  std::string written() const {
    std::ifstream in(output());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Command shell(const std::string& script) const { return {{"sh", "-c", script}, {}, "", output()}; }
  std::unique_ptr<Child> start(const Command& command) { return Child::start(io.get_executor(), command); }
  bool ended(Child& child, Duration patience = 20s) {
    bool result = false;
    asio::co_spawn(io, [&]() -> asio::awaitable<void> { result = co_await child.ended(clock, clock.now() + patience); }, asio::detached);
    io.restart();
    io.run();
    return result;
  }
  std::string refusal(const Command& command) {
    try {
      start(command);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it was started";
  }
};

// Readable when the process has ended, whoever its parent is.
bool gone(pid_t pid) {
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return errno == ESRCH;
  pollfd poll{descriptor, POLLIN, 0};
  const bool ended = ::poll(&poll, 1, 20'000) == 1;
  ::close(descriptor);
  return ended;
}

TEST_F(ChildTest, says_how_it_ended) {
  const auto good = start(shell("exit 0"));
  EXPECT_TRUE(ended(*good));
  EXPECT_EQ(good->how_it_ended(), "exited with status 0");
  EXPECT_FALSE(good->running());
  const auto bad = start(shell("exit 3"));
  EXPECT_TRUE(ended(*bad));
  EXPECT_EQ(bad->how_it_ended(), "exited with status 3");
  const auto crashed = start(shell("kill -SEGV $$"));
  EXPECT_TRUE(ended(*crashed));
  EXPECT_EQ(crashed->how_it_ended(), "killed by signal 11 (Segmentation fault)");
}

TEST_F(ChildTest, waits_no_longer_than_the_deadline_and_can_wait_again) {
  const auto child = start({{"sleep", "1000"}, {}, "", ""});
  EXPECT_FALSE(ended(*child, 10ms));
  EXPECT_FALSE(ended(*child, -1s));
  EXPECT_TRUE(child->running());
  EXPECT_EQ(child->how_it_ended(), "still running");
  child->signal(SIGTERM);
  EXPECT_TRUE(ended(*child));
  EXPECT_TRUE(ended(*child)) << "and at once when it is known";
  EXPECT_EQ(child->how_it_ended(), "killed by signal 15 (Terminated)");
  child->signal(SIGTERM);
}

TEST_F(ChildTest, kills_what_still_runs_in_the_destructor) {
  auto child = start({{"sleep", "1000"}, {}, "", ""});
  const auto pid = child->pid();
  child.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH) << "reaped, too";
}

TEST_F(ChildTest, leaves_nothing_of_its_group) {
  const auto child = start(shell("sleep 1000 & echo $!; exit 0"));
  EXPECT_TRUE(ended(*child));
  EXPECT_TRUE(gone(static_cast<pid_t>(std::stoi(written()))));
}

TEST_F(ChildTest, appends_both_outputs_to_the_file) {
  std::ofstream(output()) << "before\n";
  const auto child = start(shell("echo out; echo err >&2"));
  EXPECT_TRUE(ended(*child));
  EXPECT_EQ(written(), "before\nout\nerr\n");
}

TEST_F(ChildTest, gives_directory_and_environment) {
  ::setenv("MQTTSPEC_OLD", "kept", 1);
  ::setenv("MQTTSPEC_NEW", "replaced", 1);
  auto command = shell("pwd; echo $MQTTSPEC_OLD $MQTTSPEC_NEW");
  command.directory = folder;
  command.environment["MQTTSPEC_NEW"] = "given";
  EXPECT_EQ(run_to_end(command), 0);
  EXPECT_EQ(written(), fmt::format("{}\nkept given\n", std::filesystem::canonical(folder).string()));
}

TEST_F(ChildTest, finds_programs_in_sbin_whatever_path_says) {
  const std::string path = ::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  const auto status = run_to_end({{"ldconfig", "--version"}, {}, "", output()});
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(status, 0) << written();
}

TEST_F(ChildTest, says_why_a_program_cannot_be_started) {
  EXPECT_EQ(refusal({{"no-such-broker"}, {}, "", ""}), "cannot start 'no-such-broker': not found in PATH, /usr/sbin or /sbin");
  EXPECT_EQ(refusal({{"/no/such"}, {}, "", ""}), "cannot start '/no/such': No such file or directory");
  EXPECT_EQ(refusal({{folder}, {}, "", ""}), fmt::format("cannot start '{}': Permission denied", folder));
  EXPECT_EQ(refusal({{"true"}, {}, "/no/such", ""}), "cannot start 'true': the directory /no/such: No such file or directory");
  EXPECT_EQ(refusal({{"true"}, {}, "", "/no/such/out"}), "cannot start 'true': its output /no/such/out cannot be written: No such file or directory");
  EXPECT_EQ(refusal({{}, {}, "", ""}), "cannot start a command without arguments");
}

TEST_F(ChildTest, runs_commands_to_their_end) {
  EXPECT_EQ(run_to_end(shell("exit 7")), 7);
  EXPECT_EQ(run_to_end(shell("kill -KILL $$")), 128 + 9);
  EXPECT_EQ(run_to_end({{"no-such-tool"}, {}, "", output()}), 127);
  EXPECT_EQ(written(), "cannot start 'no-such-tool': not found in PATH, /usr/sbin or /sbin\n");
}

// A broker that held our sockets open would keep connections alive that we have closed.
TEST_F(ChildTest, takes_none_of_our_descriptors_with_it) {
  const int ours = ::socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(ours, 0);
  EXPECT_EQ(run_to_end(shell("ls -l /proc/self/fd | grep -c socket; exit 0")), 0);
  EXPECT_EQ(written(), "0\n");
  ::close(ours);
}

TEST_F(ChildTest, starts_with_no_signal_blocked_or_ignored) {
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  const auto old = ::signal(SIGINT, SIG_IGN);
  const auto child = start({{"sleep", "1000"}, {}, "", ""});
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGINT, old);
  std::ifstream status(fmt::format("/proc/{}/status", child->pid()));
  const std::string text{std::istreambuf_iterator<char>(status), {}};
  EXPECT_THAT(text, testing::HasSubstr("SigBlk:\t0000000000000000"));
  EXPECT_THAT(text, testing::HasSubstr("SigIgn:\t0000000000000000"));
}

// The harness (a process of ours) is killed without a chance to clean up: its child must be gone all the same.
TEST_F(ChildTest, dies_with_its_harness) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t harness = ::fork();
  ASSERT_GE(harness, 0);
  if (harness == 0) {
    asio::io_context own;
    const auto child = Child::start(own.get_executor(), {{"sleep", "1000"}, {}, "", ""});
    const pid_t pid = child->pid();
    if (::write(told[1], &pid, sizeof pid) != sizeof pid) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(told[1]);
  pid_t child = 0;
  ASSERT_EQ(::read(told[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
  ::close(told[0]);
  const int watch = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  ASSERT_GE(watch, 0);
  pollfd poll{watch, POLLIN, 0};
  EXPECT_EQ(::poll(&poll, 1, 0), 0) << "it runs while its harness runs";
  ::kill(harness, SIGKILL);
  EXPECT_EQ(::waitpid(harness, nullptr, 0), harness);
  EXPECT_EQ(::poll(&poll, 1, 20'000), 1) << "it must not outlive its harness";
  ::close(watch);
}

TEST(FreePort, is_free_and_below_those_of_outgoing_connections) {
  unsigned low = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low;
  std::set<std::uint16_t> all;
  for (int i = 0; i < 20; ++i) {
    const auto port = free_port();
    EXPECT_TRUE(port_is_free(port));
    EXPECT_LT(port, low);
    all.insert(port);
  }
  EXPECT_EQ(all.size(), 20u);
}

TEST(FreePort, sees_a_listener) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(descriptor, 1), 0);
  ASSERT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_FALSE(port_is_free(ntohs(address.sin_port)));
  ::close(descriptor);
  EXPECT_TRUE(port_is_free(ntohs(address.sin_port)));
}

TEST_F(ChildTest, RunsToItsEndWhileOthersRun) {
  const auto pipe = folder + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int writer = ::open(pipe.c_str(), O_RDWR);
  int status = -1;
  const auto waits = shell("read status <" + pipe + "; exit $status");
  asio::co_spawn(io, run_to_end(waits, clock), [&](std::exception_ptr, int how) { status = how; });
  asio::co_spawn(io, [&]() -> asio::awaitable<void> {
    EXPECT_EQ(status, -1);
    EXPECT_EQ(::write(writer, "7\n", 2), 2);   // without it the command waits for ever
    co_return;
  }, asio::detached);
  io.run();
  ::close(writer);
  EXPECT_EQ(status, 7);
}

TEST_F(ChildTest, TellsHowItRanToItsEndAsAShellDoes) {
  std::vector<int> all;
  const Command missing{{"no-such-tool"}, {}, "", output()}, dies = shell("kill -9 $$"), well = shell("true");
  for (auto* each : {&missing, &dies, &well}) {
    asio::co_spawn(io, run_to_end(*each, clock), [&](std::exception_ptr, int how) { all.push_back(how); });
    io.restart();
    io.run();
  }
  EXPECT_THAT(all, testing::ElementsAre(127, 137, 0));
  EXPECT_EQ(written(), "cannot start 'no-such-tool': not found in PATH, /usr/sbin or /sbin\n");
}

}  // namespace
}  // namespace net::child_test
