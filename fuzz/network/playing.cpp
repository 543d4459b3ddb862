#include "fuzz/network/playing.h"

#include <algorithm>

namespace network {
namespace {

using What = Act::What;

void fill_in(mqtt::Bytes& bytes, const std::string& from, const std::string& to) {
  if (from == to) return;
  for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), from.begin(), from.end())) != bytes.end();) at = std::copy(to.begin(), to.end(), at);
}

bool ends_with(const mqtt::Bytes& bytes, std::uint8_t first) { return bytes.size() >= 2 && bytes.end()[-2] == first && bytes.back() == 0; }

}  // namespace

asio::awaitable<Played> play(const Session& session, engine::Instance& instance, net::Clock& clock, Duration patience, Duration moment) {
  auto executor = co_await asio::this_coro::executor;
  auto changed = std::make_shared<net::Signal>(executor);
  std::vector<std::shared_ptr<Line>> lines(std::size_t(clients_of(session)));
  std::vector<std::size_t> heard(lines.size());          // bytes that were there at the last pause
  std::vector<bool> asked(lines.size());                 // its last packet is a PINGREQ
  Played played;
  played.clients.resize(lines.size());

  for (std::size_t i = 0; i < session.acts.size(); ++i) {
    auto& act = session.acts[i];
    auto client = std::size_t(act.client);
    if (act.what == What::open) {
      if (lines[client]) lines[client]->abort();
      lines[client] = co_await Line::open(instance, clock, changed);
      heard[client] = 0;
    }
    auto line = lines[client];
    if (!line) continue;
    if (act.what == What::send) {
      auto bytes = act.bytes;
      while (i + 1 < session.acts.size() && session.acts[i + 1].what == What::send && session.acts[i + 1].client == act.client) {
        ++i;
        bytes.insert(bytes.end(), session.acts[i].bytes.begin(), session.acts[i].bytes.end());
      }
      asked[client] = ends_with(bytes, 0xc0);
      if (instance.target.account) fill_in(bytes, stand_in(instance.target.account->password), instance.target.account->password);
      co_await line->write(std::move(bytes), patience);
    } else if (act.what == What::finish) {
      auto until = clock.now() + moment;
      while (asked[client] && !line->done && !ends_with(line->received, 0xd0) && clock.now() < until) co_await clock.wait(*changed, until);
      co_await line->finish();
    } else if (act.what == What::drop) {
      line->abort();
      played.clients[client].dropped = true;
    } else if (act.what == What::pause) {
      auto until = clock.now() + moment;
      while (!line->done && line->received.size() == heard[client] && clock.now() < until) co_await clock.wait(*changed, until);
      heard[client] = line->received.size();
    }
  }

  auto begin = clock.now(), deadline = begin + patience;
  auto over = [](auto& line) { return !line || line->done; };
  while (clock.now() < deadline && !std::all_of(lines.begin(), lines.end(), over))
    co_await clock.wait(*changed, deadline);
  played.took = clock.now() - begin;
  for (std::size_t client = 0; client < lines.size(); ++client) {
    if (!lines[client]) continue;
    auto& all = played.clients[client];
    all.connected = lines[client]->connected;
    all.ended = lines[client]->ended;
    lines[client]->abort();
    all.received = std::move(lines[client]->received);
  }
  co_return played;
}

}  // namespace network
