// Passwords: where they come from, and where they never stand.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/cli/serve_test.h"

namespace cli::password_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string secret = "hunter22-and-more";

class Passwords : public serve_test::Serve {
protected:
  Passwords() {
    for (auto file : {"connect/accepted.json", "framing/connect_in_pieces.json", "authentication/wrong_account.json"}) {
      fs::create_directories((folder / "scenarios" / file).parent_path());
      fs::copy(fs::path(SOURCE_DIR) / "scenarios" / file, folder / "scenarios" / file);
    }
    fs::copy(fs::path(SOURCE_DIR) / "scenarios/statements", folder / "scenarios/statements", fs::copy_options::recursive);
  }
  std::string url(const std::string& account) const { return "mqtt://" + account + "@127.0.0.1:" + at.port; }
  std::vector<std::string> play_at(const std::string& account, std::vector<std::string> more = {}) const {
    std::vector<std::string> all{MQTTSPEC_PROGRAM, "run", url(account), "--scenarios", (folder / "scenarios").string(), "--mqtt", "3.1.1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  int run_with(const std::string& password_in_environment, const std::vector<std::string>& arguments) {
    fs::remove(folder / "out");
    const int code = net::run_to_end({arguments, {{"MQTTSPEC_PASSWORD", password_in_environment}}, SOURCE_DIR, (folder / "out").string()});
    said = read("out");
    return code;
  }
};

TEST_F(Passwords, StandInNoRecordAndNoReport) {
  start({"--user", "ann:" + secret});
  const auto out = [&](const char* name) { return (folder / name).string(); };
  const auto arguments = play_at("ann:" + secret, {"--record", out("run.jsonl"), "--html", out("r.html"), "--junit", out("r.xml"), "--markdown", out("r.md"),
                                                   "--json", out("r.json"), "--pcap", out("pcap"), "--filter", "connect/accepted", "--filter", "framing/connect_in_pieces", "--filter", "authentication/wrong_account"});
  EXPECT_EQ(net::run_to_end({arguments, {}, SOURCE_DIR, out("said")}), 0) << read("said");
  int passed = 0;
  std::ifstream record(out("run.jsonl"));
  for (std::string line; std::getline(record, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.at("type") != "result") continue;
    passed += json.at("verdict") == "pass";
    std::string sent;
    for (auto& event : json.at("trace"))
      if (event.at("event") == "sent") sent += event.at("bytes").get<std::string>() + " ";
    std::string hex;
    for (unsigned char letter : secret) hex += fmt::format("{:02x} ", letter);
    EXPECT_THAT(sent, Not(HasSubstr(hex))) << json.at("scenario") << " " << json.at("case");
  }
  EXPECT_GT(passed, 34) << "with the account, cut at every byte";
  for (auto name : {"run.jsonl", "r.html", "r.xml", "r.md", "r.json", "said"}) {
    EXPECT_GT(fs::file_size(out(name)), 100u) << name;
    EXPECT_THAT(read(name), Not(HasSubstr(secret))) << name;
  }
  for (auto& capture : fs::directory_iterator(fs::exists(out("pcap")) ? out("pcap") : out("scenarios"))) EXPECT_THAT(read(capture.path().string()), Not(HasSubstr(secret))) << capture;
  std::ifstream commands("/proc/" + std::to_string(child->pid()) + "/cmdline");
  const std::string shown{std::istreambuf_iterator<char>(commands), {}};
  EXPECT_THAT(shown, HasSubstr("ann:" + std::string(secret.size(), '*')));
}

TEST_F(Passwords, ComeFromAFileBeforeTheUrlAndFromTheUrlBeforeTheEnvironment) {
  start({"--user", "ann:" + secret});
  const std::vector<std::string> one{"--filter", "connect/accepted"};
  EXPECT_EQ(run_with(secret, play_at("ann", one)), 0) << said;
  EXPECT_EQ(run_with("wrong", play_at("ann", one)), 2);
  EXPECT_THAT(said, HasSubstr("its answer to CONNECT is 20 1f 00 86"));
  EXPECT_EQ(run_with("wrong", play_at("ann:" + secret, one)), 0) << said;
  std::ofstream(folder / "password") << secret << "\nanother line\n";
  EXPECT_EQ(run_with("wrong", play_at("ann:wrong", {"--filter", "connect/accepted", "--password-file", (folder / "password").string()})), 0) << said;
  EXPECT_EQ(run_with("wrong", play_at("ann", {"--password-file", "/none"})), 2);
  EXPECT_EQ(said, "mqttspec: --password-file /none: cannot be read, or is empty\n");
}

TEST_F(Passwords, AreOverwrittenInTheListOfProcesses) {
  const int mute = ::socket(AF_INET, SOCK_STREAM, 0);   // it accepts, and never says a word
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  ASSERT_EQ(::bind(mute, reinterpret_cast<sockaddr*>(&place), size), 0);
  ASSERT_EQ(::listen(mute, 8), 0);
  ::getsockname(mute, reinterpret_cast<sockaddr*>(&place), &size);
  at.port = std::to_string(ntohs(place.sin_port));
  const auto met = [&](std::vector<std::string> arguments, const std::string& file, const std::string& expected) {
    const auto program = net::Child::start(io.get_executor(), {arguments, {{"MQTTSPEC_PASSWORD", secret}}, SOURCE_DIR, (folder / "met").string()});
    const int client = ::accept(mute, nullptr, nullptr);   // from here on it is past its arguments
    std::ifstream in("/proc/" + std::to_string(program->pid()) + "/" + file);
    const std::string shown{std::istreambuf_iterator<char>(in), {}};
    EXPECT_THAT(shown, HasSubstr(expected)) << file;
    EXPECT_THAT(shown, Not(HasSubstr(secret))) << file;
    ::close(client);
  };
  const std::string stars(secret.size(), '*');
  met(play_at("ann:" + secret), "cmdline", "mqtt://ann:" + stars + "@127.0.0.1:");
  met(play_at("ann"), "environ", "MQTTSPEC_PASSWORD=" + stars);
  ::close(mute);
}

TEST_F(Passwords, AreAskedForOnATerminalAndNotShown) {
  start({"--user", "ann:" + secret});
  const auto arguments = play_at("ann", {"--filter", "connect/accepted"});
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (pid == 0) {
    ::unsetenv("MQTTSPEC_PASSWORD");
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  std::string shown;
  bool answered = false;
  char buffer[4096];
  for (ssize_t count; (count = ::read(terminal, buffer, sizeof buffer)) > 0;) {
    shown.append(buffer, std::size_t(count));
    if (answered || shown.find("(none: just Enter): ") == shown.npos) continue;
    answered = true;
    const auto line = secret + "\n";
    EXPECT_EQ(::write(terminal, line.data(), line.size()), ssize_t(line.size()));
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(terminal);
  EXPECT_EQ(WEXITSTATUS(status), 0) << shown;
  EXPECT_THAT(shown, testing::StartsWith("Password of ann at mqtt://127.0.0.1:" + at.port + " (none: just Enter): \r\n"));
  EXPECT_THAT(shown, Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace cli::password_test
