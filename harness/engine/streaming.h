#pragma once
// Many messages from one client to another (step `stream`): published, received in their order and acknowledged, a few of them open at once.
#include <map>

#include "harness/engine/connection.h"
#include "harness/engine/grading.h"
#include "harness/scenario/variables.h"

namespace engine {

class Streaming {
public:
  // Both connections stay alive meanwhile. `topic`: its variables are put in.
  Streaming(const scenario::Stream& wanted, std::string topic, Connection& from, Connection& to);

  // Takes what has come, out of the inboxes too, and sends what may be sent. False: something came that must not.
  bool go_on();
  bool complete() const;
  int progress() const { return sent_ + acknowledged_ + received_; }   // grows as long as something comes
  Came came(const std::string& waited) const;                          // after go_on() was false, it is complete, or nothing came for `waited`
private:
  mqtt::Bytes message(int number) const;
  bool take(Connection& connection, bool (Streaming::*good)(const Arrival&));
  bool acknowledgement(const Arrival& arrival);
  bool delivery(const Arrival& arrival);
  bool wrong(const Arrival& arrival, std::string expected);
  std::string payload(int number) const;

  const scenario::Stream& wanted_;
  const std::string topic_;
  Connection &from_, &to_;
  int sent_ = 0, acknowledged_ = 0, received_ = 0, enough_;
  std::uint16_t last_id_ = 0;             // of a delivery
  std::map<std::uint16_t, int> open_;     // packet identifiers of ours that are not acknowledged, and their messages
  std::optional<Came> trouble_;
};

}  // namespace engine
