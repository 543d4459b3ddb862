#include "harness/reference/broker.h"

#include <algorithm>

#include "harness/reference/closing.h"
#include "harness/reference/delivery.h"
#include "harness/reference/dispatch.h"
#include "harness/reference/restarting.h"
#include "harness/reference/sending.h"
#include "harness/reference/wills.h"

namespace reference {
namespace {

std::optional<Duration> patience(const Core& core, const Connection& connection) {
  if (connection.phase != Phase::connected || !core.keeps(Rule::keep_alive_enforced)) return {};
  if (connection.keep_alive == 0) return core.keeps(Rule::keep_alive_zero) ? std::nullopt : std::optional<Duration>(std::chrono::seconds(2));
  auto period = std::chrono::milliseconds(1000 * connection.keep_alive);
  if (!core.keeps(Rule::keep_alive_patience)) return period / 2;
  if (!core.keeps(Rule::keep_alive_punctual)) return period * 10;
  return period * 3 / 2;
}

std::optional<Time> deadline(const Core& core, const Connection& connection) {
  bool waits = connection.phase == Phase::opened || connection.phase == Phase::authenticating;
  if (waits) return core.keeps(Rule::connect_timeout) ? std::optional(connection.opened + core.options.connect_timeout) : std::nullopt;
  auto silence = patience(core, connection);
  return silence ? std::optional(connection.heard + *silence) : std::nullopt;
}

std::optional<Time> forgets_subscriptions_at(const Core& core, const Connection& connection) {
  if (core.keeps(Rule::session_lasts_while_connected) || !connection.session || connection.subscriptions_forgotten) return {};
  return connection.opened + std::chrono::seconds(3);
}

void tick_connection(Core& core, Connection& connection) {
  if (auto forgets = forgets_subscriptions_at(core, connection); forgets && *forgets <= core.now) {
    connection.subscriptions_forgotten = true;
    forget_subscriptions(core, *connection.session);
  }
  auto due = deadline(core, connection);
  if (!due || *due > core.now) return;
  bool connected = connection.phase == Phase::connected;
  if (connected) send_disconnect(core, connection, 0x8d, "nothing came for one and a half times the Keep Alive");
  end_connection(core, connection, connected ? End::keep_alive : End::violation, connected && v5(connection));
}

// Ends what is to end, and forgets what has ended.
void sweep(Core& core) {
  for (auto& [handle, connection] : core.connections) {
    if (connection.doomed) end_connection(core, connection, End::violation);
    if (connection.phase == Phase::refused) end_connection(core, connection, End::violation);
  }
  std::erase_if(core.connections, [](auto& each) { return each.second.phase == Phase::closed; });
}

void end_due_sessions(Core& core) {
  std::vector<std::string> due;
  for (auto& [client_id, session] : core.state.sessions)
    if (!session.connection && session.ends && *session.ends <= core.now) due.push_back(client_id);
  for (auto& client_id : due) end_session(core, core.state.sessions.at(client_id));
}

}  // namespace

Broker::Broker(Options options, Rules rules, Time now) : core_(std::make_unique<Core>(std::move(options), rules)) {
  core_->started = core_->now = now;
}
Broker::~Broker() = default;
Broker::Broker(Broker&&) noexcept = default;
Broker& Broker::operator=(Broker&&) noexcept = default;

Handle Broker::connect(Time now, bool anonymous) {
  auto handle = ++core_->last_handle;
  std::size_t open = core_->keeps(Rule::ended_connections_free) ? core_->connections.size() : handle - 1;
  bool full = open >= core_->options.maximum_connections.value_or(std::size_t(-1));
  auto& connection = core_->connections[handle];
  connection.handle = handle;
  if (full) connection.phase = Phase::refused;
  connection.opened = connection.heard = now;
  connection.anonymous = anonymous;
  return handle;
}

void Broker::receive(Handle from, mqtt::View bytes, Time now, Actions& out) {
  auto& core = *core_;
  auto connection = core.connection(from);
  if (!connection) return;
  core.now = now;
  core.out = &out;
  auto first = out.size();
  take_in(core, *connection, bytes);
  spoil_order(core, from, first);
  sweep(core);
  core.out = nullptr;
}

void Broker::disconnected(Handle from, Time now, Actions& out) {
  auto& core = *core_;
  auto connection = core.connection(from);
  if (!connection) return;
  core.now = now;
  core.out = &out;
  end_of_bytes(core, *connection);
  end_connection(core, *connection, End::network);
  sweep(core);
  core.out = nullptr;
}

void Broker::tick(Time now, Actions& out) {
  auto& core = *core_;
  core.now = now;
  core.out = &out;
  for (auto& [handle, connection] : core.connections) tick_connection(core, connection);
  publish_due_wills(core);
  end_due_sessions(core);
  send_due(core);
  sweep(core);
  core.out = nullptr;
}

std::optional<Time> Broker::next_deadline() const {
  auto& core = *core_;
  auto first = next_due(core);
  auto take = [&](std::optional<Time> at) {
    if (at) first = first ? std::min(*first, *at) : *at;
  };
  for (auto& [handle, connection] : core.connections) {
    take(deadline(core, connection));
    take(forgets_subscriptions_at(core, connection));
  }
  for (auto& [client_id, pending] : core.state.wills) take(pending.due);
  for (auto& [client_id, session] : core.state.sessions)
    if (!session.connection) take(session.ends);
  return first;
}

void Broker::shutdown(Time now, Actions& out) {
  auto& core = *core_;
  core.now = now;
  core.out = &out;
  for (auto& [handle, connection] : core.connections) {
    if (connection.phase == Phase::connected) send_disconnect(core, connection, 0x8b, "the broker is shutting down");
    end_connection(core, connection, End::shutdown);
  }
  sweep(core);
  core.out = nullptr;
}

void Broker::restart(Time now, bool killed) {
  auto& core = *core_;
  Actions nobody_reads;
  core.now = now;
  core.out = &nobody_reads;
  for (auto& [handle, connection] : core.connections) end_connection(core, connection, End::network);
  core.connections.clear();
  come_back(core, killed);
  core.out = nullptr;
}

std::size_t Broker::connections() const { return core_->connections.size(); }
std::size_t Broker::sessions() const { return core_->state.sessions.size(); }

}  // namespace reference
