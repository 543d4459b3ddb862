#include "harness/cli/doors.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/mqtt/framer.h"

namespace cli {
namespace {

using reference::Rule;
using Offered = std::vector<std::string>;

std::optional<std::string> choose(const reference::Rules& rules, const Offered& offered) {
  bool found = std::find(offered.begin(), offered.end(), "mqtt") != offered.end();
  if (!rules.keeps(Rule::subprotocol_from_the_offer)) return "mqtt";
  if (!rules.keeps(Rule::subprotocol_is_mqtt) && !offered.empty()) return offered.front();
  if (!rules.keeps(Rule::subprotocol_found_in_a_list)) found = found && offered.front() == "mqtt";
  if (!found) return std::nullopt;
  if (!rules.keeps(Rule::subprotocol_alone)) return fmt::format("{}", fmt::join(offered, ", "));
  return rules.keeps(Rule::subprotocol_returned) ? "mqtt" : "";
}

// The whole packets that a frame holds from its begin, at most so many.
std::string packets_of(const std::string& payload, std::size_t most) {
  mqtt::Framer framer;
  framer.feed(mqtt::bytes_of(payload));
  std::string whole;
  for (std::size_t i = 0; i < most; ++i) {
    auto packet = framer.next();
    if (!packet) break;
    whole.append(packet->begin(), packet->end());
  }
  return whole;
}

std::string taken(const reference::Rules& rules, const net::Frame& frame) {
  if (frame.opcode == net::Opcode::continuation && !rules.keeps(Rule::fragments_are_joined)) return "";
  if (!rules.keeps(Rule::frames_cut_packets)) return packets_of(frame.payload, frame.payload.size());
  if (!rules.keeps(Rule::frames_join_packets)) return packets_of(frame.payload, 1);
  return frame.payload;
}

}  // namespace

net::Manners manners(const reference::Rules& rules) {
  net::Manners made;
  made.choose = [rules](const Offered& offered) { return choose(rules, offered); };
  made.taken = [rules](const net::Frame& frame) { return taken(rules, frame); };
  made.refuses_text = rules.keeps(Rule::text_frame_closes);
  made.sends_binary = rules.keeps(Rule::sends_binary_frames);
  made.refuses_unmasked = rules.keeps(Rule::unmasked_frame_closes);
  made.refuses_reserved = rules.keeps(Rule::unknown_opcode_closes);
  made.answers_ping = rules.keeps(Rule::websocket_ping_answered);
  made.repeats_ping = rules.keeps(Rule::pong_repeats_the_ping);
  made.answers_close = rules.keeps(Rule::close_frame_answered);
  made.control_between_fragments = rules.keeps(Rule::control_frames_between_fragments);
  return made;
}

bool welcome(const reference::Rules& rules, std::string_view certificate) {
  if (certificate == "none") return !rules.keeps(Rule::certificate_demanded);
  if (certificate == "expired") return !rules.keeps(Rule::expired_certificate_refused);
  if (certificate == "unknown") return !rules.keeps(Rule::unknown_authority_refused);
  return rules.keeps(Rule::certificate_admitted);
}

}  // namespace cli
