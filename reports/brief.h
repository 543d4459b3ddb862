#pragma once
// A case that simply passed, told in plain lines of text: there are thousands, and nearly all stay closed. The page takes the lines as they are; its
// script makes elements of them when the case is opened.
#include "reports/packets.h"

namespace reports {

// The packet in one line: parts with " · " between them, like "PUBLISH qos=1 · topic 'a/b' · packet_id 10", and its bytes in as many groups with blanks
// between them: "3207 0003612f62 000a". Lengths and identifiers of properties have no part: their bytes belong to the part before or after them.
struct Brief { std::string parts, hex; };
Brief brief(const Packet& packet, std::size_t most_bytes, std::size_t most_text);

inline constexpr int most_brief_events = 200;   // of a case; what comes after them is counted

// A step:               "3. expect A: CONNACK with reason_code 0 (Success) · after 0.1 of 5,000 ms, line 12"
// on the wire:          " 1.038 A → PUBLISH qos=1 · topic 'a/b' | 3207 0003612f62"; a "~" before the time: the harness's own PINGREQ or its answer
// of the same write:    "  + DISCONNECT | e000"
// of the line above:    "  ! Sent with a fault on purpose, at byte 2: ..."
// Blanks at the begin are EM SPACE, which stands without a style too. Lines of `home`, the file of the case, are told without its name.
std::vector<std::string> brief_story(const record::Result& result, const std::vector<Moment>& moments, std::string_view home);

}  // namespace reports
