#pragma once
// The reference broker as a broker under test, over memory streams.
#include "harness/cli/driver.h"
#include "harness/engine/instance.h"

namespace cli {

class Embedded final : public engine::Instance {
public:
  // `setup` is one of scenario::setups(), or empty.
  Embedded(reference::Rules rules, const std::string& setup, net::Clock& clock, net::asio::any_io_executor executor);
  ~Embedded() override { stop(); }
  void stop() { driver_->stop(); }
  net::asio::awaitable<net::Opened> open(engine::Way way) override;
  net::asio::awaitable<void> control(scenario::Control::Act act) override;
private:
  net::asio::any_io_executor executor_;
  reference::Rules rules_;
  std::shared_ptr<Driver> driver_;
};

}  // namespace cli
