#pragma once
// A broker somebody else runs, known by its URL alone.
#include "harness/engine/instance.h"

namespace engine {

class RemoteInstance final : public Instance {
public:
  explicit RemoteInstance(net::Endpoint endpoint);
  asio::awaitable<net::Opened> open(std::string listener) override;
  asio::awaitable<void> control(scenario::Control::Act act) override;   // throws: it is not ours to stop
private:
  net::Endpoint endpoint_;
};

}  // namespace engine
