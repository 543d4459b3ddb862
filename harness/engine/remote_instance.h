#pragma once
// A broker somebody else runs, known by its URL alone.
#include "harness/engine/instance.h"

namespace engine {

class RemoteInstance final : public Instance {
public:
  RemoteInstance(net::Endpoint endpoint, net::Clock& clock);
  asio::awaitable<net::Opened> open(Way way) override;
  asio::awaitable<void> control(scenario::Control::Act act) override;   // throws: it is not ours to stop
private:
  net::Endpoint endpoint_;
  net::Clock& clock_;
};

}  // namespace engine
