#include "harness/scenario/words.h"

#include <fmt/format.h>

namespace scenario {
namespace {

using Pointers = std::initializer_list<std::string_view>;

void copy(const Json& from, Json& to, Pointers keys) {
  for (auto key : keys)
    if (auto found = from.find(key); found != from.end()) to[std::string(key)] = *found;
}

struct Flow {
  const Json& step;
  std::string word, client;
  mqtt::Version version;
  Counters& counters;
  std::vector<Spelled> result = {};

  bool five() const { return version == mqtt::Version::v5_0; }
  int next_packet_id() { return ++counters.packet_ids[client]; }

  void send(const std::string& packet, Json fields, Origin origin = {}) {
    origin.emplace_back("/packet/" + packet, "");
    result.push_back({{{"send", client}, {"packet", {{packet, std::move(fields)}}}}, std::move(origin)});
  }
  void expect(const std::string& packet, Json fields, std::string origin = "") {
    Json made = {{"expect", client}, {"packet", {{packet, std::move(fields)}}}};
    copy(step, made, {"skipping"});
    result.push_back({std::move(made), {{"/packet/" + packet, std::move(origin)}}});
  }
  // What the author's checks speak of.
  void expect_point(const std::string& packet, Json fields, std::string origin = "") {
    expect(packet, std::move(fields), std::move(origin));
    copy(step, result.back().step, {"checks", "within", "not_before"});
  }
  // An acknowledgement that is no refusal: in 5.0 "No matching subscribers" and the like are as good as "Success".
  Json acknowledged(const Json& packet_id, int also = 0) const {
    Json fields = {{"packet_id", packet_id}};
    if (five()) fields["reason_code"] = also ? Json{{"$one_of", {0, also}}} : Json(0);
    return fields;
  }
};

void say_goodbye(Flow& flow, Json fields) {
  flow.send("DISCONNECT", std::move(fields));
  flow.result.push_back({{{"end", flow.client}}, {}});
}

// Ends the connection in one of `ways` (keys.h). A take-over is the doing of the next CONNECT, so that nothing comes before it.
void leave(Flow& flow, const std::string& way) {
  if (way == "fin") flow.result.push_back({{{"close", flow.client}}, {}});
  if (way == "reset") flow.result.push_back({{{"drop", flow.client}}, {}});
  if (way == "disconnect") say_goodbye(flow, Json::object());
  if (way == "keep_alive")
    flow.result.push_back({{{"expect", flow.client}, {"closed", true}, {"quietly", true}, {"within", "20s"},
                            {"skipping", {"PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK", "PINGRESP"}}}, {}});
}

void connect(Flow& flow) {
  auto way = flow.step.value("after", std::string());
  leave(flow, way);
  Json open = {{"open", flow.client}};
  if (way == "takeover") open["takes_over"] = true;
  copy(flow.step, open, {"mqtt", "listener", "certificate", "within"});
  flow.result.push_back({std::move(open), {}});
  Json fields = Json::object();
  if (flow.counters.silenced.contains(flow.client)) fields["keep_alive"] = short_keep_alive;
  copy(flow.step, fields, {"clean_start", "keep_alive", "client_id", "username", "password", "will", "properties"});
  flow.send("CONNECT", std::move(fields));
  Json connack = {{"reason_code", 0}};
  copy(flow.step, connack, {"session_present"});
  if (auto more = flow.step.find("connack"); more != flow.step.end() && more->is_object()) connack.update(*more);
  flow.expect_point("CONNACK", std::move(connack), "/connack");
}

Json listed(const Json& filters) { return filters.is_array() ? filters : Json::array({filters}); }

Origin origin_of_filters(const Json& given, const std::string& packet, const std::string& key) {
  return {{"/packet/" + packet + "/filters" + (given.is_array() ? "" : "/0"), "/" + key}};
}

void subscribe(Flow& flow) {
  Json filters = Json::array(), granted = Json::array();
  for (auto& given : listed(flow.step["to"])) {
    Json filter = given.is_object() && given.contains("filter") ? given : Json{{"filter", given}};
    for (auto option : {"qos", "no_local", "retain_as_published", "retain_handling"})
      if (!filter.contains(option)) copy(flow.step, filter, {option});
    granted.push_back(filter.value("qos", Json(0)));
    filters.push_back(std::move(filter));
  }
  Json fields = {{"packet_id", flow.next_packet_id()}, {"filters", std::move(filters)}};
  Json suback = {{"packet_id", fields["packet_id"]}, {"reason_codes", std::move(granted)}};
  copy(flow.step, fields, {"properties"});
  flow.send("SUBSCRIBE", std::move(fields), origin_of_filters(flow.step["to"], "SUBSCRIBE", "to"));
  flow.expect_point("SUBACK", std::move(suback));
}

void unsubscribe(Flow& flow) {
  Json filters = listed(flow.step["from"]);
  Json unsuback = {{"packet_id", flow.next_packet_id()}};
  if (flow.five()) unsuback["reason_codes"] = Json(filters.size(), Json{{"$one_of", {0, 0x11}}});
  Json fields = {{"packet_id", unsuback["packet_id"]}, {"filters", std::move(filters)}};
  copy(flow.step, fields, {"properties"});
  flow.send("UNSUBSCRIBE", std::move(fields), origin_of_filters(flow.step["from"], "UNSUBSCRIBE", "from"));
  flow.expect_point("UNSUBACK", std::move(unsuback));
}

void publish(Flow& flow) {
  constexpr int no_matching_subscribers = 0x10;
  int qos = flow.step.value("qos", 0);
  Json fields = Json::object();
  copy(flow.step, fields, {"topic", "payload", "qos", "retain", "dup", "properties"});
  if (qos > 0) fields["packet_id"] = flow.next_packet_id();
  Json id = qos > 0 ? fields["packet_id"] : Json();
  flow.send("PUBLISH", std::move(fields));
  if (qos == 1) flow.expect_point("PUBACK", flow.acknowledged(id, no_matching_subscribers));
  if (qos != 2) return;
  flow.expect("PUBREC", flow.acknowledged(id, no_matching_subscribers));
  flow.send("PUBREL", {{"packet_id", id}});
  flow.expect_point("PUBCOMP", flow.acknowledged(id));
}

void receive(Flow& flow) {
  int qos = flow.step.value("qos", 0);
  Json fields = {{"qos", qos}};
  copy(flow.step, fields, {"topic", "payload", "retain", "dup", "properties", "frame"});
  auto kept = fmt::format("receive {}", ++flow.counters.receives);
  if (qos > 0) fields["packet_id"] = {{"$save", kept}};
  flow.expect_point("PUBLISH", std::move(fields));
  copy(flow.step, flow.result.back().step, {"among", "got", "other"});
  flow.client = flow.step.value("got", flow.client);
  Json id = {{"packet_id", "${" + kept + "}"}};
  if (qos == 1) flow.send("PUBACK", id);
  if (qos != 2) return;
  flow.send("PUBREC", id);
  flow.expect("PUBREL", flow.acknowledged(id["packet_id"]));
  flow.send("PUBCOMP", id);
}

void ping(Flow& flow) {
  flow.send("PINGREQ", Json::object());
  flow.expect_point("PINGRESP", Json::object());
}

void disconnect(Flow& flow) {
  Json fields = Json::object();
  copy(flow.step, fields, {"reason_code", "properties"});
  say_goodbye(flow, std::move(fields));
}

// A take-over is a connection of the same client, with what `connect` has for defaults.
void cut(Flow& flow) {
  auto way = flow.step["by"].get<std::string>();
  if (way != "takeover") return leave(flow, way);
  flow.result.push_back({{{"open", flow.client}, {"takes_over", true}}, {}});
  flow.send("CONNECT", Json::object());
  flow.expect("CONNACK", {{"reason_code", 0}});
}

struct Spelling { std::string_view word; void (*spell)(Flow&); };
constexpr Spelling spellings[] = {
  {"connect", connect}, {"subscribe", subscribe}, {"unsubscribe", unsubscribe}, {"publish", publish},
  {"receive", receive}, {"ping", ping}, {"cut", cut}, {"disconnect", disconnect},
};

}  // namespace

std::vector<Spelled> spell_out(const Json& step, mqtt::Version version, Counters& counters) {
  for (auto& row : spellings) {
    auto subject = step.find(row.word);
    if (subject == step.end()) continue;
    Flow flow{step, std::string(row.word), subject->get<std::string>(), version, counters};
    row.spell(flow);
    for (auto& spelled : flow.result)
      for (auto plain : {"/open", "/send", "/expect", "/close", "/drop", "/end"}) spelled.origin.emplace_back(plain, "/" + flow.word);
    return std::move(flow.result);
  }
  return {};
}

bool is_flow_word(const std::string& word) {
  for (auto& row : spellings)
    if (row.word == word) return true;
  return false;
}

}  // namespace scenario
