#include "harness/engine/tidy.h"

#include "harness/engine/errand.h"
#include "harness/mqtt/codec.h"

namespace engine {
namespace {

struct Left {
  std::map<std::string, mqtt::Version> sessions;    // client identifier -> the version it was kept in
  std::map<std::string, mqtt::Version> retained;    // topic
};

bool kept(const mqtt::Connect& connect, mqtt::Version version) {
  if (version != mqtt::Version::v5_0) return !connect.clean_start;
  for (auto& property : connect.properties)
    if (property.id == 0x11 && property.value != decltype(property.value)(0u)) return true;
  return false;
}

Left left_behind(const record::Result& result, const std::string& run_id) {
  Left left;
  auto ours = [&](const std::string& text) { return text.find(run_id) != text.npos; };
  for (auto& event : result.trace) {
    if (event.what != record::What::sent) continue;
    auto decoded = mqtt::decode(event.bytes, event.version, mqtt::Sender::client);
    if (!decoded.packet) continue;
    if (auto connect = std::get_if<mqtt::Connect>(&*decoded.packet)) {
      if (kept(*connect, event.version) && ours(connect->client_id)) left.sessions[connect->client_id] = event.version;
      if (connect->will && connect->will->retain && ours(connect->will->topic)) left.retained[connect->will->topic] = event.version;
    }
    if (auto publish = std::get_if<mqtt::Publish>(&*decoded.packet))
      if (publish->retain && !publish->payload.empty() && ours(publish->topic)) left.retained[publish->topic] = event.version;
  }
  return left;
}

}  // namespace

asio::awaitable<void> tidy_up(const record::Result& result, Stage& stage, std::string unique) {
  auto left = left_behind(result, stage.run_id);
  for (auto& [client, version] : left.sessions) {
    Errand errand("A session is removed", version);
    errand.open("A").send("A", connect_fields("A", {{"client_id", client}})).expect("A", {{"CONNACK", {{"reason_code", 0}}}}).end("A");
    auto one = errand.take();
    co_await play_once(one, stage, unique);
  }
  if (left.retained.empty()) co_return;
  Errand errand("Retained messages are removed", left.retained.begin()->second);
  errand.open("A").send("A", connect_fields("A")).expect("A", {{"CONNACK", {{"reason_code", 0}}}});
  for (auto& [topic, version] : left.retained) errand.send("A", {{"PUBLISH", {{"topic", topic}, {"retain", true}}}});
  errand.send("A", "PINGREQ").expect("A", "PINGRESP").end("A");
  auto one = errand.take();
  co_await play_once(one, stage, unique);
}

}  // namespace engine
