#include "harness/engine/player.h"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/engine/connection.h"
#include "harness/engine/expectation.h"
#include "harness/engine/grading.h"
#include "harness/engine/sending.h"
#include "harness/engine/streaming.h"
#include "harness/engine/waiting.h"

namespace engine {
namespace {

using namespace std::chrono_literals;
using record::What;

constexpr auto between_pieces = 1ms;   // of a packet, so that the broker can read each alone

std::string name_of(scenario::Control::Act act) {
  using enum scenario::Control::Act;
  return act == stop ? "stop" : act == start ? "start" : act == kill ? "kill" : "restart";
}

// The writes that these bytes go out in.
std::vector<mqtt::View> cut(mqtt::View rest, const scenario::Send& send) {
  std::vector<mqtt::View> pieces;
  auto sizes = send.byte_by_byte ? std::vector<std::size_t>(rest.size(), 1) : send.split;
  for (auto size : sizes) {
    auto piece = rest.first(std::min(size, rest.size()));
    if (!piece.empty()) pieces.push_back(piece);
    rest = rest.subspan(piece.size());
  }
  if (!rest.empty() || (pieces.empty() && !send.frame.empty())) pieces.push_back(rest);   // a frame may be empty
  return pieces;
}

// `kind` is one of scenario::frames; the fragments of a message are told apart by their place in it.
net::Frame frame_of(const std::string& kind, mqtt::View payload, bool first, bool last) {
  using enum net::Opcode;
  struct Row { std::string_view kind; net::Opcode opcode; bool final, masked; };
  constexpr Row rows[] = {{"text", text, true, true},      {"unmasked", binary, true, false}, {"first", binary, false, true},  {"last", continuation, true, true},
                          {"reserved", reserved, true, true}, {"ping", ping, true, true},        {"pong", pong, true, true},      {"close", close, true, true}};
  for (auto& row : rows)
    if (row.kind == kind) return {row.opcode, mqtt::text_of(payload), row.final, row.masked};
  return {first ? binary : continuation, mqtt::text_of(payload), last, true};
}

Came held() { return {}; }
Came not_held(std::string actual) {
  Came came;
  came.held = false;
  came.actual = std::move(actual);
  return came;
}

struct Trouble : std::runtime_error {  // the scenario asks for what cannot be done
  using std::runtime_error::runtime_error;
};

// Stands for a connection whose TLS handshake failed: its end is something to expect.
class Refused final : public net::Stream {
public:
  explicit Refused(net::error_code error) : error_(error) {}
  asio::awaitable<Read> read_some(asio::mutable_buffer) override { co_return Read{error_, 0}; }
  asio::awaitable<net::error_code> write(asio::const_buffer) override { co_return error_; }
  asio::awaitable<net::error_code> finish() override { co_return error_; }
  void abort() noexcept override {}
private:
  net::error_code error_;
};

class Player {
public:
  Player(const scenario::Case& one, Stage& stage, const std::string& unique, asio::any_io_executor executor)
      : case_(one), stage_(stage), executor_(executor), recorder_(std::make_shared<Recorder>(stage.clock, executor)) {
    for (auto& client : one.clients) variables_[client] = "m" + stage.run_id + unique + client;
    variables_["T"] = "mqttspec/" + stage.run_id + "/" + unique;
    auto& account = stage.instance.target.account;
    variables_["username"] = account ? Json(account->username) : Json();
    variables_["password"] = account ? Json(account->password) : Json();
    stage_.players.insert(&recorder_->changed);
  }
  ~Player() { stage_.players.erase(&recorder_->changed); }
  Player(const Player&) = delete;

