#include "reports/packets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/mqtt/framer.h"
#include "reports/text.h"

namespace reports {
namespace {

using record::Event;
using record::Kept;
using record::What;

// What one client has written so far: a packet may come in several writes, and one write may hold several.
struct Writes { mqtt::Framer framer; };

bool goes_on(const record::Trace& trace, std::size_t index) {
  for (std::size_t i = index + 1; i < trace.size(); ++i) {
    if (trace[i].client != trace[index].client || trace[i].what == What::received) continue;
    return trace[i].what == What::sent && !trace[i].fence;
  }
  return false;
}

Packet told(mqtt::Bytes bytes, int at, const Event& event, mqtt::Sender sender) {
  Packet packet{std::move(bytes), at, "", {}};
  packet.told = mqtt::explain(packet.bytes, event.version, sender);
  return packet;
}

void add_sent(Moment& moment, Writes& writes, bool more_comes) {
  const Event& event = *moment.event;
  if (event.fence || writes.framer.lost()) writes = {};
  int at = -static_cast<int>(writes.framer.held().size());
  writes.framer.feed(event.bytes);
  while (auto frame = writes.framer.next()) {
    const int size = static_cast<int>(frame->size());
    moment.packets.push_back(told(std::move(*frame), at, event, mqtt::Sender::client));
    if (at < 0) moment.packets.back().note = "began in an earlier write";
    at += size;
  }
  const auto held = writes.framer.held();
  if (held.empty()) return;
  if (more_comes && !writes.framer.lost()) {  // told where its last byte is
    moment.packets.push_back({{held.begin(), held.end()}, at, "", {fmt::format("the first {} of a packet", count(held.size(), "byte")), {}, {}}});
    return;
  }
  moment.packets.push_back(told({held.begin(), held.end()}, at, event, mqtt::Sender::client));
  if (!writes.framer.lost()) moment.packets.back().note = fmt::format("not whole: {}", count(held.size(), "byte"));
}

std::string happened(const Event& event) {
  switch (event.what) {
    case What::opened: return "connection opened";
    case What::refused: return "connection refused";
    case What::ended: return "broker ended the connection (FIN)";
    case What::reset: return "broker reset the connection (RST)";
    case What::finished: return "ended the connection (FIN)";
    case What::dropped: return "reset the connection (RST)";
    case What::frame_sent:
    case What::frame_received: return "no MQTT";
    case What::control: return "broker control";
    case What::left_out: return "not kept";
    case What::sent: return "sent";
    case What::received: return "received";
  }
  return {};
}

std::string who(const Event& event) {
  const std::string client = one_line(event.client);
  switch (event.what) {
    case What::frame_sent:
    case What::sent: return client + " \xe2\x86\x92 broker";
    case What::frame_received:
    case What::received: return "broker \xe2\x86\x92 " + client;
    case What::control: return "broker";
    case What::left_out: return "both";
    default: return client;
  }
}

std::string text_of(const Moment& moment) {
  std::string text;
  for (const auto& packet : moment.packets)
    text += (text.empty() ? "" : " + ") + shortened(one_line(packet.told.summary), 300) + (packet.note.empty() ? "" : " (" + packet.note + ")");
  if (text.empty()) text = happened(*moment.event);
  if (!moment.event->text.empty()) text += ": " + shortened(one_line(moment.event->text), 300);
  return text;
}

// The bytes of the packet, from its own begin, that findings point at.
bool is_marked(const Packet& packet, std::size_t byte, const Moment& moment) {
  const auto at = packet.at + static_cast<std::int64_t>(byte);
  return std::any_of(moment.proves.begin(), moment.proves.end(), [&](const record::Finding* finding) {
    return at >= finding->offset && at < static_cast<std::int64_t>(finding->offset) + finding->size;
  });
}

}  // namespace

std::vector<Moment> moments(const record::Result& result) {
  std::vector<Moment> all;
  all.reserve(result.trace.size());
  std::map<std::string_view, Writes> clients;
  for (std::size_t i = 0; i < result.trace.size(); ++i) {
    const Event& event = result.trace[i];
    Moment moment{&event, static_cast<int>(i), who(event), "", {}, {}};
    for (const auto& finding : result.findings)
      if (finding.event == moment.index && (finding.verdict == Kept::fail || finding.verdict == Kept::warning)) moment.proves.push_back(&finding);
    if (event.what == What::opened) clients.erase(event.client);
    if (event.what == What::sent && !event.bytes.empty()) add_sent(moment, clients[event.client], goes_on(result.trace, i));
    if (event.what == What::received && !event.bytes.empty()) moment.packets.push_back(told(event.bytes, 0, event, mqtt::Sender::broker));
    moment.text = text_of(moment);
    all.push_back(std::move(moment));
  }
  return all;
}

std::vector<Line> story(const record::Result& result, const std::vector<Moment>& moments) {
  std::vector<Line> lines;
  lines.reserve(result.steps.size() + moments.size());
  std::size_t next = 0;
  for (const auto& moment : moments) {
    const auto begun = [&](const record::StepNote& step) {
      if (moment.event->step >= 0) return static_cast<int>(next) <= moment.event->step;
      return step.outcome != record::Outcome::not_reached && step.at <= moment.event->at;
    };
    while (next < result.steps.size() && begun(result.steps[next])) lines.push_back({&result.steps[next++], nullptr});
    lines.push_back({nullptr, &moment});
  }
  while (next < result.steps.size()) lines.push_back({&result.steps[next++], nullptr});
  return lines;
}

namespace {

// Which bytes of a packet are shown: the first `most`, or those around the first mark behind them.
struct Window { std::size_t first = 0, last = 0; };

Window window(const Packet& packet, const Moment& moment, std::size_t most) {
  const std::size_t size = packet.bytes.size(), last = std::min(size, most);
  for (std::size_t i = last; i < size && !moment.proves.empty(); ++i)
    if (is_marked(packet, i, moment)) {
      const std::size_t first = i - std::min(i, most / 4);
      return {first, std::min(size, first + most)};
    }
  return {0, last};
}

void add_stretches(std::vector<Stretch>& stretches, const Packet& packet, const Moment& moment, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to;) {
    const bool mark = is_marked(packet, i, moment);
    std::size_t end = i;
    while (end < to && is_marked(packet, end, moment) == mark) ++end;
    stretches.push_back({mqtt::hex(mqtt::View{packet.bytes}.subspan(i, end - i)), mark});
    if (end < to) stretches.push_back({" ", false});
    i = end;
  }
}


}  // namespace

