#include "fuzz/network/shrinking.h"

#include <algorithm>
#include <set>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/io.h"

namespace network {
namespace {

using boost::asio::awaitable;
using mqtt::Bytes;

bool text_field(const mqtt::Field& field) {   // two bytes of length, then the text; client identifiers stay, so that replays do not take over each other
  for (auto name : {"topic", "username", "filter", "key", "value", "protocol_name"})
    if (field.path.ends_with(name)) return field.size > 3;
  return field.path.ends_with("password") && field.size > 3;
}

class Shrinking {
public:
  Shrinking(Sessions sessions, Again again, Effort effort) : best_(std::move(sessions)), again_(std::move(again)), left_(effort.attempts) {}

  awaitable<Sessions> run() {
    co_await leave_out([](const Sessions& all) { return all.size(); }, [](Sessions& all, std::size_t from, std::size_t count) {
      auto begin = all.begin() + std::ptrdiff_t(from);
      all.erase(begin, begin + std::ptrdiff_t(count));
    });
    co_await leave_out(acts_in, erase_acts);
    co_await simplify();
    co_await leave_out(acts_in, erase_acts);
    co_return best_;
  }

private:
  static std::size_t acts_in(const Sessions& all) {
    std::size_t sum = 0;
    for (auto& each : all) sum += each.acts.size();
    return sum;
  }
  // A FIN stays as long as its client does anything else: without it each replay would wait for the broker's patience to end.
  static void erase_acts(Sessions& all, std::size_t from, std::size_t count) {
    std::size_t number = 0;
    for (auto& session : all) {
      std::erase_if(session.acts, [&](auto& act) { return number++, number > from && number <= from + count && act.what != Act::What::finish; });
      std::set<int> busy;
      for (auto& act : session.acts)
        if (act.what == Act::What::send) busy.insert(act.client);
      std::erase_if(session.acts, [&](auto& act) { return act.what == Act::What::finish && !busy.contains(act.client); });
    }
    std::erase_if(all, [](auto& session) { return session.acts.empty(); });
  }

  awaitable<bool> accept(Sessions candidate) {
    if (candidate.empty() || candidate == best_ || left_-- <= 0) co_return false;
    bool same = co_await again_(candidate);
    if (same) best_ = std::move(candidate);
    co_return same;
  }

  template <class Count, class Erase> awaitable<void> leave_out(Count count, Erase erase) {
    for (auto chunk = std::max<std::size_t>(count(best_) / 2, 1);; chunk = chunk / 2) {
      for (std::size_t from = 0; from < count(best_) && left_ > 0;) {
        auto candidate = best_;
        erase(candidate, from, std::min(chunk, count(best_) - from));
        bool smaller = co_await accept(std::move(candidate));
        if (!smaller) from += chunk;
      }
      if (chunk <= 1) break;
    }
  }

  awaitable<void> simplify() {
    for (std::size_t s = 0; s < best_.size(); ++s)
      for (std::size_t a = 0; a < best_[s].acts.size(); ++a) {
        bool smaller = best_[s].acts[a].what == Act::What::send;
        while (smaller && left_ > 0) {
          smaller = false;
          for (auto& bytes : simpler(best_[s].acts[a].bytes, best_[s].version)) {
            auto candidate = best_;
            candidate[s].acts[a].bytes = bytes;
            smaller = co_await accept(std::move(candidate));
            if (smaller || left_ <= 0) break;
          }
        }
      }
  }

  Sessions best_;
  Again again_;
  int left_;
};

}  // namespace

std::vector<Bytes> simpler(mqtt::View packet, mqtt::Version version) {
  std::vector<Bytes> all;
  auto add = [&](Bytes bytes) {
    if (bytes.size() < packet.size() && !bytes.empty() && std::find(all.begin(), all.end(), bytes) == all.end()) all.push_back(std::move(bytes));
  };
  auto decoded = mqtt::decode(packet, version, mqtt::Sender::client);
  if (decoded.packet) {
    auto bare = *decoded.packet;
    std::visit([](auto& each) {
      if constexpr (requires { each.properties; }) each.properties.clear();
      if constexpr (requires { each.payload; }) each.payload.clear();
      if constexpr (requires { each.will; }) each.will.reset();
    }, bare);
    add(mqtt::encode_bytes(bare, version));
    for (auto& field : decoded.fields) {
      if (field.path == "header" || field.path == "remaining_length" || field.path.ends_with("properties_length")) continue;
      mqtt::Instead without{{field.path, {}}};
      if (auto dot = field.path.rfind('.'); field.path.find("properties.") != field.path.npos)   // a property goes with its identifier
        for (auto part : {".id", ".value", ".key"}) without[field.path.substr(0, dot) + part] = {};
      add(mqtt::encode(*decoded.packet, version, without).bytes);
      if (!text_field(field)) continue;
      auto text = packet.subspan(field.offset + 2, field.size - 2);
      for (auto part : {text.first(1), text.last(1), text.first(text.size() / 2), text.last(text.size() / 2)}) {
        Bytes shorter{0, std::uint8_t(part.size())};
        if (part.size() > 255) shorter = {std::uint8_t(part.size() >> 8), std::uint8_t(part.size())};
        shorter.insert(shorter.end(), part.begin(), part.end());
        add(mqtt::encode(*decoded.packet, version, {{field.path, shorter}}).bytes);
      }
    }
  }
  // Bytes of the body, the Remaining Length following where it is right.
  const std::size_t head = packet.size() > 2 && packet[1] & 0x80 ? 3 : 2;
  const bool right = packet.size() > head && std::ranges::equal(mqtt::Varint(std::uint32_t(packet.size() - head)).bytes(), packet.subspan(1, head - 1));
  for (auto chunk = packet.size() / 2; chunk >= 1 && packet.size() > head; chunk /= 2)
    for (std::size_t from = head; from < packet.size() && all.size() < 60; from += chunk) {
      Bytes cut(packet.begin() + std::ptrdiff_t(head), packet.end());
      cut.erase(cut.begin() + std::ptrdiff_t(from - head), cut.begin() + std::ptrdiff_t(std::min(from + chunk, packet.size()) - head));
      const mqtt::Varint length{std::uint32_t(cut.size())};
      auto before = right ? length.bytes() : packet.subspan(1, head - 1);
      cut.insert(cut.begin(), before.begin(), before.end());
      cut.insert(cut.begin(), packet[0]);
      add(std::move(cut));
    }
  return all;
}

awaitable<Sessions> shrink(Sessions sessions, Again again, Effort effort) {
  Shrinking shrinking(std::move(sessions), std::move(again), effort);
  Sessions small = co_await shrinking.run();
  co_return small;
}

}  // namespace network
