#pragma once
// Packets as JSON, in the words of scenarios/README.md ("Packets"): what scenarios say, patterns match and records show.
#include <nlohmann/json.hpp>

#include "harness/mqtt/codec.h"

namespace mqtt {

// {"PUBLISH": {"topic": "a/b", "qos": 0, ...}}: every field the version knows is there; a property that did not come is absent;
// text or bytes that are not well-formed UTF-8 become {"$raw": "c3 28"}. Properties are an object; when one stands twice that must not,
// they are the list of one-key objects that would send them so.
nlohmann::json to_json(const Packet& packet, Version version);

struct JsonError {
  std::string pointer;  // JSON pointer from the packet's value: "/PUBLISH/topik"
  std::string text;     // "PUBLISH has no field 'topik'; did you mean 'topic'?"
};
struct FromJson {
  std::optional<Packet> packet;    // none where there are errors
  std::vector<JsonError> errors;
};
// Fields that are not given get the defaults of scenarios/README.md; CONNECT's client_id and account are the caller's to fill in before.
// A null username, password or will is one that is not sent.
FromJson packet_from_json(const nlohmann::json& value, Version version);

// The names a pattern for this packet may use, for complaints and the schema.
std::vector<std::string> packet_names();
std::vector<std::string> field_names(Type type);
std::vector<std::string> will_names();
std::vector<std::string> filter_names();   // of an item of SUBSCRIBE's filters
std::vector<std::string> property_names();

// A reason code by number (any that fits a byte), by "0x87", or by the standard's name in any case; none: no such code in this version.
std::optional<std::uint8_t> reason_code_of(const nlohmann::json& value, Version version);
std::vector<std::string> reason_code_names();

}  // namespace mqtt
