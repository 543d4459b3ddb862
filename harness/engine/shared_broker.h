#pragma once
// A broker that many plays stop, kill and start together: whoever comes to such a step waits until every other play has come to its own.
// A hundred cases about restarts cost one restart.
#include "harness/engine/instance.h"

namespace engine {

// The plays on it take the same steps of control in the same order. `broker` and `clock` must outlive it.
class SharedBroker final : public Instance {
public:
  SharedBroker(Instance& broker, net::Clock& clock, asio::any_io_executor executor);
  void join() { ++members_; }    // one more play to wait for
  void leave();                  // one less
  asio::awaitable<net::Opened> open(Way way) override { return broker_.open(std::move(way)); }
  asio::awaitable<void> control(scenario::Control::Act act) override;   // throws in every play what the broker's own throws
  std::optional<std::string> death() override { return broker_.death(); }
  asio::awaitable<std::optional<std::string>> death_by(Time deadline) override { return broker_.death_by(deadline); }
  std::vector<std::string> last_words() override { return broker_.last_words(); }
  std::size_t log_position() override { return broker_.log_position(); }
  std::vector<std::string> log_since(std::size_t position) override { return broker_.log_since(position); }

private:
  struct Waiter {
    explicit Waiter(asio::any_io_executor executor) : signal(std::move(executor)) {}
    net::Signal signal;
    bool done = false;
    std::exception_ptr trouble;
  };
  bool all_here() const { return waiting_.size() >= members_; }

  Instance& broker_;
  net::Clock& clock_;
  asio::any_io_executor executor_;
  std::size_t members_ = 0;
  std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace engine
