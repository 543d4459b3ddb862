#include "harness/engine/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/engine/errand.h"
#include "harness/engine/grading.h"
#include "harness/mqtt/packet_json.h"
#include "harness/scenario/abilities.h"

namespace engine {
namespace {

using mqtt::Version;
using scenario::Json;
using Is = Seen::Is;
using namespace std::chrono_literals;

asio::awaitable<record::Result> run(Stage& stage, Errand errand) {
  static std::uint32_t count = 0;
  auto one = errand.take();
  record::Result result = co_await play_once(one, stage, fmt::format("p{:x}", count++ % 0xfff));
  co_return result;
}

Errand& admit(Errand& errand) { return errand.open("A").send("A", connect_fields("A")).expect("A", {{"CONNACK", {{"reason_code", 0}}}}); }

Errand& subscribe(Errand& errand, const std::string& filter, int qos, Json granted, const Json& properties = Json::object()) {
  Json wanted{{"filter", filter}, {"qos", qos}};
  errand.send("A", {{"SUBSCRIBE", {{"packet_id", 1}, {"filters", Json::array({wanted})}, {"properties", properties}}}});
  return errand.expect("A", {{"SUBACK", {{"reason_codes", Json::array({std::move(granted)})}}}});
}

const Json granted{{"$max", 2}};
const Json without_credentials{{"username", nullptr}, {"password", nullptr}};

void wrong_password(Errand& errand) { errand.open("A").send("A", connect_fields("A", {{"password", "wrong ${password}"}})).refused("A"); }
void no_credentials(Errand& errand) {
  errand.open("A").send("A", connect_fields("A", without_credentials)).refused("A");
  errand.open("B", "anonymous").send("B", connect_fields("B", without_credentials)).expect("B", {{"CONNACK", {{"reason_code", 0}}}}).end("B");
}
void qos_2(Errand& errand) { subscribe(admit(errand), "${T}/probe", 2, 2).end("A"); }
void two_open(Errand& errand) {
  subscribe(admit(errand), "${T}/a", 1, 1);
  for (int i : {1, 2}) errand.send("A", {{"PUBLISH", {{"topic", "${T}/a"}, {"payload", std::to_string(i)}, {"qos", 1}, {"packet_id", i}}}});
  for (auto* payload : {"1", "2"}) errand.expect("A", {{"PUBLISH", {{"payload", payload}}}}, 2500ms).skipping({mqtt::Type::puback});
  errand.end("A");
}
void own_message(Errand& errand) {
  subscribe(errand, "${T}/own", 0, granted).send("A", {{"PUBLISH", {{"topic", "${T}/own"}, {"payload", "own"}}}});
  errand.expect("A", {{"PUBLISH", {{"topic", "${T}/own"}, {"payload", "own"}}}});
}
void few_open(Errand& errand) {
  errand.open("A").send("A", connect_fields("A")).expect("A", {{"CONNACK", {{"properties", {{"receive_maximum", {{"$max", 20}}}}}}}}).end("A");
}
void wildcard(Errand& errand) { subscribe(admit(errand), "${T}/#", 0, granted).end("A"); }
void shared(Errand& errand) { subscribe(admit(errand), "$share/probe/${T}/a", 0, granted).end("A"); }
void retained(Errand& errand) {
  admit(errand).send("A", {{"PUBLISH", {{"topic", "${T}/kept"}, {"payload", "kept"}, {"retain", true}, {"qos", 1}, {"packet_id", 2}}}});
  errand.expect("A", {{"PUBACK", {{"packet_id", 2}}}}).send("A", {{"SUBSCRIBE", {{"packet_id", 1}, {"filters", Json::array({"${T}/kept"})}}}});
  errand.expect("A", {{"PUBLISH", {{"payload", "kept"}, {"retain", true}}}}).skipping({mqtt::Type::suback});
  errand.send("A", {{"PUBLISH", {{"topic", "${T}/kept"}, {"retain", true}}}}).end("A");
}
void identified(Errand& errand) {
  subscribe(admit(errand), "${T}/a", 0, granted, {{"subscription_identifier", Json::array({7})}}).send("A", {{"PUBLISH", {{"topic", "${T}/a"}}}});
  errand.expect("A", {{"PUBLISH", {{"properties", {{"subscription_identifier", Json::array({7})}}}}}}).end("A");
}
void aliased(Errand& errand) {
  subscribe(admit(errand), "${T}/a", 0, granted);
  for (auto* topic : {"${T}/a", ""}) {
    errand.send("A", {{"PUBLISH", {{"topic", topic}, {"properties", {{"topic_alias", 1}}}}}});
    errand.expect("A", {{"PUBLISH", {{"topic", "${T}/a"}}}});
  }
  errand.end("A");
}
void sys_topics(Errand& errand) {
  admit(errand).send("A", {{"SUBSCRIBE", {{"packet_id", 1}, {"filters", Json::array({"$SYS/#"})}}}});
  errand.expect("A", {{"PUBLISH", Json::object()}}, 2500ms).skipping({mqtt::Type::suback}).end("A");
}
void empty_client_id(Errand& errand) {
  errand.open("A").send("A", connect_fields("A", {{"client_id", ""}})).expect("A", {{"CONNACK", {{"reason_code", 0}}}}).end("A");
}

// How an ability is looked for. A broker may lack it where `lack` says how that is told, by an `answer` that came; elsewhere a failed exchange is a
// fault of its own.
struct Row {
  std::string_view ability;
  std::optional<Version> only;   // the version that has it; none: any
  void (*exchange)(Errand& errand);
  std::string_view seen, lack;
  std::optional<mqtt::Type> answer = {};
};
const Row rows[] = {
    {"auth", {}, wrong_password, "a wrong password is refused", "it admits a wrong password", mqtt::Type::connack},
    {"anonymous", {}, no_credentials, "one listener admits a client without credentials, the other refuses it", {}},
    {"qos2", {}, qos_2, "SUBACK grants it", "it does not grant QoS 2 to a subscription", mqtt::Type::suback},
    {"several_in_flight", {}, two_open, "two messages came before the first was acknowledged", "it sends a message of QoS above 0 only when the one before is acknowledged", mqtt::Type::publish},
    {"retained", {}, retained, "a message was retained and came back", {}},
    {"wildcards", {}, wildcard, "SUBACK grants a filter with #", "it refuses a filter with #", mqtt::Type::suback},
    {"shared", Version::v5_0, shared, "SUBACK grants a shared subscription", "it refuses a shared subscription", mqtt::Type::suback},
    {"subscription_identifiers", Version::v5_0, identified, "a message came with the identifier of its subscription", {}},
    {"small_receive_maximum", Version::v5_0, few_open, "its CONNACK says so", "its CONNACK lets a client open more than 20 messages, which no scenario does", mqtt::Type::connack},
    {"topic_alias", Version::v5_0, aliased, "a message arrived by its alias", {}},
    {"sys", {}, sys_topics, "a message came from $SYS/#", "it publishes nothing under $SYS/", mqtt::Type::suback},
    {"empty_client_id", Version::v3_1_1, empty_client_id, "a client without identifier is admitted", "it refuses an empty client identifier", mqtt::Type::connack},
};

// What CONNACK says of limits (5.0, 3.2.2.3). `lack` is what the broker lacks when the value is `when`.
struct Limit { std::string_view property, absent, lack; int when; };
constexpr Limit limits[] = {
    {"receive_maximum", "65535", {}, 0},
    {"maximum_qos", "2", {}, 0},
    {"retain_available", "1", "retained", 0},
    {"maximum_packet_size", "no limit", {}, 0},
    {"topic_alias_maximum", "0", "topic_alias", 0},
    {"wildcard_subscription_available", "1", "wildcards", 0},
    {"subscription_identifier_available", "1", "subscription_identifiers", 0},
    {"shared_subscription_available", "1", "shared", 0},
    {"session_expiry_interval", "what the client asks for", {}, 0},
    {"server_keep_alive", "what the client asks for", {}, 0},
};

Json connack_properties(const record::Result& result) {
  for (auto& event : result.trace) {
    if (event.what != record::What::received) continue;
    auto decoded = mqtt::decode(event.bytes, event.version, mqtt::Sender::broker);
    if (!decoded.packet || mqtt::type_of(*decoded.packet) != mqtt::Type::connack) continue;
    auto properties = mqtt::to_json(*decoded.packet, event.version)["CONNACK"]["properties"];
    if (properties.is_object()) return properties;
  }
  return Json::object();
}

// Why an exchange failed. Nothing but preparation is in it, so that this word says nothing here.
std::string why(const record::Result& result) {
  for (auto& event : result.trace)
    if (event.what == record::What::refused) return "no connection: " + event.text;
  return result.reason.starts_with(unprepared) ? result.reason.substr(unprepared.size()) : result.reason;
}

// What a new client was refused, by the last packet of ours that was sent.
std::string unserved(const record::Result& result) {
  struct Row { mqtt::Type asked; std::string_view refused; };
  constexpr Row asked_for[] = {{mqtt::Type::pingreq, "'s PINGREQ is not answered: "},
                               {mqtt::Type::subscribe, "'s subscription is not granted: "},
                               {mqtt::Type::publish, " does not receive its own message: "}};
  std::string_view refused = " is not admitted: ";
  for (auto& event : result.trace)
    for (auto& row : asked_for)
      if (event.what == record::What::sent && !event.bytes.empty() && event.bytes[0] >> 4 == int(row.asked)) refused = row.refused;
  return fmt::format("a new client{}{}", refused, why(result));
}

bool came(const record::Result& result, mqtt::Type type) {
  return std::any_of(result.trace.begin(), result.trace.end(),
                     [&](auto& event) { return event.what == record::What::received && !event.bytes.empty() && event.bytes[0] >> 4 == int(type); });
}

std::vector<Seen> announced(const record::Result& result, Target& target) {
  auto properties = connack_properties(result);
  std::vector<Seen> all;
  for (auto& row : limits) {
    const std::string name(row.property);
    auto value = properties.find(name);
    if (value == properties.end()) {
      all.push_back({Is::unclear, name, fmt::format("not announced: {}", row.absent)});
      if (row.property == "topic_alias_maximum") target.lacks.try_emplace("topic_alias", "its CONNACK announces no topic_alias_maximum");
      continue;
    }
    all.push_back({Is::yes, name, fmt::format("its CONNACK says {}", value->dump())});
    if (!row.lack.empty() && *value == row.when) target.lacks.try_emplace(std::string(row.lack), fmt::format("its CONNACK says {} {}", name, row.when));
    if (row.property == "maximum_qos" && *value < 2) target.lacks.try_emplace("qos2", fmt::format("its CONNACK says maximum_qos {}", value->dump()));
  }
  return all;
}

asio::awaitable<Seen> try_out(const Row& row, Stage& stage, Version highest) {
  auto& lacks = stage.instance.target.lacks;
  const std::string name(row.ability);
  if (auto lack = lacks.find(name); lack != lacks.end()) co_return Seen{Is::no, name, lack->second};
  Errand errand("The broker has " + name, row.only.value_or(highest));
  row.exchange(errand);
  record::Result result = co_await run(stage, std::move(errand));
  if (result.verdict == record::Verdict::pass) co_return Seen{Is::yes, name, std::string(row.seen)};
  if (row.lack.empty() || !came(result, *row.answer)) co_return Seen{Is::unclear, name, "the broker does not say that it lacks this, but it failed when it was tried: " + why(result)};
  lacks.emplace(name, row.lack);
  co_return Seen{Is::no, name, std::string(row.lack)};
}

// A broker may refuse a version it does not know in the form of any other: the bytes tell.
std::string refusal(const record::Result& result) {
  for (auto& event : result.trace)
    if (event.what == record::What::received) return fmt::format("its answer to CONNECT is {}", mqtt::hex(mqtt::View(event.bytes).first(std::min<std::size_t>(event.bytes.size(), 20))));
  return why(result);
}

asio::awaitable<Seen> try_version(Stage& stage, Version version, std::vector<Seen>& limits_seen) {
  auto& target = stage.instance.target;
  const std::string name(mqtt::name(version));
  if (auto refused = target.refuses.find(version); refused != target.refuses.end()) co_return Seen{Is::no, name, refused->second};
  Errand errand("The version is admitted", version);
  admit(errand).end("A");
  record::Result result = co_await run(stage, std::move(errand));
  if (result.verdict != record::Verdict::pass) {
    const auto how = refusal(result);
    target.refuses[version] = fmt::format("it does not admit MQTT {}: {}", name, how);
    co_return Seen{Is::no, name, how};
  }
  if (version == Version::v5_0) limits_seen = announced(result, target);
  co_return Seen{Is::yes, name, "its CONNACK admits a client"};
}

// What no exchange can show is the profile's word.
Seen by_profile(const std::string& ability, const Target& target) {
  if (auto lack = target.lacks.find(ability); lack != target.lacks.end()) return {Is::no, ability, lack->second};
  return {Is::yes, ability, "its profile does not say otherwise"};
}

}  // namespace

asio::awaitable<std::string> probe_alive(Stage& stage, int clients) {
  auto& target = stage.instance.target;
  auto version = target.versions.empty() ? Version::v3_1_1 : target.versions.back();
  for (int i = 0; i < clients; ++i) {
    Errand errand("A new client is served", version);
    admit(errand).send("A", "PINGREQ").expect("A", "PINGRESP");
    if (target.delivers) own_message(errand);
    errand.end("A");
    record::Result result = co_await run(stage, std::move(errand));
    if (result.verdict != record::Verdict::pass) co_return unserved(result);
  }
  co_return std::string();
}

asio::awaitable<Look> probe_abilities(Stage& stage) {
  auto& target = stage.instance.target;
  Look look;
  target.versions.clear();
  for (auto version : mqtt::all_versions) {
    Seen seen = co_await try_version(stage, version, look.limits);
    if (seen.is == Is::yes) target.versions.push_back(version);
    look.versions.push_back(std::move(seen));
  }
  if (target.versions.empty()) co_return look;
  Errand delivery("A client receives its own message", target.versions.back());
  own_message(admit(delivery));
  delivery.end("A");
  record::Result delivered = co_await run(stage, std::move(delivery));
  target.delivers = delivered.verdict == record::Verdict::pass;
  if (!target.account) target.lacks.try_emplace("auth", "no account is known for this broker: give one in the URL");
  for (auto& ability : scenario::abilities()) {
    auto row = std::find_if(std::begin(rows), std::end(rows), [&](auto& each) { return each.ability == ability.name; });
    if (row == std::end(rows)) {
      look.abilities.push_back(by_profile(std::string(ability.name), target));
      continue;
    }
    if (row->only && target.refuses.contains(*row->only)) continue;   // nothing of that version is played
    Seen seen = co_await try_out(*row, stage, target.versions.back());
    look.abilities.push_back(std::move(seen));
  }
  co_return look;
}

}  // namespace engine
