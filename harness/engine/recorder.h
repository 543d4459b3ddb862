#pragma once
// The one place that records: events of one case in order, each stamped by the clock, and a signal for whoever waits for the next one.
#include <set>

#include "harness/net/clock.h"
#include "harness/record/trace.h"

namespace engine {

class Recorder {
public:
  Recorder(net::Clock& clock, boost::asio::any_io_executor executor) : changed(executor), clock_(clock), begin_(clock.now()) {}
  net::Signal changed;
  record::Trace trace;
  int step = -1;  // events from now on belong to this step

  int append(record::Event event) {
    event.at = now();
    event.step = step;
    trace.push_back(std::move(event));
    changed.raise();
    return int(trace.size()) - 1;
  }
  // Takes out what was recorded since `from`, but for its first and last events and those that `references` name, says in one event how many
  // they were, and sets the references to where their events are now.
  void leave_out(std::size_t from, const std::set<int*>& references);
  record::Microseconds now() const { return std::chrono::duration_cast<record::Microseconds>(clock_.now() - begin_); }
  net::Time begin() const { return begin_; }
private:
  net::Clock& clock_;
  net::Time begin_;
};

}  // namespace engine
