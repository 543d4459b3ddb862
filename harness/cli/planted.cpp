#include "harness/cli/planted.h"

#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/utf8.h"

namespace cli {
namespace {

using mqtt::Packet;
using Does = Planted::Does;

template <class P> const P* as(const Packet& packet) { return std::get_if<P>(&packet); }

bool has(const mqtt::Properties& properties, std::uint8_t id) {
  for (auto& each : properties)
    if (each.id == id) return true;
  return false;
}

bool ill_formed_filter(const Packet& packet) {
  auto subscribe = as<mqtt::Subscribe>(packet);
  if (!subscribe) return false;
  for (auto& each : subscribe->filters)
    if (!mqtt::well_formed(each.filter)) return true;
  return false;
}
bool is_a_slash(const Packet& packet) {
  auto publish = as<mqtt::Publish>(packet);
  return publish && publish->topic == "/";
}
bool expires(const Packet& packet) {
  auto publish = as<mqtt::Publish>(packet);
  return publish && publish->qos == 1 && has(publish->properties, 0x02);
}
bool unsubscribes_much(const Packet& packet) {
  auto unsubscribe = as<mqtt::Unsubscribe>(packet);
  return unsubscribe && unsubscribe->filters.size() > 2;
}
bool leaves_with_a_property(const Packet& packet) {
  auto disconnect = as<mqtt::Disconnect>(packet);
  return disconnect && !disconnect->properties.empty();
}
bool releases_with_a_code(const Packet& packet) {
  auto pubrel = as<mqtt::Pubrel>(packet);
  return pubrel && pubrel->reason_code != 0;
}

Does abort_it() { std::abort(); }
Does loop() {
  for (volatile bool on = true; on;) {}
  return Does::nothing;
}
Does leak() {
  constexpr std::size_t size = 1 << 20;
  static std::vector<std::vector<char>> kept;
  kept.emplace_back(size, 'x');
  return Does::nothing;
}
Does spin_aside() {
  static std::once_flag once;
  std::call_once(once, [] { std::thread([] { loop(); }).detach(); });
  return Does::nothing;
}
Does ignore() { return Does::ignore; }
Does close_another() { return Does::close_another; }

}  // namespace

struct Planted::Row { std::string_view name; bool (*when)(const Packet& packet); Does (*act)(); };
const Planted::Row Planted::rows[] = {
    {"abort", ill_formed_filter, abort_it},
    {"endless_loop", is_a_slash, loop},
    {"spins_aside", leaves_with_a_property, spin_aside},
    {"leak", expires, leak},
    {"stops_reading", releases_with_a_code, ignore},
    {"closes_another", unsubscribes_much, close_another},
};

Planted::Planted(const std::string& name) {
  for (auto& row : rows)
    if (row.name == name) row_ = &row;
  if (!row_) throw std::runtime_error("--plant " + name + ": there is no such fault");
}

Planted::Does Planted::look(reference::Handle handle, mqtt::View bytes) {
  auto& client = clients_[handle];
  client.framer.feed(bytes);
  while (auto frame = client.framer.next()) {
    if (!client.admitted) client.version = mqtt::version_asked(*frame).value_or(client.version);
    auto decoded = mqtt::decode(*frame, client.version, mqtt::Sender::client, mqtt::Detail::packet_only);
    if (!decoded.packet) continue;
    if (as<mqtt::Connect>(*decoded.packet)) {
      client.admitted |= decoded.clean();
    } else if (client.admitted && row_->when(*decoded.packet)) {
      return row_->act();
    }
  }
  return Does::nothing;
}

}  // namespace cli
