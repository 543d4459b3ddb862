#include "harness/scenario/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/reason.h"
#include "harness/scenario/duration.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/matchers.h"

namespace scenario {
namespace {

std::vector<std::string> tokens_of(const std::string& pointer) {
  std::vector<std::string> tokens;
  for (std::size_t from = 1; from <= pointer.size();) {
    auto slash = std::min(pointer.find('/', from), pointer.size());
    tokens.push_back(pointer.substr(from, slash - from));
    from = slash + 1;
  }
  return tokens;
}

bool is_index(const std::string& token) { return !token.empty() && token.find_first_not_of("0123456789") == token.npos; }

// "/PUBLISH/properties/user_property/1" is "user_property[1]".
std::string field_name(const std::string& pointer) {
  std::string name;
  bool first = true;
  for (auto& token : tokens_of(pointer)) {
    bool packet = first && mqtt::type_named(token);
    first = false;
    if (packet || token == "properties") continue;
    if (is_index(token)) name += "[" + token + "]";
    else name += (name.empty() ? "" : ".") + token;
  }
  return name;
}

// The packet that a reason code at this pointer belongs to; none: it is no reason code.
std::optional<mqtt::Type> reason_of(const std::string& pointer) {
  auto tokens = tokens_of(pointer);
  if (tokens.size() < 2 || (tokens[1] != "reason_code" && tokens[1] != "reason_codes")) return {};
  return mqtt::type_named(tokens[0]);
}

std::string quoted(const std::string& text) {
  constexpr std::size_t longest = 60;
  auto cut = text.size() <= longest ? text : text.substr(0, longest);
  auto inner = Json(cut).dump(-1, ' ', false, Json::error_handler_t::ignore);
  auto said = "'" + inner.substr(1, inner.size() - 2) + "'";
  return text.size() <= longest ? said : fmt::format("{}... ({} bytes)", said, text.size());
}

std::string code_words(int code, mqtt::Type type) {
  auto byte = static_cast<std::uint8_t>(code);
  auto name = mqtt::reason_name(byte, type, mqtt::Version::v5_0);
  if (name.empty()) name = mqtt::reason_name(byte, type, mqtt::Version::v3_1_1);
  auto number = code >= 0x80 ? fmt::format("0x{:02x}", code) : std::to_string(code);
  return name.empty() ? number : fmt::format("{} ({})", number, name);
}

std::string value_words(const std::string& pointer, const Json& pattern);

std::string joined(const std::string& pointer, const Json& list, std::string_view between, std::string_view last) {
  std::string words;
  for (std::size_t i = 0; i < list.size(); ++i)
    words += std::string(i == 0 ? "" : i + 1 == list.size() ? last : between) + value_words(pointer, list[i]);
  return words;
}

std::string filled(std::string_view words, const std::string& pointer, const Matcher& matcher, const Json& argument) {
  std::string result;
  for (std::size_t at = 0; at < words.size();) {
    if (words[at] != '{') {
      result += words[at++];
      continue;
    }
    auto end = words.find('}', at);
    auto slot = words.substr(at + 1, end - at - 1);
    at = end + 1;
    if (slot == "field") result += field_name(pointer);
    else if (slot == "or") result += joined(pointer, argument, ", ", " or ");
    else if (slot == "and") result += joined(pointer, argument, ", ", ", ");
    else if (slot == "0" || slot == "1") result += value_words("", argument.at(slot == "1"));
    else if (matcher.argument == Argument::name) result += "${" + argument.get<std::string>() + "}";
    else if (matcher.argument == Argument::regex) result += "/" + argument.get<std::string>() + "/";
    else if (matcher.argument == Argument::raw) result += argument.get<std::string>();
    else result += value_words(matcher.argument == Argument::pattern ? pointer : "", argument);
  }
  return result;
}

// Members as phrases, in the order of the packet's fields where it is a packet.
std::string members(const std::string& pointer, const Json& object) {
  std::vector<std::string> keys;
  if (auto type = mqtt::type_named(std::string_view(pointer).substr(std::min<std::size_t>(1, pointer.size()))))
    for (auto& name : mqtt::field_names(*type))
      if (object.contains(name)) keys.push_back(name);
  for (auto& [key, member] : object.items())
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  std::string words;
  for (auto& key : keys) {
    auto one = phrase(pointer + "/" + key, object[key]);
    if (!one.empty()) words += (words.empty() ? "" : ", ") + one;
  }
  return words;
}

std::string value_words(const std::string& pointer, const Json& pattern) {
  if (auto matcher = matcher_of(pattern)) return filled(matcher->words, pointer, *matcher, pattern.begin().value());
  if (pattern.is_string()) return quoted(pattern.get<std::string>());
  if (pattern.is_null()) return "none";
  if (pattern.is_number_integer()) {
    auto type = reason_of(pointer);
    return type && pattern >= 0 && pattern <= 255 ? code_words(pattern.get<int>(), *type) : pattern.dump();
  }
  if (pattern.is_array()) return "[" + joined(pointer, pattern, ", ", ", ") + "]";
  if (pattern.is_object()) return "(" + members("", pattern) + ")";
  return pattern.dump();
}

std::string listed(const std::vector<Json>& patterns, std::string_view between = "; ") {
  std::string words;
  for (auto& pattern : patterns) words += (words.empty() ? "" : std::string(between)) + describe(pattern);
  return words;
}

std::string listed(const std::vector<std::vector<Json>>& lists) {
  std::string words;
  for (auto& list : lists) words += (words.empty() ? "" : "; ") + listed(list, ", then ");
  return words;
}

std::string words_of(const Alternative& alternative) {
  switch (alternative.kind) {
    case Alternative::Kind::packet: return describe(alternative.pattern);
    case Alternative::Kind::nothing: return "nothing";
    case Alternative::Kind::websocket: return describe_frame(alternative.pattern);
    case Alternative::Kind::closed: break;
  }
  return alternative.pattern.is_null() ? "closed" : "closed, with " + phrase("/DISCONNECT/reason_code", alternative.pattern) + " if any";
}

struct Telling {
  std::string operator()(const Open& open) const {
    auto version = open.version ? fmt::format(" in MQTT {}", mqtt::name(*open.version)) : "";
    auto listener = open.listener.empty() ? "" : fmt::format(" at the listener '{}'", open.listener);
    auto offers = open.subprotocols ? fmt::format(", a WebSocket that offers {}", open.subprotocols->empty() ? "no sub-protocol" : fmt::format("{}", fmt::join(*open.subprotocols, ", "))) : "";
    auto certificate = open.certificate.empty() ? "" : open.certificate == "none" ? ", without a certificate" : open.certificate == "client" ? ", with its certificate"
                       : open.certificate == "expired" ? ", with an expired certificate" : ", with a certificate of an unknown authority";
    return "open " + open.client + (open.takes_over ? " again" : "") + version + listener + certificate + offers;
  }
  std::string operator()(const Send& send) const {
    auto words = fmt::format("send {}: {}", send.client, send.packets.empty() ? "bytes " + send.raw : listed(send.packets));
    for (auto& [path, bytes] : send.instead) words += bytes.empty() ? fmt::format(", {} left out", path) : fmt::format(", {} replaced by {}", path, bytes);
    if (!send.frame.empty()) words += fmt::format(", WebSocket frame '{}'", send.frame);
    if (send.byte_by_byte) words += ", byte by byte";
    if (!send.split.empty()) words += fmt::format(", in writes of {} and the rest", fmt::join(send.split, ", "));
    return words;
  }
  std::string operator()(const Expect& expect) const {
    std::string words;
    for (auto& each : expect.any_of) words += (words.empty() ? "" : ", or ") + words_of(each);
    if (!expect.any_order.empty()) words = "in any order: " + listed(expect.any_order);
    if (expect.within) words += ", within " + to_words(*expect.within);
    if (expect.not_before) words += ", not before " + to_words(*expect.not_before);
    return fmt::format("expect {}: {}", expect.among.empty() ? expect.client : fmt::format("{}", fmt::join(expect.among, " or ")), words);
  }
  std::string operator()(const Close& close) const { return "close " + close.client; }
  std::string operator()(const Drop& drop) const { return "drop " + drop.client; }
  std::string operator()(const End& end) const { return fmt::format("end {}'s connection and read it to its end", end.client); }
  std::string operator()(const Wait& wait) const { return "wait " + to_words(wait.time); }
  std::string operator()(const Reads& reads) const { return reads.on ? fmt::format("read on from {}'s connection", reads.client) : fmt::format("stop reading from {}'s connection", reads.client); }
  std::string operator()(const Stream& stream) const {
    auto size = stream.size > 0 ? fmt::format(" of {} bytes", stream.size) : "";
    return fmt::format("stream from {} to {}: {} messages{} with QoS {} to '{}'{}", stream.from, stream.to, stream.messages, size, stream.qos, stream.topic, stream.round ? ", or fewer: until identifiers come round" : "");
  }
  std::string operator()(const Control& control) const { return fmt::format("{} the broker", acts[std::size_t(control.act)]); }
};

}  // namespace

std::string phrase_of_absent(const std::string& pointer) {
  auto name = field_name(pointer);
  return name.empty() ? "nothing" : "no " + name;
}

std::string phrase(const std::string& pointer, const Json& pattern) {
  auto name = field_name(pointer);
  if (auto matcher = matcher_of(pattern); matcher && !name.empty() && !matcher->words_with_field.empty())
    return filled(matcher->words_with_field, pointer, *matcher, pattern.begin().value());
  if (pointer.ends_with("/properties") && pattern.is_object() && !matcher_of(pattern)) return members(pointer, pattern);
  return name.empty() ? value_words(pointer, pattern) : name + " " + value_words(pointer, pattern);
}

std::string describe(const Json& pattern) {
  if (pattern.is_string() && mqtt::type_named(pattern.get_ref<const std::string&>())) return pattern.get<std::string>();
  if (!pattern.is_object() || pattern.size() != 1 || !mqtt::type_named(pattern.begin().key())) return value_words("", pattern);
  auto& name = pattern.begin().key();
  auto fields = pattern.begin()->is_object() ? members("/" + name, *pattern.begin()) : "";
  return fields.empty() ? name : fmt::format("{} with {}", name, fields);
}

std::string summary(const Json& packet) {
  if (!packet.is_object() || packet.size() != 1 || !packet.begin()->is_object()) return describe(packet);
  Json kept = Json::object();
  for (auto& [key, value] : packet.begin()->items())
    if (value != false && !value.is_null() && !(value.is_structured() && value.empty())) kept[key] = value;
  return describe(Json{{packet.begin().key(), kept}});
}

std::string describe_frame(const Json& frame) {
  auto fields = members("", *frame.begin());
  return fmt::format("WebSocket {}{}", frame.begin().key(), fields.empty() ? "" : " with " + fields);
}

std::string describe(const Action& action) { return std::visit(Telling{}, action); }

}  // namespace scenario
