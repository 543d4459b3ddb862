#pragma once
// Packets made up from a seed, for property tests and fuzzing: every one is legal in its version and comes from a sender that may send it.
#include <functional>

#include "harness/mqtt/packet.h"

namespace mqtt {

struct Generated {
  Packet packet;
  Sender sender;
};

class PacketGenerator {
public:
  explicit PacketGenerator(std::uint32_t seed);
  explicit PacketGenerator(std::function<std::uint32_t()> choose) : choose_(std::move(choose)) {}   // each choice that is to be made
  Generated packet(Type type, Version version);
  // The types a version has.
  static std::vector<Type> types(Version version);
private:
  std::function<std::uint32_t()> choose_;
  std::uint32_t below(std::uint32_t limit) { return choose_() % limit; }   // the same on every platform
  bool coin() { return below(2); }
  std::uint16_t id() { return std::uint16_t(1 + below(65535)); }
  std::string text(std::uint32_t most = 12);
  std::string topic();
  std::string filter(Version version);
  Bytes bytes(std::uint32_t most = 20);
  std::uint8_t code(Type type, Version version, Sender sender);
  Properties properties(Type type, Version version, Sender sender, bool will = false);
  Property property(std::uint8_t id);
  void fill(Connect& p, Version v, Sender s);
  void fill(Connack& p, Version v, Sender s);
  void fill(Publish& p, Version v, Sender s);
  void fill(Subscribe& p, Version v, Sender s);
  void fill(Unsubscribe& p, Version v, Sender s);
  template <Type T> void fill(Acknowledgement<T>& p, Version v, Sender s);
  template <Type T> void fill(Reasons<T>& p, Version v, Sender s);
  template <Type T> void fill(Closing<T>& p, Version v, Sender s);
  template <Type T> void fill(Empty<T>&, Version, Sender) {}
};

}  // namespace mqtt
