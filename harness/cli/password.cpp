#include "harness/cli/password.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace cli {
namespace {

constexpr auto variable = "MQTTSPEC_PASSWORD";

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!in || !std::getline(in, line)) throw std::runtime_error(fmt::format("--password-file {}: cannot be read, or is empty", file));
  return line;
}

// A line typed at the terminal of the program, which does not show it; empty: there is no terminal.
std::string typed(const std::string& prompt) {
  const int terminal = ::isatty(STDIN_FILENO) ? ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
  if (terminal < 0) return {};
  termios before{};
  ::tcgetattr(terminal, &before);
  auto unseen = before;
  unseen.c_lflag &= ~tcflag_t(ECHO | ISIG);   // an interrupt would leave the terminal so
  ::tcsetattr(terminal, TCSAFLUSH, &unseen);
  auto say = [&](const std::string& text) { return ::write(terminal, text.data(), text.size()) == ssize_t(text.size()); };
  std::string line;
  char letter = 0;
  if (say(prompt))
    while (::read(terminal, &letter, 1) == 1 && letter != '\n') line += letter;
  ::tcsetattr(terminal, TCSAFLUSH, &before);
  say("\n");
  ::close(terminal);
  if (line.find('\x03') != line.npos) throw std::runtime_error("interrupted at the password");
  return line;
}

// "mqtt://user:secret@host" -> "secret"; empty: there is none.
std::string_view password_in_url(std::string_view text) {
  const auto scheme = text.find("://"), at = text.rfind('@');
  if (scheme == text.npos || at == text.npos) return {};
  const auto colon = text.find(':', scheme + 3);
  return colon < at ? text.substr(colon + 1, at - colon - 1) : std::string_view{};
}

std::string_view password_in(std::string_view text, std::string_view before) {
  if (before != "--user" && !text.starts_with("--user=")) return password_in_url(text);
  const auto colon = text.find(':');
  return colon == text.npos ? std::string_view{} : text.substr(colon + 1);
}

}  // namespace

std::optional<std::string> password_of_environment() {
  char* value = std::getenv(variable);
  if (!value) return {};
  std::string password = value;
  std::fill_n(value, password.size(), '*');   // the block the program was started with stays readable
  ::unsetenv(variable);
  return password;
}

std::optional<std::string> password_for(const net::Endpoint& endpoint, const std::string& file, const std::optional<std::string>& of_environment) {
  if (!file.empty()) return first_line(file);
  if (endpoint.password || !endpoint.username) return endpoint.password;
  if (of_environment) return of_environment;
  auto line = typed(fmt::format("Password of {} at {} (none: just Enter): ", *endpoint.username, net::to_url(endpoint)));
  return line.empty() ? std::nullopt : std::optional{line};
}

std::vector<std::string> take_arguments(int count, char** arguments) {
  std::vector<std::string> taken;
  for (int i = 1; i < count; ++i) {
    taken.emplace_back(arguments[i]);
    const auto secret = password_in(arguments[i], taken.size() > 1 ? std::string_view(taken[taken.size() - 2]) : "");
    if (!secret.empty()) std::memset(arguments[i] + (secret.data() - arguments[i]), '*', secret.size());
  }
  return taken;
}

}  // namespace cli
