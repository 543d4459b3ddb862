#include "reports/topics.h"

#include <algorithm>
#include <map>

#include "harness/mqtt/codec.h"
#include "reports/text.h"

namespace reports {
namespace {

using record::What;

constexpr std::uint8_t topic_alias = 0x23;
constexpr int deepest = 32;   // levels below this one are told together: a topic may have 65,535

Topic& below(std::vector<Topic>& topics, std::string_view level) {
  auto found = std::find_if(topics.begin(), topics.end(), [&](const Topic& each) { return each.level == level; });
  if (found == topics.end()) found = topics.insert(topics.end(), Topic{std::string{level}, {}, {}});
  return *found;
}

void add(std::vector<Topic>& roots, const Case* at, const Message& message) {
  std::vector<Topic>* level = &roots;
  std::string_view name = message.topic;
  for (int depth = 1;; ++depth) {
    const auto slash = depth < deepest ? name.find('/') : name.npos;
    Topic& topic = below(*level, name.substr(0, slash));
    if (slash == name.npos) {
      if (topic.history.empty() || topic.history.back().at != at) topic.history.push_back({at, {}});
      return topic.history.back().messages.push_back(message.written);
    }
    level = &topic.below;
    name.remove_prefix(slash + 1);
  }
}

void join(std::vector<Topic>& topics) {
  for (auto& topic : topics) {
    while (topic.history.empty() && topic.below.size() == 1) {
      Topic only = std::move(topic.below.front());
      only.level = topic.level + "/" + only.level;
      topic = std::move(only);
    }
    join(topic.below);
  }
}

bool printable(mqtt::View bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; });
}

std::string value_of(mqtt::View payload) {
  constexpr std::size_t most = 40;
  if (payload.empty()) return "(empty)";
  const auto shown = payload.first(std::min(payload.size(), most));
  const std::string more = payload.size() > most ? " (" + count(payload.size() - most, "byte") + " more)" : "";
  return (printable(shown) ? "'" + mqtt::text_of(shown) + "'" : mqtt::hex(shown)) + more;
}

// The properties as the packet's own lines tell them: those under `prefix`.
std::string how_of(int qos, bool retain, const Packet& packet, std::string_view prefix) {
  std::string text = "QoS " + std::to_string(qos) + (retain ? ", retain" : "");
  for (const auto& line : packet.told.lines)
    if (line.field.path.starts_with(prefix) && !line.field.path.ends_with(".id"))
      text += ", " + line.field.path.substr(prefix.size(), line.field.path.rfind(".value") - prefix.size()) + " " + shortened(one_line(line.value), 60);
  return text;
}

}  // namespace

std::vector<Message> messages(const std::vector<Moment>& moments) {
  std::vector<Message> all;
  std::map<std::pair<std::string, std::uint32_t>, std::string> aliases;   // of a client
  for (const auto& moment : moments) {
    if (moment.event->what == What::opened)
      std::erase_if(aliases, [&](const auto& alias) { return alias.first.first == moment.event->client; });
    if (moment.event->what != What::sent || moment.event->fence) continue;
    for (const auto& packet : moment.packets) {
      const auto first = packet.bytes.empty() ? 0 : packet.bytes.front() >> 4;
      if (first != static_cast<int>(mqtt::Type::publish) && first != static_cast<int>(mqtt::Type::connect)) continue;
      const auto decoded = mqtt::decode(packet.bytes, moment.event->version, mqtt::Sender::client, mqtt::Detail::packet_only);
      if (!decoded.packet) continue;
      const auto written = [&](const std::string& who, const std::string& value, const std::string& how) { return Written{moment.event->at, moment.index, who, value, how}; };
      if (const auto* publish = std::get_if<mqtt::Publish>(&*decoded.packet)) {
        std::string topic = publish->topic;
        for (const auto& property : publish->properties)
          if (const auto* alias = std::get_if<std::uint32_t>(&property.value); alias && property.id == topic_alias) {
            auto& known = aliases[{moment.event->client, *alias}];
            if (topic.empty()) topic = known;
            else known = topic;
          }
        if (topic.empty()) continue;
        all.push_back({topic, written(one_line(moment.event->client), value_of(publish->payload), how_of(publish->qos, publish->retain, packet, "properties."))});
      } else if (const auto* connect = std::get_if<mqtt::Connect>(&*decoded.packet); connect && connect->will && !connect->will->topic.empty()) {
        const auto& will = *connect->will;
        all.push_back({will.topic, written("the Will of " + one_line(moment.event->client), value_of(will.payload), how_of(will.qos, will.retain, packet, "will.properties."))});
      }
    }
  }
  return all;
}

std::vector<Topic> topics(const std::vector<std::pair<const Case*, std::vector<Message>>>& of) {
  std::vector<Topic> roots;
  for (const auto& [at, messages] : of)
    for (const auto& message : messages) add(roots, at, message);
  join(roots);
  return roots;
}

std::string group_of(std::string_view topic) {
  std::size_t end = 0;
  for (int level = 0; level < 3 && end != topic.npos; ++level) end = topic.find('/', level ? end + 1 : 0);
  return std::string{topic.substr(0, end)};
}

// A level and what is below it stand together: the slash is before every other character.
bool TopicIndex::LevelByLevel::operator()(std::string_view left, std::string_view right) const {
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    const auto rank = [](char c) { return c == '/' ? -1 : static_cast<int>(static_cast<unsigned char>(c)); };
    return rank(a) < rank(b);
  });
}

void TopicIndex::add(const Case& at, const std::vector<Message>& messages) {
  for (const auto& message : messages) {
    auto& group = groups_[group_of(message.topic)];
    if (group.empty() || group.back().at != &at) group.push_back({&at, 0});
    ++group.back().messages;
  }
}

}  // namespace reports
