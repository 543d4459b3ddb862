#pragma once
// A scenario as the engine plays it: data that remembers its file, line and column.
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/mqtt/packet.h"

namespace scenario {

using Json = nlohmann::json;
using Milliseconds = std::chrono::milliseconds;

struct Place {
  std::string file;
  int line = 1, column = 1;                   // from 1
};
std::string to_string(const Place& place);    // "scenarios/connect/x.json:6:5"

// The actions. Texts and JSON may still hold ${A}, ${T}, ${username}, ${password} and captures; rows, $version and reason code names are resolved.
struct Open {
  std::string client;
  std::optional<mqtt::Version> version;
  std::string listener;
  bool takes_over = false;                    // the client's connection of before may still stand
  std::string certificate = {};               // one of keys.h's `certificates`: what it shows; given: a handshake that fails is an end to expect
  std::optional<std::vector<std::string>> subprotocols = {};   // offered; given: the answer to the handshake is something to expect
  std::optional<Milliseconds> within = {};    // the connection, TLS and WebSocket included, stands by then
};
struct Send {
  std::string client;
  std::vector<Json> packets;                  // one write; or
  std::string raw;                            // in the raw notation
  std::map<std::string, std::string> instead; // field path -> raw notation; only with one packet
  std::vector<std::size_t> split;             // sizes of the first writes, bytes
  bool byte_by_byte = false;
  std::string frame;                          // of a WebSocket: one of keys.h's `frames`; empty: a binary one for each write
};
struct Alternative {
  enum class Kind { packet, closed, nothing, websocket } kind = Kind::packet;
  Json pattern;                               // packet: {"PUBLISH": {...}}; closed: pattern of the reason code, or null; websocket: {"close": {...}}
  std::string as = {};                        // the answer that this is to a step with `records`: "one copy per filter"
};
struct Expect {
  std::string client;
  std::vector<std::string> among;             // not empty: one of these clients, `client` is the first of them; then only packets
  std::string got, other;                     // names that the client it came to, and of two the other one, have from then on
  std::vector<Alternative> any_of;            // one of these; or
  std::vector<std::vector<Json>> any_order;   // all of these packets; those of one list in its order
  std::optional<Milliseconds> within, not_before;
  std::vector<mqtt::Type> skipping;
  bool quietly = false;
};
struct Close { std::string client; };         // FIN
struct Drop { std::string client; };          // RST
struct End { std::string client; };           // FIN, then read to the end: how `disconnect` leaves
struct Wait { Milliseconds time; };
struct Reads { std::string client; bool on; }; // off: what the broker sends stays in the network
struct Stream {                               // messages from one client to another, numbered, a few of them open at once
  std::string from, to;
  std::string topic;
  int qos = 0;                                // 0 or 1
  int messages = 0;
  std::size_t size = 0;                       // of each payload, bytes; 0: as its number needs
  std::string as = {};                        // the answer that success is to a step with `records`
  bool round = false;                         // a little after the broker's packet identifiers have come round they are enough
};
struct Control { enum class Act { stop, start, kill, restart } act; };

using Action = std::variant<Open, Send, Expect, Close, Drop, End, Wait, Reads, Stream, Control>;

// Is this one of the answers that the step foresees by name (`as`)?
bool names_answer(const Action& action, const std::string& answer);

struct Step {
  Place place;
  std::string text;                           // the flow word or step in one line for reports: "expect A: closed"
  Action action;
  std::vector<std::string> checks;            // statements of the case's version only: "3.1.1:MQTT-3.1.0-2"
  std::vector<std::string> records = {};      // behaviours: "X-07"; whatever comes is the answer. Never beside `checks`
  std::vector<std::string> uses = {};         // variables, those that earlier steps learn among them
};

struct Phases { int times = 1; Milliseconds over{0}; };

// One row of one scenario in one version, ready to be played.
struct Case {
  std::string scenario;                       // "connect/second-connect"
  std::string name;                           // of the row; empty without `for`
  std::string title;
  std::string file;
  mqtt::Version version = mqtt::Version::v5_0;
  std::vector<std::string> tags, needs;
  std::string setup;                          // how a broker of its own is to be configured; empty: as it comes
  std::string transport;                      // "ws": it is about WebSocket; empty: it is played over whatever there is
  bool alone = false;
  Phases phases;
  std::vector<std::string> clients;           // names, in order of appearance
  std::vector<Step> steps;
};
std::string full_name(const Case& one);       // as record::full_name

}  // namespace scenario
