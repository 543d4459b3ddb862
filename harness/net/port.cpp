#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <set>
#include <stdexcept>

#include "harness/net/child.h"

namespace net {
namespace {

constexpr std::uint16_t lowest = 15000;

// The first port that outgoing connections take.
std::uint16_t first_ephemeral() {
  unsigned low = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low;
  return low > lowest + 1000u && low <= 65535u ? static_cast<std::uint16_t>(low) : 32768;
}

}  // namespace

bool port_is_free(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const int yes = 1;   // as brokers do: connections of the last run that linger in TIME_WAIT do not matter
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(descriptor, 1) == 0;
  ::close(descriptor);
  return free;
}

std::uint16_t free_port() {
  static std::set<std::uint16_t> given;
  static std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<unsigned> any(lowest, first_ephemeral() - 1u);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const auto port = static_cast<std::uint16_t>(any(random));
    if (!given.contains(port) && port_is_free(port)) {
      given.insert(port);
      return port;
    }
  }
  throw std::runtime_error("no free TCP port was found on 127.0.0.1 in 1,000 attempts");
}

}  // namespace net
