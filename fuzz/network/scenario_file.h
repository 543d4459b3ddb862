#pragma once
// A finding as files that others can use: a scenario that `mqttspec run` replays, and bytes that nc can send.
#include "fuzz/network/court.h"
#include "harness/spec/catalogue.h"

namespace network {

// The scenario's text; what it checks follows from the verdict. Throws std::runtime_error where the loader would complain.
// `apart`: each packet is a step, to be read; together: what the session wrote at once is written at once, where that matters.
enum class Writes { apart, together };
std::string scenario_text(const Charge& charge, std::optional<engine::Account> account, const spec::Catalogue& catalogue, Writes writes = Writes::apart);

// Hex of all that one client sends, a packet a line: xxd -r -p FILE | nc HOST PORT. One text a client, in the scenario's order.
std::vector<std::string> hex_dumps(const Charge& charge);

// "unsound-publish-utf8-5.0"; where nothing is wrong with a packet itself, the last one that was sent but PINGREQ stands for it: "died-subscribe-5.0".
std::string file_name(const Charge& charge);

}  // namespace network