std::vector<Stretch> hex_of(const Packet& packet, const Moment& moment, std::size_t most) {
  const auto [first, last] = window(packet, moment, most);
  std::vector<Stretch> stretches;
  if (first > 0) stretches.push_back({left_out(first, "before") + " ", false});
  add_stretches(stretches, packet, moment, first, last);
  if (last < packet.bytes.size()) stretches.push_back({" " + left_out(packet.bytes.size() - last, "more"), false});
  return stretches;
}

std::vector<Group> groups_of(const Packet& packet, const Moment& moment, std::size_t most) {
  const auto [first, last] = window(packet, moment, most);
  std::vector<Group> groups;
  std::size_t at = first;
  if (first > 0) groups.push_back({-1, {{left_out(first, "before"), false}}});
  const auto add = [&](int field, std::size_t from, std::size_t to) {
    from = std::clamp(from, first, last), to = std::clamp(to, first, last);
    if (from >= to && field < 0) return;
    groups.push_back({field, {}});
    add_stretches(groups.back().stretches, packet, moment, from, to);
    at = std::max(at, to);
  };
  for (std::size_t i = 0; i < packet.told.lines.size(); ++i) {
    const auto& field = packet.told.lines[i].field;
    add(-1, at, field.offset);
    add(static_cast<int>(i), field.offset, std::size_t{field.offset} + field.size);
  }
  add(-1, at, last);
  if (last < packet.bytes.size()) groups.push_back({-1, {{left_out(packet.bytes.size() - last, "more"), false}}});
  return groups;
}

bool marked(const Packet& packet, const mqtt::Field& field, const Moment& moment) {
  if (moment.proves.empty()) return false;
  for (std::size_t i = field.offset; i < std::min<std::size_t>(packet.bytes.size(), std::size_t{field.offset} + field.size); ++i)
    if (is_marked(packet, i, moment)) return true;
  return false;
}

std::string left_out(std::size_t bytes, std::string_view where) { return fmt::format("({} {})", count(bytes, "byte"), where); }

std::string plain(const Moment& moment) {
  return fmt::format("{:>11} ms  {:<14}  {}", milliseconds(moment.event->at), moment.who, moment.text);
}

}  // namespace reports