  asio::awaitable<record::Result> run() {
    Grading grading(case_, stage_.catalogue);
    for (std::size_t i = 0; i < case_.steps.size() && !grading.over(); ++i) {
      if (stage_.interrupted) break;
      recorder_->step = int(i);
      grading.begin(i, recorder_->now(), limit(case_.steps[i]));
      if (auto lacks = unknown(case_.steps[i])) {
        grading.unknown(*lacks);
        break;
      }
      try {
        Came came = co_await std::visit([this](auto& action) { return act(action); }, case_.steps[i].action);
        grading.end(came, recorder_->now());
      } catch (const std::exception& trouble) {
        grading.trouble(trouble.what());
      }
    }
    recorder_->step = -1;
    co_await leave();
    try {
      if (down_ && !stage_.interrupted) co_await stage_.instance.control(scenario::Control::Act::start);
    } catch (const std::exception& trouble) {
      grading.trouble(trouble.what());
    }
    for (auto& [name, connection] : connections_) former_.push_back(connection);
    for (auto& connection : std::set(former_.begin(), former_.end()))   // one may have two names
      for (auto& arrival : connection->inbox) grading.packet(arrival, recorder_->trace);
    auto result = grading.result();
    result.transport = case_.transport.empty() ? stage_.instance.target.transport : stage_.instance.target.websocket;
    result.took = recorder_->now();
    result.trace = std::move(recorder_->trace);
    co_return result;
  }

private:
  using Json = scenario::Json;

  std::shared_ptr<Connection> connection(const std::string& client) {
    auto found = connections_.find(client);
    if (found == connections_.end()) throw Trouble("the client " + client + " has no connection: its `open` is missing");
    return found->second;
  }
  const std::string* unknown(const scenario::Step& step) const {
    auto found = std::find_if(step.uses.begin(), step.uses.end(), [&](auto& name) { return !variables_.contains(name); });
    return found == step.uses.end() ? nullptr : &*found;
  }
  Duration patience() const { return stage_.instance.target.patience; }
  record::Microseconds limit(const scenario::Step& step) const {
    auto* expect = std::get_if<scenario::Expect>(&step.action);
    if (!expect || alternative_of(*expect, scenario::Alternative::Kind::nothing)) return {};
    return std::chrono::duration_cast<record::Microseconds>(expect->within ? Duration(*expect->within) : patience());
  }

  asio::awaitable<Came> act(const scenario::Open& open) {
    if (auto old = connections_.find(open.client); old != connections_.end()) {
      if (!old->second->over() && !open.takes_over) throw Trouble("the client " + open.client + " is still connected: close it before it opens again");
      former_.push_back(old->second);
    }
    Way way{open.listener, open.certificate, !case_.transport.empty(), {}};
    if (open.subprotocols) way.upgrade = {*open.subprotocols, "", false};
    auto begin = stage_.clock.now();
    net::Opened opened = co_await stage_.instance.open(way);
    if (opened.error && !open.certificate.empty()) opened.stream = std::make_unique<Refused>(opened.error);
    else if (opened.error) {
      record::Event event;
      event.what = What::refused;
      event.client = open.client;
      event.text = opened.trouble();
      auto refused = not_held("no connection: " + opened.trouble());
      refused.event = recorder_->append(std::move(event));
      co_return refused;
    }
    auto made = std::make_shared<Connection>(open.client, open.version.value_or(case_.version), std::move(opened.stream), recorder_, stage_.pace);
    connections_[open.client] = made;
    made->start(executor_, open.subprotocols ? opened.answer : std::nullopt);
    if (auto took = stage_.clock.now() - begin; open.within && took > *open.within)
      co_return not_held(fmt::format("the connection stood only after {}; at most {}", seconds(took), seconds(*open.within)));
    co_return held();
  }

