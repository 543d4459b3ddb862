#include "harness/scenario/schema.h"

#include "harness/mqtt/packet_json.h"
#include "harness/scenario/abilities.h"
#include "harness/scenario/duration.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/matchers.h"
#include "harness/scenario/tables.h"

namespace scenario {
namespace {

Json reference(std::string_view definition) { return {{"$ref", "#/definitions/" + std::string(definition)}}; }
Json list_of(Json item, int least = 0) { return {{"type", "array"}, {"items", std::move(item)}, {"minItems", least}}; }
Json text() { return {{"type", "string"}}; }
Json only(const Json& value) { return {{"enum", Json::array({value})}}; }
Json whole(int least) { return {{"type", "integer"}, {"minimum", least}}; }
Json object(Json properties) { return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}}; }

// What the value of a key may be, variables and $version aside.
Json plain(Shape shape) {
  switch (shape) {
    case Shape::any: return Json::object();
    case Shape::client: return {{"type", "string"}, {"pattern", "^[A-Za-z][A-Za-z0-9]{0,7}$"}};
    case Shape::clients: return {{"anyOf", {plain(Shape::client), list_of(plain(Shape::client), 2)}}};
    case Shape::text: return text();
    case Shape::way: return {{"enum", ways}};
    case Shape::round: return only(come_round);
    case Shape::certificate: return {{"enum", certificates}};
    case Shape::yes: return only(true);
    case Shape::flag: return {{"type", "boolean"}};
    case Shape::number: return whole(1);
    case Shape::times: return {{"type", "integer"}, {"minimum", 1}, {"maximum", most_repeats}};
    case Shape::qos: return {{"enum", {0, 1, 2}}};
    case Shape::duration: return {{"type", "string"}, {"pattern", duration_pattern}};
    case Shape::version: return {{"enum", {"3.1", "3.1.1", "5.0"}}};
    case Shape::versions: return list_of(plain(Shape::version), 1);
    case Shape::act: return {{"enum", acts}};
    case Shape::texts: return list_of(text());
    case Shape::abilities: return list_of(reference("ability"));
    case Shape::checks: return list_of({{"type", "string"}, {"pattern", "^(3\\.1|3\\.1\\.1|5\\.0):|\\$\\{"}}, 1);
    case Shape::records: return list_of({{"type", "string"}, {"pattern", "^X-[0-9]{2}$|\\$\\{"}}, 1);
    case Shape::packet:
    case Shape::pattern: return reference("packet");
    case Shape::packets: return list_of(reference("packet"), 1);
    case Shape::patterns: return list_of({{"anyOf", {reference("packet"), list_of(reference("packet"), 1)}}}, 1);
    case Shape::codes: return reference("reason_code");
    case Shape::alternatives: return list_of(reference("alternative"), 1);
    case Shape::fields: return {{"type", {"object", "array"}}};
    case Shape::instead: return {{"type", "object"}, {"additionalProperties", text()}, {"minProperties", 1}};
    case Shape::split: return {{"anyOf", {only("bytes"), list_of(whole(1), 1)}}};
    case Shape::frame: return {{"enum", frames}};
    case Shape::websocket: return reference("websocket");
    case Shape::types: return list_of(reference("packet_name"));
    case Shape::filters: return {{"type", {"string", "object", "array"}}};
    case Shape::phases: return reference("phases");
    case Shape::rows: return {{"anyOf", {list_of(reference("row"), 1), {{"enum", table_names()}}}}};
    case Shape::steps: return list_of(reference("step"), 1);
  }
  return Json::object();
}

Json anything_or(Json one) { return {{"anyOf", {std::move(one), reference("variable"), reference("by_version")}}}; }

Json keys_schema(std::span<const Key> keys, bool variables) {
  Json properties = Json::object();
  for (auto& key : keys) {
    Json one = variables && key.shape != Shape::any ? anything_or(plain(key.shape)) : plain(key.shape);
    properties[std::string(key.name)] = key.shape == Shape::any ? Json{{"description", key.meaning}} : Json{{"description", key.meaning}, {"allOf", {one}}};
  }
  return properties;
}

Json required(std::span<const Key> keys, Json first = Json::array()) {
  for (auto& key : keys)
    if (key.required) first.push_back(key.name);
  return first;
}

Json keyed(std::span<const Key> keys, bool variables = false) {
  auto schema = object(keys_schema(keys, variables));
  schema["required"] = required(keys);
  return schema;
}

// By the step's word, so that an editor complains about the step that was meant.
Json step_schema() {
  Json cases = Json::array(), any = Json::array();
  for (auto& word : words()) {
    std::string name(word.name);
    Json here = {{"required", {name}}};
    auto schema = object(keys_schema(word.keys, true));
    schema["properties"][name] = {{"description", word.meaning}, {"allOf", {anything_or(plain(word.shape))}}};
    schema["required"] = required(word.keys, {name});
    any.push_back(here);
    cases.push_back({{"if", here}, {"then", std::move(schema)}});
  }
  any.push_back({{"patternProperties", {{"^\\$\\{", Json::object()}}}, {"additionalProperties", false}, {"minProperties", 1}});   // the word is a row's variable
  return {{"type", "object"}, {"anyOf", std::move(any)}, {"allOf", std::move(cases)}};
}

