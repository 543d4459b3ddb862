#include <fmt/format.h>

#include <algorithm>

#include "harness/mqtt/rules.h"
#include "reports/brief.h"
#include "reports/diagram.h"
#include "reports/html.h"
#include "reports/rerun.h"
#include "reports/text.h"

namespace reports::html {
namespace {

using record::Kept;
using record::Outcome;
using record::Verdict;

constexpr std::size_t most_bytes = 512, value_length = 400;
constexpr int most_with_tables = 200;  // cases; when more went wrong, only packets that broke something get a table of their fields

std::string_view word(Outcome outcome) { return outcome == Outcome::held ? "held" : outcome == Outcome::not_held ? "did not hold" : "not reached"; }

std::string field_hex(const Packet& packet, const mqtt::Field& field) {
  if (field.offset >= packet.bytes.size()) return "";
  const auto size = std::min<std::size_t>(field.size, packet.bytes.size() - field.offset);
  const auto shown = std::min<std::size_t>(size, 32);
  return mqtt::hex(mqtt::View{packet.bytes}.subspan(field.offset, shown)) + (shown < size ? " (" + count(size - shown, "byte") + " more)" : "");
}

json stretches(const std::vector<Stretch>& of) {
  json all = json::array();
  for (const auto& one : of) all.push_back({{"text", one.hex}, {"marked", one.marked}});
  return all;
}

json faults(const Packet& packet, const Moment& moment) {
  json all = json::array();
  for (const auto& fault : packet.told.faults)
    all.push_back({{"offset", fault.offset}, {"text", one_line(fault.text)}, {"statement", mqtt::statement(fault.rule, moment.event->version)},
                   {"ours", moment.event->what == record::What::sent}});
  return all;
}

json full_packet(const Packet& packet, const Moment& moment, bool table) {
  json fields = json::array();
  if (table)
    for (const auto& line : packet.told.lines)
      fields.push_back({{"offset", line.field.offset}, {"path", line.field.path}, {"value", shortened(one_line(line.value), value_length)}, {"hex", field_hex(packet, line.field)},
                        {"marked", marked(packet, line.field, moment)}});
  json bytes = json::array();
  if (table) bytes = groups(packet, moment);
  else bytes.push_back({{"field", false}, {"stretches", stretches(hex_of(packet, moment, most_bytes))}});
  return {{"groups", bytes}, {"fields", fields}, {"has_fields", !fields.empty()}, {"faults", faults(packet, moment)}, {"opened", !moment.proves.empty()}};
}

json moment(const Moment& of, const Case& each, bool tables) {
  json packets = json::array(), proves = json::array();
  for (const auto& one : of.packets) packets.push_back(full_packet(one, of, (tables || !of.proves.empty()) && !of.event->fence));
  for (const auto* finding : of.proves) proves.push_back({{"statement", finding->statement}, {"word", html::word(finding->verdict)}});
  return {{"at", milliseconds(of.event->at)}, {"who", of.who}, {"text", of.text}, {"packets", packets}, {"proves", proves}, {"fence", of.event->fence}, {"id", event_id(each, of.index)}};
}

json step(const record::StepNote& of, int number, const Case& each) {
  std::string limit = slack(of);
  if (!limit.empty() && !of.where.empty()) limit += ", ";
  const bool held = of.outcome == Outcome::held;
  return {{"text", one_line(of.text)}, {"number", number}, {"where", of.where}, {"slack", limit}, {"small", !of.where.empty() || !limit.empty()}, {"outcome", held ? "" : word(of.outcome)},
          {"kind", held ? "" : record::name(of.outcome)}, {"id", each.anchor + "-step-" + std::to_string(number)}};
}

// A case at length: steps, and after each what went over the wire.
json lines(const record::Result& result, const std::vector<Moment>& moments, const Case& each, bool tables) {
  json all = json::array();
  int number = 0;
  for (const auto& line : story(result, moments)) {
    json one{{"step", nullptr}, {"moment", nullptr}};
    if (line.step) one["step"] = step(*line.step, ++number, each);
    else one["moment"] = moment(*line.moment, each, tables);
    all.push_back(std::move(one));
  }
  return all;
}

json finding(const record::Finding& of, const View& view) {
  const auto* statement = view.statement(of.statement);
  return {{"statement", of.statement}, {"word", html::word(of.verdict)}, {"kind", record::name(of.verdict)}, {"level", statement ? statement->level_text : ""},
          {"section", statement ? statement->section : ""}, {"summary", statement ? statement->summary : of.verdict == Kept::recorded ? of.expected : ""},
          {"where", of.where}, {"expected", of.verdict == Kept::recorded ? "" : of.expected}, {"actual", of.actual}};
}

// Statements that held at every step that checks them are told once, by their names.
json kept(const record::Result& result) {
  json all = json::array();
  const auto not_always = [&](const record::Finding& of) {
    return std::any_of(result.findings.begin(), result.findings.end(), [&](const auto& each) { return each.statement == of.statement && each.verdict != Kept::pass; });
  };
  for (const auto& one : result.findings)
    if (one.verdict == Kept::pass && !not_always(one) && std::find(all.begin(), all.end(), one.statement) == all.end()) all.push_back(one.statement);
  return all;
}

bool wrong(Verdict verdict) { return verdict != Verdict::pass && verdict != Verdict::skip; }

int went_wrong(const Counts& counts) { return counts.fail + counts.error + counts.inconclusive + counts.warned; }

json labels(const std::vector<Diagram::Label>& all) {
  json out = json::array();
  for (const auto& one : all) out.push_back({{"x", one.x}, {"y", one.y}, {"text", one.text}, {"link", one.link}});
  return out;
}

json drawn(const Diagram& of, bool at_length) {
  json lanes = json::array();
  std::string names;
  for (const auto& lane : of.lanes) lanes.push_back({{"x", lane.x}, {"name", lane.name}}), names += (names.empty() ? "" : ", ") + lane.name;
  return {{"width", of.width}, {"height", of.height}, {"lanes", lanes}, {"names", names}, {"lifelines", of.lifelines}, {"arrows", of.arrows}, {"own", of.own}, {"broken", of.broken},
          {"labels", labels(of.labels)}, {"times", labels(of.times)}, {"notes", labels(of.notes)}, {"linked", at_length}, {"cut", of.cut}};
}

// What the filter of the page looks for: words that do not stand in the case as such.
std::string topic_words(const View& view, const Case& each) {
  std::vector<std::string> all{each.theme};
  const auto add = [&](const std::string& word) {
    if (std::find(all.begin(), all.end(), word) == all.end()) all.push_back(word);
  };
  for (const auto& tag : each.result->tags) add(slug(tag));
  for (const auto& one : each.result->findings)
    if (const auto* statement = view.statement(one.statement)) add(statement->topic);
  std::string text;
  for (const auto& word : all) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

std::string_view word(Kept kept) { return kept == Kept::pass ? "kept" : kept == Kept::fail ? "broken" : kept == Kept::warning ? "missed" : kept == Kept::recorded ? "recorded" : "not reached"; }

std::string event_id(const Case& each, int event) { return each.anchor + "-event-" + std::to_string(event); }

bool full(const Case& each) { return wrong(each.verdict()) || each.warned; }

json words_of(const Marks& marks, const Case& each) {
  json all = json::array();
  if (const auto found = marks.find(&each); found != marks.end())
    for (const auto& word : found->second) all.push_back({{"word", word}});
  return all;
}

json groups(const Packet& packet, const Moment& moment) {
  json all = json::array();
  for (const auto& group : groups_of(packet, moment, most_bytes)) all.push_back({{"field", group.field >= 0}, {"stretches", stretches(group.stretches)}});
  return all;
}

json one_case(const View& view, const Case& each, const HtmlOptions& options, const Marks& marks, TopicIndex& topics) {
  const bool at_length = full(each), tables = went_wrong(view.counts) <= most_with_tables;
  const auto& outline = *each.result;
  json out{{"anchor", each.anchor}, {"name", each.name}, {"title", one_line(outline.title)}, {"verdict", record::name(each.verdict())}, {"warned", each.warned},
           {"took", each.verdict() == Verdict::skip ? "" : duration(outline.took)}, {"reason", outline.reason}, {"version", mqtt::name(outline.version)}, {"transport", one_line(outline.transport)},
           {"broker", one_line(broker_name(view.brokers[static_cast<std::size_t>(outline.broker)]))}, {"topics", one_line(topic_words(view, each))},
           {"opened", at_length && tables}, {"at_length", at_length}, {"hidden", options.failed_only && !at_length}, {"file", each.file()}, {"marks", words_of(marks, each)},
           {"play", each.plays > 1 ? fmt::format("play {} of {}", each.play, each.plays) : ""}, {"replay", wrong(each.verdict()) ? rerun(view, each) : ""}};
  json findings = json::array(), told = json::array(), brief = json::array(), picture = nullptr;
  std::string log;
  std::size_t log_lines = 0;
  if (!out["hidden"]) {
    const record::Result result = view.whole(each);
    for (const auto& one : result.findings)
      if (one.verdict != Kept::pass) findings.push_back(finding(one, view));
    const auto all = moments(result);
    if (at_length) told = lines(result, all, each, tables);
    else brief = brief_story(result, all, each.file());
    topics.add(each, messages(all));
    if (!all.empty()) picture = drawn(diagram(result, all, each.anchor, at_length), at_length);
    for (const auto& line : result.log) log += one_line(line) + "\n";
    log_lines = result.log.size();
  }
  out.update({{"findings", findings}, {"has_findings", !findings.empty()}, {"kept", kept(outline)}, {"has_kept", !kept(outline).empty()}, {"lines", told}, {"has_lines", !told.empty()}, {"brief", brief}, {"has_brief", !brief.empty()}, {"played", !told.empty() || !brief.empty()},
              {"diagram", picture}, {"log", log}, {"log_lines", count(log_lines, "line")}});
  return out;
}

}  // namespace reports::html