  asio::awaitable<Came> act(const scenario::Send& send) {
    auto to = connection(send.client);
    auto bytes = bytes_of(send, to->version, variables_);
    auto pieces = cut(bytes, send);
    net::Signal pause(executor_);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (i > 0) co_await stage_.clock.wait(pause, stage_.clock.now() + between_pieces);
      if (send.frame.empty()) to->send({pieces[i].begin(), pieces[i].end()});
      else to->send_frame(frame_of(send.frame, pieces[i], i == 0, i + 1 == pieces.size()));
    }
    auto deadline = stage_.clock.now() + patience();
    for (auto left = to->queued(); !to->idle() && stage_.clock.now() < deadline;) {
      co_await stage_.clock.wait(recorder_->changed, deadline);
      if (std::exchange(left, to->queued()) != to->queued()) deadline = stage_.clock.now() + patience();
    }
    if (to->idle()) co_return held();
    co_return not_held(fmt::format("the broker did not read what was sent within {}", seconds(patience())));
  }

  // The first of several clients that gets a packet decides.
  asio::awaitable<Came> act_among(const scenario::Expect& expect) {
    auto begin = stage_.clock.now(), deadline = begin + patience();
    for (;;) {
      for (auto& client : expect.among) {
        auto from = connection(client);
        auto variables = variables_;
        auto judgement = judge(expect, std::span(from->inbox).subspan(from->next), from->next, from->version, variables);
        if (judgement.state == Judgement::State::waiting) continue;
        auto came = came_of(*from, judgement);
        if (!came.held) came.actual = fmt::format("{}: {}", client, came.actual);
        from->next = judgement.next;
        if (came.held) variables_ = std::move(variables);
        if (came.held) name(expect, client);
        co_return came;
      }
      if (stage_.interrupted || stage_.clock.now() >= deadline) co_return not_held("nothing came to any of them: waited " + seconds(stage_.clock.now() - begin));
      co_await stage_.clock.wait(recorder_->changed, deadline);
    }
  }

  void name(const scenario::Expect& expect, const std::string& winner) {
    auto call = [&](const std::string& name, const std::string& client) {
      if (name.empty()) return;
      connections_[name] = connection(client);
      variables_[name] = Json(variables_[client]);
    };
    call(expect.got, winner);
    call(expect.other, winner == expect.among[0] ? expect.among[1] : expect.among[0]);
  }

  asio::awaitable<Came> act(const scenario::Expect& expect) {
    if (!expect.among.empty()) {
      Came came = co_await act_among(expect);
      co_return came;
    }
    auto from = connection(expect.client);
    Waiting waiting(expect, *from, *recorder_, stage_.clock, stage_.pace, patience());
    Judgement judgement;
    for (;;) {
      judgement = judge(expect, std::span(from->inbox).subspan(from->next), from->next, from->version, variables_);
      if (waiting.decided(judgement) || stage_.interrupted) break;
      co_await stage_.clock.wait(recorder_->changed, waiting.next_look());
    }
    from->next = judgement.next;
    co_return came_of(*from, judgement);
  }

  static Came came_of(const Connection& from, const Judgement& judgement) {
    Came came;
    came.held = judgement.state == Judgement::State::held;
    came.undecided = judgement.state == Judgement::State::undecided;
    came.actual = came.held && judgement.met && !judgement.met->as.empty() ? judgement.met->as : judgement.actual;
    came.event = judgement.event;
    came.field = field_of(from, judgement);
    came.took = judgement.took;
    return came;
  }

  static const mqtt::Field* field_of(const Connection& from, const Judgement& judgement) {
    for (auto& arrival : from.inbox)
      if (arrival.event == judgement.event) return field_at(judgement.pointer, arrival.fields);
    return nullptr;
  }

  asio::awaitable<Came> act(const scenario::Close& close) {
    connection(close.client)->finish();
    co_return held();
  }
  asio::awaitable<Came> act(const scenario::Drop& drop) {
    connection(drop.client)->drop();
    co_return held();
  }
  asio::awaitable<Came> act(const scenario::End& end) {
    auto leaving = connection(end.client);
    leaving->finish();
    co_await ended({leaving}, stage_.clock.now() + patience());
    co_return held();
  }
  asio::awaitable<Came> act(const scenario::Wait& wait) {
    auto deadline = stage_.clock.now() + wait.time;
    while (!stage_.interrupted && stage_.clock.now() < deadline) co_await stage_.clock.wait(recorder_->changed, deadline);
    co_return held();
  }
  asio::awaitable<Came> act(const scenario::Reads& reads) {
    connection(reads.client)->read(reads.on);
    co_return held();
  }

