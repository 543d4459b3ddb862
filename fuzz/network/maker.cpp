#include "fuzz/network/maker.h"

#include <algorithm>

#include "fuzz/network/bend.h"
#include "harness/engine/sending.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/generated_packets.h"

namespace network {
namespace {

using mqtt::Bytes;
using mqtt::Type;
using mqtt::Version;
using What = Act::What;

constexpr std::size_t longest_script = 64 * 1024;   // bytes
constexpr int most_connections = 6;
constexpr int most_pauses = 16;                     // a lane is not held for seconds by who waits for hundreds of messages
const std::string anyone = "fz000000";              // stands for the name until the seed is known

constexpr Type grammar[] = {   // what an admitted client may come with, the likely ones more often
    Type::publish, Type::publish, Type::publish, Type::publish, Type::subscribe, Type::subscribe, Type::subscribe, Type::unsubscribe, Type::pubrel,
    Type::pubrel, Type::puback, Type::pubrec, Type::pubcomp, Type::pingreq, Type::disconnect, Type::connect, Type::auth, Type::connack, Type::suback};

void replace_name(Bytes& bytes, const std::string& name) {
  for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), anyone.begin(), anyone.end())) != bytes.end();) at = std::copy(name.begin(), name.end(), at);
}

// What the steps of a case send; none: it cannot be said without the broker's answers.
std::optional<std::vector<Act>> script_of(const scenario::Case& one, const scenario::Variables& variables) {
  std::vector<Act> acts;
  std::size_t size = 0;
  auto connections = std::count_if(one.steps.begin(), one.steps.end(), [](auto& step) { return std::holds_alternative<scenario::Open>(step.action); });
  if (connections > most_connections) return {};
  std::map<std::string, int> connection;   // of each client, the one it has now
  int opened = 0, pauses = 0;
  bool unknown = false;                    // somebody who has no connection: over what the harness does elsewhere
  auto number = [&](const std::string& client) {
    auto at = connection.find(client);
    unknown |= at == connection.end();
    return unknown ? 0 : at->second;
  };
  for (auto& step : one.steps) {
    if (auto open = std::get_if<scenario::Open>(&step.action)) {
      if (open->version.value_or(one.version) != one.version || !open->listener.empty() || !open->certificate.empty() || open->subprotocols) return {};
      acts.push_back({What::open, connection[open->client] = opened++, {}});
    } else if (auto send = std::get_if<scenario::Send>(&step.action)) {
      if (!send->frame.empty()) return {};
      try {
        acts.push_back({What::send, number(send->client), engine::bytes_of(*send, one.version, variables)});
      } catch (const std::exception&) {
        return {};
      }
      size += acts.back().bytes.size();
    } else if (auto end = std::get_if<scenario::End>(&step.action)) {
      acts.push_back({What::finish, number(end->client), {}});
    } else if (auto close = std::get_if<scenario::Close>(&step.action)) {
      acts.push_back({What::finish, number(close->client), {}});
    } else if (auto drop = std::get_if<scenario::Drop>(&step.action)) {
      acts.push_back({What::drop, number(drop->client), {}});
    } else if (auto expect = std::get_if<scenario::Expect>(&step.action)) {
      if (connections > 1 && connection.contains(expect->client) && pauses++ < most_pauses) acts.push_back({What::pause, number(expect->client), {}});
    } else if (!std::holds_alternative<scenario::Wait>(step.action)) {
      return {};
    }
  }
  if (size > longest_script || acts.empty() || unknown) return {};
  return acts;
}

class Grammar {
public:
  Grammar(Version version, const std::optional<engine::Account>& account, Random& random)
      : version_(version), account_(account), random_(random), packets_([&random] { return std::uint32_t(random()); }) {}

  std::vector<Act> acts() {
    int clients = below(8, random_) ? 1 : 2 + int(below(2, random_));
    for (int client = 0; client < clients; ++client) {
      acts_.push_back({What::open, client, {}});
      if (below(40, random_)) send(client, connect(client));
      if (clients > 1) acts_.push_back({What::pause, client, {}});
    }
    for (auto packets = 1 + below(4, random_); packets > 0; --packets) {
      auto client = int(below(std::uint32_t(clients), random_));
      send(client, any_packet());
      if (clients > 1 && below(2, random_)) acts_.push_back({What::pause, client, {}});
    }
    return std::move(acts_);
  }

private:
  void send(int client, const mqtt::Packet& packet) { acts_.push_back({What::send, client, mqtt::encode_bytes(packet, version_)}); }

