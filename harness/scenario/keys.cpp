#include "harness/scenario/keys.h"

#include <algorithm>

#include "harness/scenario/duration.h"

namespace scenario {
namespace {

constexpr Key file_table[] = {
  {"title", Shape::text, "one sentence that says what a right broker does", true},
  {"about", Shape::text, "why, or what the standard leaves open"},
  {"versions", Shape::versions, "the versions it is played in; without it all three"},
  {"tags", Shape::texts, "free words to filter by"},
  {"needs", Shape::abilities, "abilities the broker must have; a broker that lacks one gets skip"},
  {"setup", Shape::text, "a broker of its own, configured in this way"},
  {"transport", Shape::text, "\"ws\": it is about WebSocket, and played over one"},
  {"alone", Shape::flag, "nobody else may use the broker meanwhile"},
  {"phases", Shape::phases, "play the case several times, the starts spread evenly over some time"},
  {"for", Shape::rows, "a table: each row is a case of its own"},
  {"by", Shape::rows, "a second table: each row of `for` is played with each of its rows"},
  {"steps", Shape::steps, "what happens, in order", true},
};
constexpr Key row_table[] = {
  {"name", Shape::text, "the name of this case", true},
  {"versions", Shape::versions, "fewer versions than the file's"},
  {"needs", Shape::abilities, "abilities that this case needs beside the file's"},
};
constexpr Key phases_table[] = {
  {"times", Shape::number, "how often", true},
  {"over", Shape::duration, "the time the starts are spread over", true},
};
constexpr Key as{"as", Shape::text, "in a step with records: what this answer is called"};
constexpr Key alternative_table[] = {
  {"packet", Shape::pattern, "the next packet matches"},
  {"closed", Shape::yes, "the broker ends the connection"},
  {"nothing", Shape::yes, "the broker sends nothing and leaves the connection open"},
  {"websocket", Shape::websocket, "a frame of the WebSocket, or the answer to its handshake, matches"},
  {"reason_code", Shape::codes, "with closed: which code it may give when it gives one"},
  as,
};
constexpr Key websocket_table[] = {
  {"answer", Shape::fields, "to the handshake of `open` with subprotocols: status, subprotocol"},
  {"close", Shape::fields, "a close frame: code"},
  {"ping", Shape::fields, "a ping: payload"},
  {"pong", Shape::fields, "a pong: payload"},
};

constexpr Key checks{"checks", Shape::checks, "the statements that are broken when this step does not hold"};
constexpr Key records{"records", Shape::records, "the behaviours that this step asks about; whatever comes is the answer, without a verdict"};
constexpr Key within{"within", Shape::duration, "patience; without it the broker's profile decides"};
constexpr Key not_before{"not_before", Shape::duration, "it must not come earlier, measured from the end of the step before"};
constexpr Key skipping{"skipping", Shape::types, "packets of these types are passed over"};
constexpr Key mqtt_key{"mqtt", Shape::version, "this client speaks another version than the case"};
constexpr Key listener{"listener", Shape::text, "another listener of the broker's profile"};
constexpr Key certificate{"certificate", Shape::certificate, "what the client shows at the listener 'certificates'; a TLS handshake that fails can be expected as `closed`"};
constexpr Key properties{"properties", Shape::fields, "properties by name (5.0)"};

constexpr Key open_keys[] = {
  mqtt_key, listener, certificate,
  {"beside", Shape::yes, "the client's connection of before, if any, stays open, and nobody speaks on it any more"},
  {"subprotocols", Shape::texts, "of a WebSocket, to be offered instead of mqtt; whatever the answer, it can be expected"},
  {"within", Shape::duration, "the connection stands by then; `connect` gives its own `within` to both"},
};
constexpr Key send_keys[] = {
  {"packet", Shape::packet, "one packet"},
  {"packets", Shape::packets, "several packets in one write"},
  {"raw", Shape::text, "bytes in the raw notation"},
  {"instead", Shape::instead, "field paths of the packet, and the bytes (raw notation) written in their place"},
  {"split", Shape::split, "sizes of the first writes, or \"bytes\": one byte at a time"},
  {"websocket", Shape::frame, "what kind of frame each write goes out in, instead of a binary one"},
};
constexpr Key got{"got", Shape::client, "of several clients: what the one it came to is called from then on"};
constexpr Key other{"other", Shape::client, "of two clients: what the other one is called from then on"};
constexpr Key expect_keys[] = {
  {"packet", Shape::pattern, "the next packet matches"},
  {"any_order", Shape::patterns, "the next packets are these, in any order"},
  {"any_of", Shape::alternatives, "one of these"},
  {"closed", Shape::yes, "the broker ends the connection"},
  {"nothing", Shape::yes, "the broker sends nothing and leaves the connection open"},
  {"websocket", Shape::websocket, "a frame of the WebSocket, or the answer to its handshake, matches"},
  {"reason_code", Shape::codes, "with closed: which code the broker may give when it gives one"},
  within, not_before, skipping, got, other,
  {"quietly", Shape::flag, "the harness sends no PINGREQ of its own meanwhile"},
  as, checks, records,
};
constexpr Key connect_keys[] = {
  {"clean_start", Shape::any, "Clean Start; Clean Session in 3.1 and 3.1.1"},
  {"keep_alive", Shape::any, "seconds; 0: off"},
  {"client_id", Shape::any, "without it the client's unique identifier"},
  {"username", Shape::any, "null: none; without it the account given for the broker"},
  {"password", Shape::any, "null: none; without it the account given for the broker"},
  {"will", Shape::any, "the will: topic, payload, qos, retain, properties"},
  properties,
  {"session_present", Shape::any, "demanded of the CONNACK"},
  {"connack", Shape::fields, "more fields demanded of the CONNACK"},
  {"after", Shape::way, "the client's connection of before ends in this way first"},
  mqtt_key, listener, certificate, skipping, within, checks,
};
constexpr Key cut_keys[] = {{"by", Shape::way, "how", true}};
constexpr Key subscribe_keys[] = {
  {"to", Shape::filters, "a filter, or a list of filters as in SUBSCRIBE", true},
  {"qos", Shape::qos, "requested for every filter that does not say its own"},
  {"no_local", Shape::any, "5.0"},
  {"retain_as_published", Shape::any, "5.0"},
  {"retain_handling", Shape::any, "5.0"},
  properties, skipping, within, checks,
};
constexpr Key unsubscribe_keys[] = {
  {"from", Shape::filters, "a filter, or a list of filters", true},
  properties, skipping, within, checks,
};
constexpr Key publish_keys[] = {
  {"topic", Shape::any, "the topic name", true},
  {"payload", Shape::any, "without it empty"},
  {"qos", Shape::qos, "without it 0"},
  {"retain", Shape::any, "without it false"},
  {"dup", Shape::any, "without it false"},
  properties, skipping, within, checks,
};
constexpr Key receive_keys[] = {
  {"topic", Shape::any, "pattern of the topic", true},
  {"payload", Shape::any, "pattern of the payload"},
  {"qos", Shape::qos, "without it 0"},
  {"retain", Shape::any, "pattern of the flag"},
  {"dup", Shape::any, "pattern of the flag"},
  {"properties", Shape::fields, "patterns of properties (5.0)"},
  {frame_key, Shape::fields, "patterns of the packet as it was written"},
  got, other, skipping, within, not_before, checks,
};
constexpr Key repeat_keys[] = {
  {"from", Shape::number, "what ${i} begins with; without it 1"},
  {"steps", Shape::steps, "what is repeated", true},
};
constexpr Key stream_keys[] = {
  {"to", Shape::client, "who gets them, and must be subscribed", true},
  {"topic", Shape::text, "the topic name", true},
  {"qos", Shape::qos, "0 or 1; without it 0"},
  {"messages", Shape::number, "how many", true},
  {"size", Shape::number, "of each payload, in bytes; without it only its number"},
  {"until", Shape::round, "fewer are enough: until a little after the broker's packet identifiers have come round"},
  as, checks, records,
};
constexpr Key ping_keys[] = {skipping, within, checks};
constexpr Key disconnect_keys[] = {{"reason_code", Shape::any, "without it 0 (5.0)"}, properties};

constexpr Word word_table[] = {
  {"open", Shape::client, false, "open a network connection", open_keys},
  {"send", Shape::client, false, "send bytes", send_keys},
  {"expect", Shape::clients, false, "what the broker does next on this client's connection", expect_keys},
  {"close", Shape::client, false, "end the connection in an orderly way, without DISCONNECT", {}},
  {"drop", Shape::client, false, "reset the connection", {}},
  {"wait", Shape::duration, false, "let time pass", {}},
  {"stop_reading", Shape::client, false, "read no more from this client's connection", {}},
  {"read_on", Shape::client, false, "read from it again", {}},
  {"stream", Shape::client, false, "publish many messages to another client, which gets and acknowledges each", stream_keys},
  {"broker", Shape::act, false, "stop, start, kill or restart the broker", {}},
  {"repeat", Shape::times, false, "play some steps so often, ${i} counting", repeat_keys},
  {"connect", Shape::client, true, "open, send CONNECT, expect CONNACK", connect_keys},
  {"subscribe", Shape::client, true, "send SUBSCRIBE, expect SUBACK", subscribe_keys},
  {"unsubscribe", Shape::client, true, "send UNSUBSCRIBE, expect UNSUBACK", unsubscribe_keys},
  {"publish", Shape::client, true, "send PUBLISH, expect its acknowledgements", publish_keys},
  {"receive", Shape::clients, true, "expect PUBLISH, acknowledge it to the end", receive_keys},
  {"ping", Shape::client, true, "send PINGREQ, expect PINGRESP", ping_keys},
  {"cut", Shape::client, true, "end the connection in one of several ways", cut_keys},
  {"disconnect", Shape::client, true, "send DISCONNECT, end the connection and read it to its end", disconnect_keys},
};

template <typename Row> std::vector<std::string> names_in_table(std::span<const Row> rows) {
  std::vector<std::string> names;
  for (auto& row : rows) names.emplace_back(row.name);
  return names;
}

bool all(const Json& list, bool (*good)(const Json&)) { return list.is_array() && std::all_of(list.begin(), list.end(), good); }
bool is_text(const Json& value) { return value.is_string(); }
bool is_packet(const Json& value) { return value.is_string() || (value.is_object() && value.size() == 1); }
bool is_one_of(const Json& value, std::span<const std::string_view> names) {
  return value.is_string() && std::find(names.begin(), names.end(), value.get_ref<const std::string&>()) != names.end();
}
bool is_count(const Json& value) { return value.is_number_integer() && value >= 1; }

}  // namespace

std::span<const Word> words() { return word_table; }
std::span<const Key> file_keys() { return file_table; }
std::span<const Key> row_keys() { return row_table; }
std::span<const Key> alternative_keys() { return alternative_table; }
std::span<const Key> phases_keys() { return phases_table; }
std::span<const Key> websocket_keys() { return websocket_table; }

const Word* word_named(std::string_view name) {
  for (auto& word : word_table)
    if (word.name == name) return &word;
  return nullptr;
}

const Key* key_named(std::span<const Key> keys, std::string_view name) {
  for (auto& key : keys)
    if (key.name == name) return &key;
  return nullptr;
}

std::vector<std::string> names_of(std::span<const Key> keys) { return names_in_table(keys); }
std::vector<std::string> names_of(std::span<const Word> some) { return names_in_table(some); }

std::string_view in_words(Shape shape) {
  switch (shape) {
    case Shape::any: return "anything";
    case Shape::client: return "a client's name: a letter, then up to seven letters or digits";
    case Shape::clients: return "a client's name, or a list of at least two";
    case Shape::text: return "a text";
    case Shape::way: return "\"fin\", \"reset\", \"disconnect\", \"keep_alive\" or \"takeover\"";
    case Shape::round: return "\"identifiers come round\"";
    case Shape::certificate: return "\"client\", \"expired\", \"unknown\" or \"none\"";
    case Shape::yes: return "true";
    case Shape::flag: return "true or false";
    case Shape::number: return "a whole number from 1 upwards";
    case Shape::times: return "a whole number from 1 to 1000";
    case Shape::qos: return "0, 1 or 2";
    case Shape::duration: return "a duration such as \"500ms\", \"2s\" or \"1.5s\"";
    case Shape::version: return "\"3.1\", \"3.1.1\" or \"5.0\"";
    case Shape::versions: return "a list out of \"3.1\", \"3.1.1\" and \"5.0\"";
    case Shape::act: return "\"stop\", \"start\", \"kill\" or \"restart\"";
    case Shape::texts: return "a list of texts";
    case Shape::abilities: return "a list of abilities";
    case Shape::checks: return "a list of statements such as \"3.1.1:MQTT-3.1.0-2\"";
    case Shape::records: return "a list of behaviours such as \"X-07\"";
    case Shape::packet:
    case Shape::pattern: return "a packet's name, or an object with that name over its fields";
    case Shape::packets: return "a list of packets";
    case Shape::patterns: return "a list of packets, or of lists of packets that keep their order";
    case Shape::codes: return "a reason code or a matcher";
    case Shape::frame: return "\"text\", \"unmasked\", \"fragments\", \"first\", \"last\", \"reserved\", \"ping\", \"pong\" or \"close\"";
    case Shape::websocket: return "an object with one of \"answer\", \"close\", \"ping\" and \"pong\"";
    case Shape::alternatives: return "a list of {\"packet\": ...}, {\"closed\": true} and {\"nothing\": true}";
    case Shape::fields: return "an object of fields";
    case Shape::instead: return "an object of field paths and texts in the raw notation";
    case Shape::split: return "a list of sizes from 1 upwards, or \"bytes\"";
    case Shape::types: return "a list of packets' names";
    case Shape::filters: return "a filter, or a list of filters";
    case Shape::phases: return "an object such as {\"times\": 6, \"over\": \"6s\"}";
    case Shape::rows: return "a list of rows, each with a name and variables, or the name of a table";
    case Shape::steps: return "a list of steps";
  }
  return "";
}

bool has_shape(const Json& value, Shape shape) {
  switch (shape) {
    case Shape::any: return true;
    case Shape::client: return value.is_string() && is_client_name(value.get_ref<const std::string&>());
    case Shape::clients: return has_shape(value, Shape::client) || (value.size() > 1 && all(value, [](const Json& each) { return has_shape(each, Shape::client); }));
    case Shape::text: return value.is_string();
    case Shape::way: return is_one_of(value, ways);
    case Shape::round: return value == come_round;
    case Shape::certificate: return is_one_of(value, certificates);
    case Shape::yes: return value == true;
    case Shape::flag: return value.is_boolean();
    case Shape::number: return is_count(value);
    case Shape::times: return is_count(value) && value <= most_repeats;
    case Shape::qos: return value.is_number_integer() && value >= 0 && value <= 2;
    case Shape::duration: return value.is_string() && duration_of(value.get_ref<const std::string&>());
    case Shape::version: return value.is_string() && mqtt::version_named(value.get_ref<const std::string&>());
    case Shape::versions: return all(value, [](const Json& each) { return has_shape(each, Shape::version); }) && !value.empty();
    case Shape::act: return value.is_string() && std::find(std::begin(acts), std::end(acts), value.get_ref<const std::string&>()) != std::end(acts);
    case Shape::texts:
    case Shape::abilities:
    case Shape::types: return all(value, is_text);
    case Shape::checks:
    case Shape::records: return all(value, is_text) && !value.empty();
    case Shape::packet:
    case Shape::pattern: return is_packet(value);
    case Shape::packets: return all(value, is_packet) && !value.empty();
    case Shape::patterns: return all(value, [](const Json& each) { return is_packet(each) || has_shape(each, Shape::packets); }) && !value.empty();
    case Shape::codes: return value.is_number_integer() || value.is_string() || value.is_object();
    case Shape::alternatives: return all(value, [](const Json& each) { return each.is_object(); }) && !value.empty();
    case Shape::fields: return value.is_object() || value.is_array();
    case Shape::instead: return value.is_object() && !value.empty() && std::all_of(value.begin(), value.end(), is_text);
    case Shape::split: return value == "bytes" || (all(value, is_count) && !value.empty());
    case Shape::frame: return is_one_of(value, frames);
    case Shape::websocket: return value.is_object() && value.size() == 1 && key_named(websocket_table, value.begin().key()) && value.begin()->is_object();
    case Shape::filters: return value.is_string() || value.is_object() || (value.is_array() && !value.empty());
    case Shape::phases: return value.is_object();
    case Shape::rows: return value.is_string() || has_shape(value, Shape::steps);
    case Shape::steps: return all(value, [](const Json& each) { return each.is_object(); });
  }
  return false;
}

bool is_client_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= 8 && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

bool is_variable_name(std::string_view name) {
  auto first = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && first(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) { return first(c) || (c >= '0' && c <= '9'); });
}

bool is_reserved(std::string_view name) { return name == "T" || name == counter || name == "username" || name == "password"; }

bool is_one_variable(const Json& value) {
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  return text.size() > 3 && text.starts_with("${") && text.find('}') == text.size() - 1;
}

}  // namespace scenario
