#include "fuzz/network/bystander.h"

#include <fmt/format.h>

#include "harness/engine/waiting.h"
#include "harness/mqtt/codec.h"

namespace network {

Bystander::Bystander(engine::Instance& instance, net::Clock& clock, asio::any_io_executor executor)
    : instance_(instance), clock_(clock), version_(instance.target.versions.back()), changed_(std::make_shared<net::Signal>(executor)) {
  static std::uint32_t count = 0;
  name_ = fmt::format("fzby{:04x}{:04x}", std::uint32_t(std::chrono::steady_clock::now().time_since_epoch().count() / 1000) & 0xffff, count++ & 0xffff);
}

Bystander::~Bystander() {
  if (line_) line_->abort();
}

asio::awaitable<void> Bystander::send(const mqtt::Packet& packet) {
  auto bytes = mqtt::encode_bytes(packet, version_);
  co_await line_->write(std::move(bytes), instance_.target.patience);
}

asio::awaitable<std::string> Bystander::join(Duration patience) {
  line_ = co_await Line::open(instance_, clock_, changed_);
  if (!line_->connected) co_return "it cannot connect";
  auto deadline = clock_.now() + patience;
  mqtt::Connect connect;
  connect.protocol_name = mqtt::protocol_name_of(version_);
  connect.protocol_level = std::uint8_t(version_);
  connect.client_id = name_;
  if (instance_.target.account) {
    connect.username = instance_.target.account->username;
    connect.password = mqtt::bytes_of(instance_.target.account->password);
  }
  co_await send(connect);
  std::string trouble = co_await expect(mqtt::Connack{}, deadline);
  if (!trouble.empty()) co_return trouble;
  co_await send(mqtt::Subscribe{1, {}, {{name_, 1}}});
  trouble = co_await expect(mqtt::Suback{1, {}, {1}}, deadline);
  co_return trouble;
}

asio::awaitable<std::string> Bystander::round(Duration patience) {
  auto deadline = clock_.now() + patience;
  mqtt::Publish message;
  message.topic = name_;
  message.qos = 1;
  message.packet_id = 2;
  message.payload = mqtt::bytes_of(std::to_string(++rounds_));
  co_await send(message);
  co_await send(mqtt::Pingreq{});
  std::string trouble = co_await expect(message, deadline);
  co_return trouble;
}

// Reads until `wanted` has come; a round wants its message, its PUBACK and its PINGRESP, in any order.
asio::awaitable<std::string> Bystander::expect(mqtt::Packet wanted, Time deadline) {
  bool round = std::holds_alternative<mqtt::Publish>(wanted);
  int missing = round ? 3 : 1;
  auto begin = clock_.now();
  while (missing > 0) {
    framer_.feed(line_->received);
    line_->received.clear();
    std::optional<mqtt::Bytes> frame = framer_.next();
    if (!frame && line_->done) co_return "the broker ended its connection";
    if (!frame && clock_.now() >= deadline) co_return fmt::format("it waited {:.1f} s in vain for {}", std::chrono::duration<double>(clock_.now() - begin).count(), round ? "one of its answers" : mqtt::name(mqtt::type_of(wanted)));
    if (!frame) {
      co_await clock_.wait(*changed_, deadline);
      continue;
    }
    auto decoded = mqtt::decode(*frame, version_, mqtt::Sender::broker);
    if (!decoded.clean()) co_return fmt::format("the broker sent it {}", decoded.faults.empty() ? "no packet" : decoded.faults[0].text);
    auto type = mqtt::type_of(*decoded.packet);
    if (type == mqtt::Type::disconnect) co_return fmt::format("the broker sent it DISCONNECT 0x{:02x}", std::get<mqtt::Disconnect>(*decoded.packet).reason_code);
    if (auto publish = std::get_if<mqtt::Publish>(&*decoded.packet)) {
      if (publish->topic != name_) co_return fmt::format("it got a message of others: topic '{}'", publish->topic);
      co_await send(mqtt::Puback{publish->packet_id, 0, {}});
      if (round) missing -= publish->payload == std::get<mqtt::Publish>(wanted).payload;
    } else if (auto connack = std::get_if<mqtt::Connack>(&*decoded.packet); connack && connack->reason_code != 0) {
      co_return fmt::format("the broker refused it with code 0x{:02x}", connack->reason_code);
    } else {
      missing -= round ? type == mqtt::Type::puback || type == mqtt::Type::pingresp : type == mqtt::type_of(wanted);
    }
  }
  co_return std::string();
}

}  // namespace network
