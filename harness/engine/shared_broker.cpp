#include "harness/engine/shared_broker.h"

#include <utility>

namespace engine {

SharedBroker::SharedBroker(Instance& broker, net::Clock& clock, asio::any_io_executor executor)
    : broker_(broker), clock_(clock), executor_(std::move(executor)) {
  target = broker.target;
}

void SharedBroker::leave() {
  --members_;
  if (all_here() && !waiting_.empty()) waiting_.front()->signal.raise();
}

asio::awaitable<void> SharedBroker::control(scenario::Control::Act act) {
  auto self = std::make_shared<Waiter>(executor_);
  waiting_.push_back(self);
  while (!self->done && !all_here()) co_await clock_.wait(self->signal, Time::max());
  if (!self->done) {
    auto all = std::exchange(waiting_, {});
    std::exception_ptr trouble;
    try {
      co_await broker_.control(act);
    } catch (...) {
      trouble = std::current_exception();
    }
    for (auto& each : all) {
      each->done = true;
      each->trouble = trouble;
      each->signal.raise();
    }
  }
  if (self->trouble) std::rethrow_exception(self->trouble);
}

}  // namespace engine