  asio::awaitable<Came> act(const scenario::Stream& stream) {
    auto from = connection(stream.from), to = connection(stream.to);
    auto first = recorder_->trace.size();
    Streaming streaming(stream, scenario::substitute(stream.topic, variables_), *from, *to);
    auto begin = stage_.clock.now(), deadline = begin + patience();
    for (int before = -1; !stage_.interrupted && streaming.go_on() && !streaming.complete() && stage_.clock.now() < deadline;) {
      if (std::exchange(before, streaming.progress()) != streaming.progress()) begin = stage_.clock.now(), deadline = begin + patience();
      co_await stage_.clock.wait(recorder_->changed, deadline);
    }
    auto came = streaming.came(seconds(stage_.clock.now() - begin));
    std::set<int*> references{&came.event};
    auto refer = [&](auto& connection) {
      for (auto& arrival : connection->inbox) references.insert(&arrival.event);
    };
    for (auto& [name, each] : connections_) refer(each);
    for (auto& each : former_) refer(each);
    recorder_->leave_out(first, references);
    co_return came;
  }

  asio::awaitable<Came> act(const scenario::Control& control) {
    record::Event event;
    event.what = What::control;
    event.text = name_of(control.act);
    recorder_->append(std::move(event));
    co_await stage_.instance.control(control.act);
    down_ = control.act == scenario::Control::Act::stop || control.act == scenario::Control::Act::kill;
    co_return held();
  }

  asio::awaitable<void> ended(std::vector<std::shared_ptr<Connection>> all, Time deadline) {
    auto done = [&] { return std::all_of(all.begin(), all.end(), [](auto& each) { return each->done(); }); };
    while (!done() && stage_.clock.now() < deadline) co_await stage_.clock.wait(recorder_->changed, deadline);
  }

  // Leaves in an orderly way (a broker must not suffer from our haste, and no will be published), then lets go of what does not end.
  asio::awaitable<void> leave() {
    std::vector<std::shared_ptr<Connection>> all;
    std::set<std::shared_ptr<Connection>> once;
    for (auto& [name, connection] : connections_) {
      if (!once.insert(connection).second) continue;   // it has two names
      if (!connection->reads()) connection->drop();    // what waits for it in the network is not to be taken now
      if (connection->can_fence()) {
        auto goodbye = mqtt::encode(mqtt::Disconnect{}, connection->version);
        connection->send(std::move(goodbye.bytes));
      }
      if (!connection->over()) connection->finish();
      all.push_back(connection);
    }
    co_await ended(all, stage_.clock.now() + std::max<Duration>(stage_.pace.grace(), 100ms));
    for (auto& connection : all) connection->let_go();
    for (auto& connection : former_) connection->let_go();
  }

  const scenario::Case& case_;
  Stage& stage_;
  asio::any_io_executor executor_;
  std::shared_ptr<Recorder> recorder_;
  std::map<std::string, std::shared_ptr<Connection>> connections_;  // by client: the one it has now
  std::vector<std::shared_ptr<Connection>> former_;
  scenario::Variables variables_;
  bool down_ = false;                 // the broker, by a step of ours
};

}  // namespace

void Stage::interrupt() {
  interrupted = true;
  for (auto* player : players) player->raise();
  for (auto* other : beside) other->interrupt();
}

asio::awaitable<record::Result> play_once(const scenario::Case& one, Stage& stage, std::string unique) {
  auto executor = co_await asio::this_coro::executor;
  Player player(one, stage, unique, executor);
  record::Result result = co_await player.run();
  co_return result;
}

}  // namespace engine
