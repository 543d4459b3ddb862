#include "harness/reference/mends.h"

#include "harness/mqtt/topic.h"
#include "harness/reference/message.h"

namespace reference {

bool serve_as_it_came(mqtt::Packet&) { return true; }

bool ignore_packet(mqtt::Packet&) { return false; }

bool cut_topic_at_null(mqtt::Packet& packet) {
  auto& topic = std::get<mqtt::Publish>(packet).topic;
  topic = topic.substr(0, topic.find('\0'));
  return true;
}

bool leave_out_wildcards(mqtt::Packet& packet) {
  std::erase_if(std::get<mqtt::Publish>(packet).topic, [](char each) { return each == '+' || each == '#'; });
  return true;
}

bool drop_response_topic(mqtt::Packet& packet) {
  remove(std::get<mqtt::Publish>(packet).properties, property::response_topic);
  return true;
}

bool misplaced_wildcard_matches_all(mqtt::Packet& packet) {
  auto mend = [](std::string& filter) {
    if (mqtt::misplaced_wildcard(filter)) filter = "#";
  };
  if (auto subscribe = std::get_if<mqtt::Subscribe>(&packet))
    for (auto& each : subscribe->filters) mend(each.filter);
  if (auto unsubscribe = std::get_if<mqtt::Unsubscribe>(&packet))
    for (auto& each : unsubscribe->filters) mend(each);
  return true;
}

bool leave_out_bad_filters(mqtt::Packet& packet) {
  std::erase_if(std::get<mqtt::Subscribe>(packet).filters, [](auto& each) { return mqtt::misplaced_wildcard(each.filter) != 0; });
  return true;
}

}  // namespace reference
