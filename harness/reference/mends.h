#pragma once
// What a broken broker makes of a packet that it should refuse, where it does not serve it as it came.
#include "harness/mqtt/packet.h"

namespace reference {

// Changes the packet, which is then served. False: the packet is ignored and the connection goes on.
using Mend = bool (*)(mqtt::Packet& packet);

bool serve_as_it_came(mqtt::Packet& packet);
bool ignore_packet(mqtt::Packet& packet);
bool cut_topic_at_null(mqtt::Packet& packet);
bool leave_out_wildcards(mqtt::Packet& packet);
bool drop_response_topic(mqtt::Packet& packet);
bool misplaced_wildcard_matches_all(mqtt::Packet& packet);
bool leave_out_bad_filters(mqtt::Packet& packet);

}  // namespace reference
