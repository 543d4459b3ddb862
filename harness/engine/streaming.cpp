#include "harness/engine/streaming.h"

#include <fmt/format.h>

#include "harness/engine/expectation.h"

namespace engine {
namespace {

constexpr int most_open = 8;               // fewer than any Receive Maximum that a broker is likely to announce
constexpr int after_the_round = 100;
constexpr std::uint16_t first_id = 65'000; // the client's own identifiers come round too

std::uint16_t id_of(int number) { return std::uint16_t((first_id - 1 + number - 1) % 65'535 + 1); }

mqtt::Bytes acknowledge(std::uint16_t id, mqtt::Version version) {
  mqtt::Puback puback;
  puback.packet_id = id;
  return mqtt::encode(puback, version).bytes;
}

}  // namespace

Streaming::Streaming(const scenario::Stream& wanted, std::string topic, Connection& from, Connection& to)
    : wanted_(wanted), topic_(std::move(topic)), from_(from), to_(to), enough_(wanted.messages) {}

std::string Streaming::payload(int number) const {
  auto text = fmt::format("no {}", number);
  text.resize(std::max(text.size(), wanted_.size), '.');
  return text;
}

mqtt::Bytes Streaming::message(int number) const {
  mqtt::Publish publish;
  publish.topic = topic_;
  publish.qos = std::uint8_t(wanted_.qos);
  publish.payload = mqtt::bytes_of(payload(number));
  publish.packet_id = wanted_.qos > 0 ? id_of(number) : 0;
  return mqtt::encode(publish, from_.version).bytes;
}

bool Streaming::complete() const { return received_ >= enough_ && (wanted_.qos == 0 || acknowledged_ >= enough_); }

bool Streaming::go_on() {
  if (!take(from_, &Streaming::acknowledgement) || !take(to_, &Streaming::delivery)) return false;
  auto open = [&] { return sent_ - (wanted_.qos > 0 ? std::min(received_, acknowledged_) : received_); };
  while (sent_ < enough_ && open() < most_open && !from_.over()) {
    ++sent_;
    if (wanted_.qos > 0) open_[id_of(sent_)] = sent_;
    from_.send(message(sent_));
  }
  return true;
}

bool Streaming::take(Connection& connection, bool (Streaming::*good)(const Arrival&)) {
  auto first = connection.inbox.begin() + std::ptrdiff_t(connection.next), each = first;
  bool right = true;
  for (; right && each != connection.inbox.end(); ++each) right = each->fence || (this->*good)(*each);
  connection.inbox.erase(first, right ? each : each - 1);   // what is wrong stays, to be shown
  return right;
}

bool Streaming::acknowledgement(const Arrival& arrival) {
  auto id = arrival.type == mqtt::Type::puback ? arrival.packet["PUBACK"]["packet_id"].get<std::uint16_t>() : 0;
  bool refused = arrival.type == mqtt::Type::puback && arrival.packet["PUBACK"].value("reason_code", 0) >= 0x80;
  if (refused || open_.erase(std::uint16_t(id)) == 0) return wrong(arrival, fmt::format("a PUBACK for one of {} open messages of {}", open_.size(), from_.client));
  ++acknowledged_;
  return true;
}

bool Streaming::delivery(const Arrival& arrival) {
  auto number = received_ + 1;
  auto expected = fmt::format("message {} of {} for {}, with QoS {}", number, wanted_.messages, to_.client, wanted_.qos);
  if (arrival.type != mqtt::Type::publish) return wrong(arrival, expected);
  auto& publish = arrival.packet["PUBLISH"];
  if (publish["topic"] != topic_ || publish["payload"] != payload(number) || publish["qos"] != wanted_.qos) return wrong(arrival, expected);
  ++received_;
  if (wanted_.qos == 0) return true;
  auto id = publish["packet_id"].get<std::uint16_t>();
  if (id == 0) return wrong(arrival, expected + " and an identifier that is not 0");
  if (wanted_.round && id <= last_id_) enough_ = std::min(enough_, received_ + after_the_round);
  last_id_ = id;
  to_.send(acknowledge(id, to_.version));
  return true;
}

bool Streaming::wrong(const Arrival& arrival, std::string expected) {
  trouble_.emplace();
  trouble_->held = false;
  trouble_->actual = fmt::format("instead of {}: {}", expected, tell(arrival));
  trouble_->event = arrival.event;
  return false;
}

Came Streaming::came(const std::string& waited) const {
  if (trouble_) return *trouble_;
  Came came;
  came.held = complete();
  if (came.held) came.actual = wanted_.as.empty() ? fmt::format("all {} messages came", received_) : wanted_.as;
  else if (received_ < sent_) came.actual = fmt::format("{} of {} messages came, and then no more: waited {}", received_, wanted_.messages, waited);
  else came.actual = fmt::format("{} of {} messages were acknowledged, and then no more: waited {}", acknowledged_, wanted_.messages, waited);
  return came;
}

}  // namespace engine
