#include "harness/cli/driver.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/json/document.h"

namespace cli {

namespace asio = boost::asio;

constexpr std::size_t most_queued = 64u << 20;           // bytes for one client that does not read; then it is dropped
constexpr auto patience = std::chrono::seconds(5);       // for a client to take its last bytes and close; then it is dropped

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
    : broker_(std::move(options), rules, clock.now()), clock_(clock), executor_(executor), deadline_changed_(executor), gone_(executor) {}

void Driver::start() {
  asio::co_spawn(executor_, [self = shared_from_this()] { return self->keep_deadlines(); }, asio::detached);
}

void Driver::serve(std::unique_ptr<net::Stream> stream, bool anonymous) {
  if (!up_) return;
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
  up_ = killed_ = false;
}

asio::awaitable<bool> Driver::all_gone(net::Time deadline) {
  while (!links_.empty()) {
    bool signalled = co_await clock_.wait(gone_, deadline);
    if (!signalled) co_return false;
  }
  co_return true;
}

void Driver::kill() {
  up_ = false;
  killed_ = true;
  for (auto& [handle, link] : std::exchange(links_, {})) link->stream->abort();
}

void Driver::start_again() {
  broker_.restart(clock_.now(), killed_);
  up_ = true;
  deadline_changed_.raise();
}

asio::awaitable<void> Driver::keep_deadlines() {
  while (!stopped_) {
    due_ = next_deadline();
    tick_if_due();
    auto deadline = std::min(due_, drop_who_stays().value_or(net::Time::max()));
    co_await clock_.wait(deadline_changed_, deadline);
  }
}

std::optional<net::Time> Driver::drop_who_stays() {
  while (!leaving_.empty()) {
    auto link = leaving_.front().link.lock();
    if (link && leaving_.front().until > clock_.now()) return leaving_.front().until;
    if (link) link->stream->abort();
    leaving_.pop_front();
  }
  return {};
}

net::Time Driver::next_deadline() const { return up_ ? broker_.next_deadline().value_or(net::Time::max()) : net::Time::max(); }

void Driver::tick_if_due() {
  if (due_ > clock_.now()) return;
  due_ = next_deadline();
  if (due_ > clock_.now()) return;
  reference::Actions actions;
  broker_.tick(clock_.now(), actions);
  due_ = next_deadline();
  carry_out(std::move(actions));
}

asio::awaitable<void> Driver::read_all(std::shared_ptr<Link> link) {
  mqtt::Bytes buffer(16384);
  for (;;) {
    auto into = asio::buffer(buffer);
    net::Stream::Read read = co_await link->stream->read_some(into);
    if (!links_.contains(link->handle)) break;
    if (planted && !read.error && ignores(*link, mqtt::View(buffer).first(read.size))) co_return;
    tick_if_due();
    reference::Actions actions;
    if (read.error) broker_.disconnected(link->handle, clock_.now(), actions);
    else broker_.receive(link->handle, mqtt::View(buffer).first(read.size), clock_.now(), actions);
    carry_out(std::move(actions));
    if (!read.error) continue;
    if (links_.erase(link->handle) > 0) {
      leave(link);
      flush(link);
    }
    break;
  }
  deadline_changed_.raise();
  gone_.raise();
}

bool Driver::ignores(const Link& link, mqtt::View bytes) {
  auto does = planted->look(link.handle, bytes);
  auto other = links_.begin()->first == link.handle ? std::next(links_.begin()) : links_.begin();
  if (does == Planted::Does::close_another && other != links_.end()) other->second->stream->abort();
  return does == Planted::Does::ignore;
}

void Driver::leave(const std::shared_ptr<Link>& link) {
  link->closing = true;
  leaving_.push_back({clock_.now() + patience, link});
}

void Driver::carry_out(reference::Actions actions) {
  for (auto& action : actions) {
    auto found = links_.find(action.to);
    if (found == links_.end() || found->second->closing) continue;
    auto& link = found->second;
    if (action.closes()) leave(link);
    else if (link->outbox.empty()) link->outbox = std::move(action.bytes);
    else link->outbox.insert(link->outbox.end(), action.bytes.begin(), action.bytes.end());
    if (link->outbox.size() > most_queued) {
      link->outbox = {};
      link->closing = true;
      link->stream->abort();
    } else {
      flush(link);
    }
  }
  if (!actions.empty()) deadline_changed_.raise();
}

void Driver::flush(const std::shared_ptr<Link>& link) {
  if (link->writing) return;
  link->writing = true;
  asio::co_spawn(executor_, [self = shared_from_this(), link] { return self->write_all(link); }, asio::detached);
}

asio::awaitable<void> Driver::write_all(std::shared_ptr<Link> link) {
  net::error_code error;
  while (!link->outbox.empty() && !error) {
    auto bytes = std::exchange(link->outbox, {});
    auto what = asio::buffer(bytes);
    error = co_await link->stream->write(what);
  }
  link->outbox = {};
  if (link->closing) co_await link->stream->finish();
  link->writing = false;
}

}  // namespace cli
