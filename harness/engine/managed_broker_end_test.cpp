// How a broker ends: by itself, by us, and with us.
#include "harness/engine/managed_broker_test.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

namespace engine::managed_broker_test {
namespace {

void await_end(pid_t pid) {
  pollfd poll{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)), POLLIN, 0};
  ASSERT_GE(poll.fd, 0);
  EXPECT_EQ(::poll(&poll, 1, 20'000), 1);
  ::close(poll.fd);
}

TEST_F(Mosquitto, is_seen_to_die_and_comes_back_at_the_same_place) {
  const auto broker = started(profile());
  const auto url = broker->target.url;
  const auto pid = broker->pid();
  ::kill(pid, SIGSEGV);
  await_end(pid);
  EXPECT_EQ(broker->death(), "was killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(greet(*broker, "default", broker->target.account), "Connection refused");
  try {
    control(*broker, Act::stop);
    ADD_FAILURE() << "a broker that died cannot be stopped";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "mosquitto was to be stopped, but was gone already: it was killed by signal 11 (Segmentation fault)");
  }
  control(*broker, Act::start);
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_NE(broker->pid(), pid);
  EXPECT_EQ(broker->target.url, url);
  EXPECT_EQ(greet(*broker, "default", broker->target.account), "");
}

TEST_F(Mosquitto, is_told_dead_to_all_who_wait_for_its_end) {
  const auto broker = started(profile());
  std::vector<std::optional<std::string>> told;
  for (int i = 0; i < 3; ++i)
    asio::co_spawn(io, broker->death_by(clock.now() + 60s), [&](std::exception_ptr, std::optional<std::string> how) { told.push_back(std::move(how)); });
  asio::co_spawn(io, broker->death_by(clock.now()), [&](std::exception_ptr, std::optional<std::string> how) { EXPECT_EQ(how, std::nullopt); });
  asio::post(io, [&] { ::kill(broker->pid(), SIGABRT); });
  io.restart();
  io.run();
  ASSERT_EQ(told.size(), 3u);
  EXPECT_THAT(told, testing::Each(testing::Optional(std::string("was killed by signal 6 (Aborted)"))));
  EXPECT_THAT(broker->last_words(), testing::Contains(HasSubstr(" starting")));
  control(*broker, Act::start);
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_EQ(std::ranges::count_if(broker->last_words(), [](auto& line) { return line.ends_with(" starting"); }), 1) << "of its second life";
}

TEST_F(Mosquitto, is_no_death_when_we_kill_it) {
  const auto broker = started(profile());
  control(*broker, Act::kill);
  EXPECT_FALSE(broker->running());
  EXPECT_EQ(broker->death(), std::nullopt);
  EXPECT_EQ(broker->how_it_ended(), "was stopped");
  EXPECT_EQ(greet(*broker, "default", broker->target.account), "Connection refused");
  control(*broker, Act::kill);
  control(*broker, Act::start);
  EXPECT_EQ(greet(*broker, "anonymous", {}), "");
  const auto pid = broker->pid();
  control(*broker, Act::start);
  EXPECT_EQ(broker->pid(), pid) << "it runs already";
}

TEST_F(Mosquitto, stops_in_an_orderly_way_and_keeps_sessions) {
  const auto broker = started(profile());
  EXPECT_FALSE(session_present(*broker, "kept"));
  EXPECT_TRUE(session_present(*broker, "kept"));
  control(*broker, Act::stop);
  EXPECT_FALSE(broker->running());
  EXPECT_EQ(broker->how_it_ended(), "exited with status 0");
  EXPECT_EQ(broker->death(), std::nullopt);
  control(*broker, Act::stop);
  control(*broker, Act::start);
  EXPECT_TRUE(session_present(*broker, "kept"));
  control(*broker, Act::restart);
  EXPECT_TRUE(session_present(*broker, "kept"));
}

TEST_F(Mosquitto, is_killed_when_it_does_not_stop) {
  auto impatient = profile();
  impatient.stop_within = 50ms;
  const auto broker = started(impatient);
  ::kill(broker->pid(), SIGSTOP);
  control(*broker, Act::stop);
  EXPECT_FALSE(broker->running());
}

TEST_F(Mosquitto, leaves_nothing_behind) {
  auto broker = started(profile());
  const auto pid = broker->pid();
  const auto directory = broker->directory();
  EXPECT_TRUE(std::filesystem::exists(directory));
  broker.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_FALSE(std::filesystem::exists(directory));
}

// A broker that changed its user would lose the signal that ends it with the harness: the profile must not let it.
TEST_F(Mosquitto, dies_with_a_harness_that_is_killed) {
  struct Told { pid_t pid; char directory[200]; } told{};
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t harness = ::fork();
  ASSERT_GE(harness, 0);
  if (harness == 0) {
    const auto broker = started(profile());
    told.pid = broker->pid();
    broker->directory().copy(told.directory, sizeof told.directory - 1);
    if (::write(ends[1], &told, sizeof told) != sizeof told) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(ends[1]);
  ASSERT_EQ(::read(ends[0], &told, sizeof told), static_cast<ssize_t>(sizeof told));
  ::close(ends[0]);
  pollfd poll{static_cast<int>(::syscall(SYS_pidfd_open, told.pid, 0)), POLLIN, 0};
  EXPECT_EQ(::poll(&poll, 1, 0), 0) << "it runs while its harness runs";
  ::kill(harness, SIGKILL);
  EXPECT_EQ(::waitpid(harness, nullptr, 0), harness);
  EXPECT_EQ(::poll(&poll, 1, 20'000), 1) << "it must not outlive its harness";
  ::close(poll.fd);
  std::filesystem::remove_all(told.directory);
}

TEST_F(Mosquitto, tells_of_a_crash_when_it_is_stopped) {
  auto crashing = profile();
  crashing.start = {"sh", "-c", "trap 'kill -SEGV $$' TERM; mosquitto -c \"$0/mosquitto.conf\" & wait", "{dir}"};
  const auto broker = started(crashing);
  try {
    control(*broker, Act::stop);
    ADD_FAILURE() << "what it kept may be lost";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "mosquitto crashed when it was stopped: it was killed by signal 11 (Segmentation fault)");
  }
}

}  // namespace
}  // namespace engine::managed_broker_test
