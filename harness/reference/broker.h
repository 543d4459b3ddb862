#pragma once
// A complete broker for MQTT 3.1, 3.1.1 and 5.0 without I/O of its own: bytes in, actions out, time passed in. Any of its rules can be broken.
#include <memory>

#include "harness/reference/actions.h"
#include "harness/reference/options.h"
#include "harness/reference/rules.h"

namespace reference {

struct Core;

// Times never go back. When next_deadline() has come, tick() is due before later bytes are taken in. Actions are appended, in order.
class Broker {
public:
  explicit Broker(Options options = {}, Rules rules = {}, Time now = {});
  ~Broker();
  Broker(Broker&&) noexcept;
  Broker& operator=(Broker&&) noexcept;

  // A network connection has been made; `anonymous`: over a listener that admits clients without user name, whatever the options say.
  Handle connect(Time now, bool anonymous = false);
  void receive(Handle from, mqtt::View bytes, Time now, Actions& out);   // any bytes, cut anywhere; nothing for a connection that is closed
  void disconnected(Handle from, Time now, Actions& out);                // the client's side has ended, in whatever way
  void tick(Time now, Actions& out);
  std::optional<Time> next_deadline() const;

  // Ends all connections: DISCONNECT 8B in 5.0. Wills of those connections are published.
  void shutdown(Time now, Actions& out);
  // As after a stop and a start: connections are gone without a word; sessions and retained messages stay if options say so.
  void restart(Time now, bool killed = false);

  std::size_t connections() const;
  std::size_t sessions() const;
private:
  std::unique_ptr<Core> core_;
};

}  // namespace reference
