#pragma once
// The one way to wait: until something is signalled, or a deadline comes.
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <set>

namespace net {

namespace asio = boost::asio;
using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// Raised by one side, awaited by one waiter at a time. A raise before the wait is not lost; raises before the waiter ran are one.
class Signal {
public:
  explicit Signal(asio::any_io_executor executor) : timer_(std::move(executor)) {}
  void raise() { raised_ = true; timer_.cancel(); }
private:
  friend class RealClock;
  friend class VirtualClock;
  asio::steady_timer timer_;
  bool raised_ = false;
  Time deadline_{};
};

class Clock {
public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  // True: signalled; false: the deadline came first, or has passed already (then it returns at once). Time::max(): no deadline.
  virtual asio::awaitable<bool> wait(Signal& signal, Time deadline) = 0;
};

class RealClock final : public Clock {
public:
  Time now() const override { return std::chrono::steady_clock::now(); }
  asio::awaitable<bool> wait(Signal& signal, Time deadline) override;
};

// Jumps to the next deadline when nothing else can run: hours pass in milliseconds, and the same way every time.
class VirtualClock final : public Clock {
public:
  Time now() const override { return now_; }
  asio::awaitable<bool> wait(Signal& signal, Time deadline) override;
  void run(asio::io_context& io);    // until nobody runs and nobody waits, but for those without a deadline
private:
  struct Earlier { bool operator()(const Signal* a, const Signal* b) const; };
  Time now_{};
  std::multiset<Signal*, Earlier> waiting_;
};

}  // namespace net
