#include "reports/brief.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/mqtt/rules.h"
#include "reports/diagram.h"
#include "reports/text.h"

namespace reports {
namespace {

using record::What;

const std::string between = " \xc2\xb7 ", indent = "\xe2\x80\x83";   // EM SPACE
constexpr std::size_t most_bytes = 48, most_text = 48, most_parts = 16;

std::string tight(mqtt::View bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// Lines that say nothing beside the others: lengths, and identifiers of properties.
bool is_length(std::string_view path) { return path == "remaining_length" || path.ends_with("_length"); }
bool is_identifier(std::string_view path) { return path.ends_with(".id"); }

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size()) text.replace(at, what.size(), by);
}

// "PUBLISH dup=0 qos=1 retain=0" without the flags that are 0; "properties.receive_maximum.value 10" without where it stands.
std::string part_of(const mqtt::Line& line, std::size_t most) {
  std::string value = one_line(line.value), path = line.field.path;
  if (path == "header" || path.ends_with("flags") || path.ends_with("options"))
    for (std::size_t zero; (zero = value.find("=0")) != value.npos;) {
      const auto begin = value.rfind(' ', zero);
      value.erase(begin == value.npos ? 0 : begin, zero + 2 - (begin == value.npos ? 0 : begin));
      if (value.starts_with(' ')) value.erase(0, 1);
    }
  if (path == "header" && value.ends_with(" flags=2")) value.resize(value.size() - 8);   // as SUBSCRIBE, UNSUBSCRIBE and PUBREL always have them
  value = shortened(value, most);
  replace_all(value, "\xc2\xb7", "\\u00b7");
  if (path == "header") return value;
  if (path.starts_with("properties.")) path.erase(0, 11);
  if (path.ends_with(".value")) path.resize(path.size() - 6);
  return value.empty() ? path + " 0" : path + " " + value;
}

// What a step sends stands in the packet below it, and its line is named when it changes.
std::string step_line(const record::StepNote& step, int number, std::string_view home, int& line_before) {
  const Place place = place_of(step.where);
  const bool at_home = place.line > 0 && place.file == home;
  const std::string where = !at_home ? one_line(step.where) : place.line != line_before ? "line " + std::to_string(place.line) : "";
  line_before = place.line;
  std::string text = one_line(step.text), limit = slack(step);
  if (text.starts_with("send ")) text = text.substr(0, text.find(" with "));
  if (limit.starts_with("answered ")) limit.erase(0, 9);
  if (!limit.empty() && !where.empty()) limit += ", ";
  if (step.outcome != record::Outcome::held) text += between + (step.outcome == record::Outcome::not_held ? "did not hold" : "not reached");
  if (!limit.empty() || !where.empty()) text += between + limit + where;
  return fmt::format("{}. {}", number, text);
}

std::string who(const Moment& moment) {
  switch (moment.event->what) {
    case What::sent: case What::frame_sent: return one_line(moment.event->client) + " \xe2\x86\x92";
    case What::received: case What::frame_received: return one_line(moment.event->client) + " \xe2\x86\x90";
    default: return moment.who;
  }
}

void add_moment(std::vector<std::string>& lines, const Moment& moment) {
  const auto head = fmt::format("{}{}{} {} ", indent, moment.event->fence ? "~" : "", milliseconds(moment.event->at), who(moment));
  if (moment.packets.empty()) lines.push_back(head + moment.text);
  for (const auto& packet : moment.packets) {
    const Brief told = brief(packet, most_bytes, most_text);
    lines.push_back((&packet == moment.packets.data() ? head : indent + indent + "+ ") + told.parts + (told.hex.empty() ? "" : " | " + told.hex));
    const bool ours = moment.event->what == What::sent;
    for (const auto& fault : packet.told.faults)
      lines.push_back(fmt::format("{0}{0}! {1} at byte {2}: {3} ({4})", indent, ours ? "Sent with a fault on purpose," : "Fault", fault.offset, one_line(fault.text), mqtt::statement(fault.rule, moment.event->version)));
  }
}

}  // namespace

Brief brief(const Packet& packet, std::size_t most_bytes, std::size_t most_text) {
  Brief out;
  std::vector<std::size_t> begins;
  std::optional<std::size_t> identifier;
  std::size_t more = 0;
  for (const auto& line : packet.told.lines) {
    if (line.field.size == 0 || is_length(line.field.path)) continue;
    if (is_identifier(line.field.path)) {
      identifier = line.field.offset;
      continue;
    }
    begins.push_back(begins.empty() ? 0 : identifier.value_or(line.field.offset));
    identifier.reset();
    if (begins.size() > most_parts) {
      ++more;
      continue;
    }
    out.parts += (out.parts.empty() ? "" : between) + part_of(line, most_text);
  }
  if (begins.empty()) out.parts = shortened(one_line(packet.told.summary), most_text), begins.push_back(0);
  if (more > 0) out.parts += between + count(more, "more field");
  if (!packet.note.empty()) out.parts += between + packet.note;
  const std::size_t shown = std::min(packet.bytes.size(), most_bytes);
  for (std::size_t i = 0; i < begins.size() && begins[i] < shown; ++i)
    out.hex += (i ? " " : "") + tight(mqtt::View{packet.bytes}.subspan(begins[i], (i + 1 < begins.size() ? std::min(begins[i + 1], shown) : shown) - begins[i]));
  if (shown < packet.bytes.size()) out.hex += " " + left_out(packet.bytes.size() - shown, "more");
  return out;
}

std::vector<std::string> brief_story(const record::Result& result, const std::vector<Moment>& moments, std::string_view home) {
  std::vector<std::string> lines;
  int number = 0, line_before = 0;
  for (const auto& line : story(result, moments)) {
    if (line.moment && line.moment->index >= most_brief_events) {
      lines.push_back(indent + "and " + count(moments.size() - most_brief_events, "further event") + ": the record has them");
      break;
    }
    if (line.step) lines.push_back(step_line(*line.step, ++number, home, line_before));
    else add_moment(lines, *line.moment);
  }
  return lines;
}

}  // namespace reports
