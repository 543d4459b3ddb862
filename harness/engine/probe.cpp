#include "harness/engine/probe.h"

#include <fmt/format.h>

#include "harness/engine/errand.h"
#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/reason.h"

namespace engine {
namespace {

using scenario::Json;
using namespace std::chrono_literals;

asio::awaitable<record::Result> run(Stage& stage, Errand errand) {
  static std::uint32_t count = 0;
  auto one = errand.take();
  record::Result result = co_await play_once(one, stage, fmt::format("p{:x}", count++ % 0xfff));
  co_return result;
}

const Json* property(const record::Result& result, std::string_view name, Json& held) {
  for (auto& event : result.trace) {
    if (event.what != record::What::received) continue;
    auto decoded = mqtt::decode(event.bytes, event.version, mqtt::Sender::broker);
    if (!decoded.packet || mqtt::type_of(*decoded.packet) != mqtt::Type::connack) continue;
    held = mqtt::to_json(*decoded.packet, event.version)["CONNACK"]["properties"];
    return held.is_object() && held.contains(name) ? &held[std::string(name)] : nullptr;
  }
  return nullptr;
}

void lack(Stage& stage, const std::string& ability, std::string why) { stage.instance.target.lacks.try_emplace(ability, std::move(why)); }

struct Announced { std::string_view property, ability; int when; };
constexpr Announced announced[] = {
    {"retain_available", "retained", 0},
    {"wildcard_subscription_available", "wildcards", 0},
    {"subscription_identifier_available", "subscription_identifiers", 0},
    {"shared_subscription_available", "shared", 0},
};

void read_connack(Stage& stage, const record::Result& result) {
  Json held;
  for (auto& row : announced)
    if (auto value = property(result, row.property, held); value && *value == row.when)
      lack(stage, std::string(row.ability), fmt::format("its CONNACK says {} {}", row.property, row.when));
  if (auto maximum = property(result, "maximum_qos", held); maximum && *maximum < 2)
    lack(stage, "qos2", fmt::format("its CONNACK says maximum_qos {}", maximum->dump()));
  if (auto maximum = property(result, "topic_alias_maximum", held); !maximum || *maximum == 0)
    lack(stage, "topic_alias", "its CONNACK announces no topic_alias_maximum");
}

Errand admitted(mqtt::Version version, const std::string& title) {
  Errand errand(title, version);
  errand.open("A").send("A", connect_fields("A")).expect("A", {{"CONNACK", {{"reason_code", 0}}}});
  return errand;
}

asio::awaitable<void> probe_qos2(Stage& stage, mqtt::Version version) {
  auto errand = admitted(version, "QoS 2 is granted");
  Json filter{{"filter", "${T}/probe"}, {"qos", 2}};
  errand.send("A", {{"SUBSCRIBE", {{"packet_id", 1}, {"filters", Json::array({filter})}}}});
  errand.expect("A", {{"SUBACK", {{"reason_codes", Json::array({2})}}}}).end("A");
  record::Result result = co_await run(stage, std::move(errand));
  if (result.verdict != record::Verdict::pass) lack(stage, "qos2", "it does not grant QoS 2 to a subscription");
}

asio::awaitable<void> probe_auth(Stage& stage, mqtt::Version version) {
  if (!stage.instance.target.account) {
    lack(stage, "auth", "no account is known for this broker: give one in the URL");
    co_return;
  }
  Errand errand("A wrong password is refused", version);
  errand.open("A").send("A", connect_fields("A", {{"password", "wrong ${password}"}}));
  errand.expect("A", {{"CONNACK", {{"reason_code", 0}}}}).end("A");
  record::Result result = co_await run(stage, std::move(errand));
  if (result.verdict == record::Verdict::pass) lack(stage, "auth", "it admits a wrong password");
}

asio::awaitable<void> probe_sys(Stage& stage, mqtt::Version version) {
  auto errand = admitted(version, "$SYS topics are published");
  errand.send("A", {{"SUBSCRIBE", {{"packet_id", 1}, {"filters", Json::array({Json{{"filter", "$SYS/#"}, {"qos", 0}}})}}}});
  errand.expect("A", {{"PUBLISH", Json::object()}}, 2500ms).end("A");
  auto one = errand.take();
  std::get<scenario::Expect>(one.steps[4].action).skipping = {mqtt::Type::suback};
  record::Result result = co_await play_once(one, stage, "psys");
  if (result.verdict != record::Verdict::pass) lack(stage, "sys", "it publishes nothing under $SYS/");
}

}  // namespace

asio::awaitable<std::string> probe_alive(Stage& stage) {
  auto version = stage.instance.target.versions.empty() ? mqtt::Version::v3_1_1 : stage.instance.target.versions.back();
  for (int i = 0; i < 2; ++i) {
    auto errand = admitted(version, "A new client is served");
    for (int pings = 0; pings < 3; ++pings) errand.send("A", "PINGREQ").expect("A", "PINGRESP");
    errand.end("A");
    record::Result result = co_await run(stage, std::move(errand));
    if (result.verdict != record::Verdict::pass) co_return result.reason;
  }
  co_return std::string();
}

asio::awaitable<void> probe_abilities(Stage& stage) {
  auto& target = stage.instance.target;
  std::vector<mqtt::Version> admits;
  for (auto version : target.versions) {
    auto errand = admitted(version, "The version is admitted");
    errand.end("A");
    record::Result result = co_await run(stage, std::move(errand));
    if (result.verdict == record::Verdict::pass) admits.push_back(version);
    else target.refuses.try_emplace(version, "it does not admit MQTT " + std::string(mqtt::name(version)) + ": " + result.reason);
    if (version == mqtt::Version::v5_0) read_connack(stage, result);
  }
  target.versions = admits;
  if (admits.empty()) co_return;
  auto version = admits.back();
  co_await probe_qos2(stage, version);
  co_await probe_auth(stage, version);
  co_await probe_sys(stage, version);
}

}  // namespace engine