Json properties_schema() {
  Json properties = Json::object();
  for (auto& name : mqtt::property_names()) properties[name] = Json::object();
  auto named = object(properties);
  for (auto& name : matcher_names()) named["properties"][name] = Json::object();
  auto single = object(properties);
  single["maxProperties"] = 1;
  return anything_or({{"anyOf", {std::move(named), list_of(anything_or(std::move(single)))}}});
}

Json fields_schema(mqtt::Type type) {
  Json fields = Json::object();
  for (auto& name : mqtt::field_names(type)) {
    if (name == "properties") fields[name] = reference("properties");
    else if (name == "reason_code") fields[name] = reference("reason_code");
    else if (name == "reason_codes") fields[name] = {{"anyOf", {list_of(reference("reason_code")), reference("matcher"), reference("variable")}}};
    else fields[name] = Json::object();
  }
  Json frame = Json::object();
  for (auto& name : frame_fields) frame[std::string(name)] = Json::object();
  fields[std::string(frame_key)] = object(std::move(frame));
  return object(std::move(fields));
}

Json packet_schema() {
  Json packets = Json::object();
  for (auto& name : mqtt::packet_names()) packets[name] = anything_or(fields_schema(*mqtt::type_named(name)));
  auto one = object(std::move(packets));
  one["minProperties"] = one["maxProperties"] = 1;
  one["patternProperties"] = {{"^\\$\\{", Json::object()}};   // a row's variable
  return anything_or({{"anyOf", {reference("packet_name"), std::move(one)}}});
}

Json argument_schema(Argument argument) {
  switch (argument) {
    case Argument::yes: return only(true);
    case Argument::number: return {{"anyOf", {{{"type", "number"}}, reference("variable"), reference("by_version")}}};
    case Argument::range: {
      auto pair = list_of(argument_schema(Argument::number), 2);
      pair["maxItems"] = 2;
      return pair;
    }
    case Argument::length: return {{"anyOf", {whole(0), reference("matcher"), reference("variable"), reference("by_version")}}};
    case Argument::regex:
    case Argument::raw: return text();
    case Argument::pattern: return Json::object();
    case Argument::patterns: return list_of(Json::object(), 1);
    case Argument::name: return {{"type", "string"}, {"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}};
  }
  return Json::object();
}

Json matcher_schema() {
  Json all = Json::object();
  for (auto& matcher : matchers())
    all[std::string(matcher.name)] = {{"description", matcher.meaning}, {"allOf", {argument_schema(matcher.argument)}}};
  auto one = object(std::move(all));
  one["minProperties"] = one["maxProperties"] = 1;
  return {{"anyOf", {std::move(one), reference("by_version")}}};
}

Json by_version_schema() {
  auto choices = object({{"3.1", Json::object()}, {"3.1.1", Json::object()}, {"5.0", Json::object()}});
  auto one = object({{std::string(by_version), std::move(choices)}});
  one["required"] = {by_version};
  return one;
}

Json reason_code_schema() {
  Json number = {{"type", "integer"}, {"minimum", 0}, {"maximum", 255}}, name = {{"enum", mqtt::reason_code_names()}};
  return {{"anyOf", {number, name, text(), reference("matcher")}}};   // any text: names count in any case
}

Json websocket_schema() {
  auto one = keyed(websocket_keys());
  one["minProperties"] = one["maxProperties"] = 1;
  return one;
}

Json ability_schema() {
  Json all = Json::array();
  for (auto& ability : abilities()) all.push_back({{"const", ability.name}, {"description", ability.meaning}});
  return {{"oneOf", std::move(all)}};
}

}  // namespace

Json schema() {
  auto row = keyed(row_keys());
  row["additionalProperties"] = true;   // variables
  auto whole_file = keyed(file_keys());
  whole_file["$schema"] = "http://json-schema.org/draft-07/schema#";
  whole_file["title"] = "A scenario of mqttspec";
  whole_file["definitions"] = {
    {"ability", ability_schema()},
    {"alternative", anything_or(keyed(alternative_keys(), true))},
    {"by_version", by_version_schema()},
    {"matcher", matcher_schema()},
    {"packet", packet_schema()},
    {"packet_name", {{"enum", mqtt::packet_names()}}},
    {"phases", keyed(phases_keys())},
    {"properties", properties_schema()},
    {"reason_code", reason_code_schema()},
    {"row", std::move(row)},
    {"step", step_schema()},
    {"websocket", websocket_schema()},
    {"variable", {{"type", "string"}, {"pattern", "^\\$\\{[^}]+\\}$"}}},
  };
  return whole_file;
}

}  // namespace scenario
