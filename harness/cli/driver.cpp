#include "harness/cli/driver.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/json/document.h"

namespace cli {

namespace asio = boost::asio;

constexpr std::size_t most_queued = 64u << 20;  // bytes for one client that does not read; then it is dropped

reference::Rules broken_rules(const std::vector<std::string>& names) {
  reference::Rules rules;
  for (auto& name : names) {
    auto rule = reference::rule_named(name);
    if (rule) {
      rules.break_rule(*rule);
      continue;
    }
    std::vector<std::string> known;
    for (auto& row : reference::rows()) known.emplace_back(row.name);
    auto near = json::nearest(name, known);
    throw std::runtime_error(fmt::format("--break {}: no such rule{}; `mqttspec serve --list-rules` prints them", name,
                                         near ? fmt::format(", did you mean {}?", *near) : ""));
  }
  return rules;
}

Driver::Driver(reference::Options options, reference::Rules rules, net::Clock& clock, asio::any_io_executor executor)
    : broker_(std::move(options), rules, clock.now()), clock_(clock), executor_(executor), deadline_changed_(executor) {}

void Driver::start() {
  asio::co_spawn(executor_, [self = shared_from_this()] { return self->keep_deadlines(); }, asio::detached);
}

void Driver::serve(std::unique_ptr<net::Stream> stream, bool anonymous) {
  auto link = std::make_shared<Link>();
  link->stream = std::move(stream);
  link->handle = broker_.connect(clock_.now(), anonymous);
  links_[link->handle] = link;
  deadline_changed_.raise();
  asio::co_spawn(executor_, [self = shared_from_this(), link] { return self->read_all(link); }, asio::detached);
}

void Driver::stop() {
  stopped_ = true;
  kill();
  deadline_changed_.raise();
}

void Driver::shut_down() {
  reference::Actions actions;
  broker_.shutdown(clock_.now(), actions);
  carry_out(std::move(actions));
  up_ = false;
}

void Driver::kill() {
  up_ = false;
  for (auto& [handle, link] : std::exchange(links_, {})) link->stream->abort();
}

void Driver::start_again() {
  broker_.restart(clock_.now());
  up_ = true;
  deadline_changed_.raise();
}

asio::awaitable<void> Driver::keep_deadlines() {
  while (!stopped_) {
    tick_if_due();
    auto deadline = up_ ? broker_.next_deadline().value_or(net::Time::max()) : net::Time::max();
    co_await clock_.wait(deadline_changed_, deadline);
  }
}

void Driver::tick_if_due() {
  auto deadline = broker_.next_deadline();
  if (!up_ || !deadline || *deadline > clock_.now()) return;
  reference::Actions actions;
  broker_.tick(clock_.now(), actions);
  carry_out(std::move(actions));
}

asio::awaitable<void> Driver::read_all(std::shared_ptr<Link> link) {
  mqtt::Bytes buffer(16384);
  for (;;) {
    auto into = asio::buffer(buffer);
    net::Stream::Read read = co_await link->stream->read_some(into);
    if (!links_.contains(link->handle)) break;
    tick_if_due();
    reference::Actions actions;
    if (read.error) broker_.disconnected(link->handle, clock_.now(), actions);
    else broker_.receive(link->handle, mqtt::View(buffer).first(read.size), clock_.now(), actions);
    carry_out(std::move(actions));
    if (!read.error) continue;
    if (links_.erase(link->handle) > 0) {
      link->queue.push_back({});
      if (!link->writing) co_await link->stream->finish();
    }
    break;
  }
  deadline_changed_.raise();
}

void Driver::carry_out(reference::Actions actions) {
  for (auto& action : actions) {
    auto found = links_.find(action.to);
    if (found == links_.end()) continue;
    auto link = found->second;
    link->queued += action.bytes.size();
    link->queue.push_back(std::move(action.bytes));
    if (link->queued > most_queued) {
      link->stream->abort();
    } else if (!link->writing) {
      link->writing = true;
      asio::co_spawn(executor_, [self = shared_from_this(), link] { return self->write_all(link); }, asio::detached);
    }
  }
  if (!actions.empty()) deadline_changed_.raise();
}

asio::awaitable<void> Driver::write_all(std::shared_ptr<Link> link) {
  while (!link->queue.empty()) {
    auto bytes = std::move(link->queue.front());
    link->queue.pop_front();
    link->queued -= bytes.size();
    net::error_code error;
    if (bytes.empty()) {
      error = co_await link->stream->finish();
    } else {
      auto what = asio::buffer(bytes);
      error = co_await link->stream->write(what);
    }
    if (error) link->queue.clear();
  }
  link->writing = false;
}

}  // namespace cli