  mqtt::Packet connect(int client) {
    mqtt::Connect made;
    if (below(3, random_) == 0) made = std::get<mqtt::Connect>(packets_.packet(Type::connect, version_).packet);
    made.protocol_name = mqtt::protocol_name_of(version_);
    made.protocol_level = std::uint8_t(version_);
    made.client_id = anyone + char('A' + client);
    if (below(8, random_)) made.clean_start = true;
    made.username.reset();
    made.password.reset();
    if (account_) {
      made.username = account_->username;
      made.password = mqtt::bytes_of(account_->password);
    }
    if (made.will) made.will->topic = topic();
    std::erase_if(made.properties, [](auto& each) { return each.id == 0x15 || each.id == 0x16; });   // an unknown method would end most sessions at once
    return made;
  }

  mqtt::Packet any_packet() {
    auto type = grammar[below(std::uint32_t(std::size(grammar)), random_)];
    if (type == Type::auth && version_ != Version::v5_0) type = Type::publish;
    auto packet = packets_.packet(type, version_).packet;
    std::visit([this](auto& each) { adapt(each); }, packet);
    return packet;
  }

  std::string topic() { return anyone + "/" + char('a' + below(3, random_)); }
  std::uint16_t id() { return std::uint16_t(1 + below(3, random_)); }   // few, so that they meet

  template <class P> void adapt(P& packet) {
    if constexpr (requires { packet.packet_id; })
      if (below(6, random_)) packet.packet_id = id();
    if constexpr (std::is_same_v<P, mqtt::Publish>) {
      if (packet.qos == 0) packet.packet_id = 0;
      packet.topic = topic();
      if (packet.payload.size() > 400) packet.payload.resize(400);
      std::erase_if(packet.properties, [](auto& each) { return each.id == 0x0b; });   // a broker's
    }
    if constexpr (std::is_same_v<P, mqtt::Subscribe>)
      for (auto& each : packet.filters) each.filter = below(3, random_) ? topic() : anyone + (below(2, random_) ? "/#" : "/+");
    if constexpr (std::is_same_v<P, mqtt::Unsubscribe>)
      for (auto& each : packet.filters) each = topic();
  }

  Version version_;
  const std::optional<engine::Account>& account_;
  Random& random_;
  mqtt::PacketGenerator packets_;
  std::vector<Act> acts_;
};

}  // namespace

std::string name_of(std::uint64_t seed) {
  std::string name = "fz";
  for (int i = 0; i < 6; ++i, seed /= 36) name.insert(name.begin() + 2, "0123456789abcdefghijklmnopqrstuvwxyz"[seed % 36]);
  return name;
}

Maker::Maker(const std::vector<scenario::Case>& cases, const engine::Target& target) : versions_(target.versions), account_(target.account) {
  if (account_) account_->password = stand_in(account_->password);
  for (auto& one : cases) {
    if (one.alone || !one.setup.empty()) continue;
    scenario::Variables variables;
    for (std::size_t i = 0; i < one.clients.size(); ++i) variables[one.clients[i]] = anyone + char('A' + i);
    variables["T"] = anyone;
    variables["username"] = account_ ? scenario::Json(account_->username) : scenario::Json();
    variables["password"] = account_ ? scenario::Json(account_->password) : scenario::Json();
    if (auto script = script_of(one, variables)) scripts_[one.version].push_back(std::move(*script));
  }
}

std::size_t Maker::scripts() const {
  std::size_t sum = 0;
  for (auto& [version, all] : scripts_) sum += all.size();
  return sum;
}

Session Maker::make(std::uint64_t seed) const {
  std::seed_seq both{std::uint32_t(seed), std::uint32_t(seed >> 32)};
  Random random(both);
  Session session{seed, versions_[below(std::uint32_t(versions_.size()), random)], {}};
  auto scripts = scripts_.find(session.version);
  if (scripts != scripts_.end() && below(2, random)) session.acts = scripts->second[below(std::uint32_t(scripts->second.size()), random)];
  else session.acts = Grammar(session.version, account_, random).acts();
  bend(session, random);
  std::vector<bool> open(std::size_t(clients_of(session)));
  for (auto& act : session.acts) {
    if (act.what == What::open) open[std::size_t(act.client)] = true;
    if (act.what == What::finish || act.what == What::drop) open[std::size_t(act.client)] = false;
    replace_name(act.bytes, name_of(seed));
  }
  for (int client = 0; client < int(open.size()); ++client) {   // a PINGREQ shows whether the broker still serves; then no more comes
    if (!open[std::size_t(client)]) continue;
    session.acts.push_back({What::send, client, mqtt::encode_bytes(mqtt::Pingreq{}, session.version)});
    session.acts.push_back({What::finish, client, {}});
  }
  return session;
}

}  // namespace network
