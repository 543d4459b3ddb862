#include <algorithm>
#include <ostream>

#include "harness/mqtt/rules.h"
#include "reports/assets.h"
#include "reports/packets.h"
#include "reports/page.h"
#include "reports/reports.h"
#include "reports/text.h"
#include "reports/view.h"

// The page lays out and never judges: this file turns the view into the JSON that reports/templates are filled from.
namespace reports {
namespace {

using nlohmann::json;
using record::Kept;
using record::Outcome;
using record::Verdict;

constexpr std::size_t hex_of_passing = 64, hex_of_others = 512, value_length = 400;
constexpr int most_with_tables = 200;  // cases; when more went wrong, only packets that broke something get a table of their fields

std::string_view word(Kept kept) { return kept == Kept::pass ? "kept" : kept == Kept::fail ? "broken" : kept == Kept::warning ? "missed" : kept == Kept::recorded ? "recorded" : "not reached"; }
std::string_view word(Outcome outcome) { return outcome == Outcome::held ? "held" : outcome == Outcome::not_held ? "did not hold" : "not reached"; }

json hex(const Packet& packet, const Moment& moment, std::size_t most) {
  json all = json::array();
  for (const auto& stretch : hex_of(packet, moment, most)) all.push_back({{"text", stretch.hex}, {"marked", stretch.marked}});
  return all;
}

std::string field_hex(const Packet& packet, const mqtt::Field& field) {
  if (field.offset >= packet.bytes.size()) return "";
  const auto size = std::min<std::size_t>(field.size, packet.bytes.size() - field.offset);
  const auto shown = std::min<std::size_t>(size, 32);
  return mqtt::hex(mqtt::View{packet.bytes}.subspan(field.offset, shown)) + (shown < size ? " (" + count(size - shown, "byte") + " more)" : "");
}

// What a line of fields need not repeat: the header and the lengths, which the summary and the hex say.
bool plumbing(std::string_view path) { return path == "header" || path == "remaining_length" || path.ends_with("_length") || path.ends_with(".id"); }

json packet(const Packet& of, const Moment& moment, mqtt::Version version, bool full) {
  json fields = json::array(), faults = json::array();
  std::string inline_fields;
  for (const auto& line : of.told.lines) {
    const std::string value = shortened(one_line(line.value), full ? value_length : 80);
    if (full)
      fields.push_back({{"offset", line.field.offset}, {"path", line.field.path}, {"value", value}, {"hex", field_hex(of, line.field)}, {"marked", marked(of, line.field, moment)}});
    else if (!plumbing(line.field.path) && !value.empty())
      inline_fields += (inline_fields.empty() ? "" : " \xc2\xb7 ") + line.field.path + " " + value;
  }
  for (const auto& fault : of.told.faults)
    faults.push_back({{"offset", fault.offset}, {"text", one_line(fault.text)}, {"statement", mqtt::statement(fault.rule, version)},
                      {"ours", moment.event->what == record::What::sent}});
  return {{"hex", hex(of, moment, full ? hex_of_others : hex_of_passing)}, {"has_fields", !fields.empty()}, {"fields", fields}, {"inline", inline_fields}, {"faults", faults},
          {"opened", !moment.proves.empty()}};
}

std::string event_id(const Case& each, const Moment& of) { return "event-" + std::to_string(of.index) + "-" + each.anchor; }

json moment(const Moment& of, const Case& each, bool full, bool tables) {
  json packets = json::array(), proves = json::array();
  for (const auto& one : of.packets) packets.push_back(packet(one, of, of.event->version, full && tables && !of.event->fence));
  for (const auto* finding : of.proves) proves.push_back({{"statement", finding->statement}, {"word", word(finding->verdict)}});
  return {{"at", milliseconds(of.event->at)}, {"who", of.who}, {"text", of.text}, {"packets", packets}, {"proves", proves}, {"fence", of.event->fence},
          {"kind", of.event->fence ? "fence" : record::name(of.event->what)}, {"id", full ? event_id(each, of) : ""}};
}

json step(const record::StepNote& of) {
  const bool reached = of.outcome != Outcome::not_reached;
  return {{"at", reached ? milliseconds(of.at) : ""}, {"took", reached ? duration(of.took) : ""}, {"where", of.where}, {"text", one_line(of.text)},
          {"outcome", word(of.outcome)}, {"kind", record::name(of.outcome)}};
}

json finding(const record::Finding& of, const View& view) {
  const auto* statement = view.statement(of.statement);
  return {{"statement", of.statement}, {"word", word(of.verdict)}, {"kind", record::name(of.verdict)}, {"level", statement ? statement->level_text : ""},
          {"section", statement ? statement->section : ""}, {"summary", statement ? statement->summary : of.verdict == Kept::recorded ? of.expected : ""}, {"where", of.where},
          {"expected", of.verdict == Kept::pass || of.verdict == Kept::recorded ? "" : of.expected}, {"actual", of.actual}};
}

int went_wrong(const Counts& counts) { return counts.fail + counts.error + counts.inconclusive + counts.warned; }

json one_case(const View& view, const Case& each) {
  const auto& result = *each.result;
  const bool full = each.verdict() != Verdict::pass || each.warned, tables = went_wrong(view.counts) <= most_with_tables;
  json findings = json::array(), lines = json::array();
  for (const auto& one : result.findings) findings.push_back(finding(one, view));
  const auto all = moments(result);
  for (const auto& line : story(result, all)) {
    json one{{"step", nullptr}, {"moment", nullptr}};
    if (line.step) one["step"] = step(*line.step);
    else one["moment"] = moment(*line.moment, each, full, tables || !line.moment->proves.empty());
    lines.push_back(std::move(one));
  }
  std::string log;
  for (const auto& line : result.log) log += one_line(line) + "\n";
  return {{"anchor", each.anchor}, {"name", each.name}, {"title", one_line(result.title)}, {"verdict", record::name(each.verdict())}, {"warned", each.warned},
          {"took", duration(result.took)}, {"reason", result.reason}, {"findings", findings}, {"has_findings", !findings.empty()},
          {"lines", lines}, {"has_lines", !lines.empty()}, {"log", log}, {"log_lines", count(result.log.size(), "line")}, {"skipped", each.verdict() == Verdict::skip},
          {"opened", full}};
}

json proof(const Hit& hit) {
  for (const auto& each : moments(*hit.at->result)) {
    if (each.index != hit.finding->event) continue;
    json packets = json::array();
    for (const auto& one : each.packets) packets.push_back({{"hex", hex(one, each, hex_of_others)}});
    return {{"text", each.text}, {"who", each.who}, {"at", milliseconds(each.event->at)}, {"packets", packets}, {"id", event_id(*hit.at, each)}};
  }
  return nullptr;
}

json groups(const std::vector<Broken>& all) {
  json out = json::array();
  for (const auto& group : all) {
    json hits = json::array();
    for (const auto& hit : group.hits)
      hits.push_back({{"anchor", hit.at->anchor}, {"name", hit.at->name}, {"title", one_line(hit.at->result->title)},
                      {"expected", hit.finding ? hit.finding->expected : ""}, {"actual", hit.finding ? hit.finding->actual : hit.at->result->reason},
                      {"where", hit.finding ? hit.finding->where : ""}, {"proof", hit.finding ? proof(hit) : json{}}});
    out.push_back({{"id", group.id.empty() ? "No statement named" : group.id}, {"anchor", "statement-" + slug(group.id)}, {"hits", hits}, {"summary", summary_of(group)},
                   {"level", group.statement ? group.statement->level_text : ""}, {"section", group.statement ? group.statement->section : ""},
                   {"cases", count(group.hits.size(), "case")}});
  }
  return out;
}

json reasons(const std::vector<Reason>& all) {
  json out = json::array();
  for (const auto& group : all) {
    json cases = json::array();
    for (const auto* each : group.cases) cases.push_back({{"anchor", each->anchor}, {"name", each->name}, {"title", one_line(each->result->title)}});
    out.push_back({{"reason", group.text.empty() ? "No reason given" : group.text}, {"cases", cases}, {"number", count(group.cases.size(), "case")},
                   {"opened", group.cases.size() <= 12}});
  }
  return out;
}

json answers(const std::vector<Answered>& all) {
  json out = json::array();
  for (const auto& each : all)
    for (const auto& answer : each.answers) {
      json cases = json::array();
      for (const auto* one : answer.cases) cases.push_back({{"anchor", one->anchor}, {"name", one->name}});
      out.push_back({{"id", each.id}, {"question", each.question}, {"answer", answer.text}, {"cases", cases}});
    }
  return out;
}

// The words of a cell apart, so that each can have a colour of its own.
json cell(const Counts& of) {
  json words = json::array();
  const auto add = [&](int value, std::string_view verdict) {
    if (value > 0) words.push_back({{"number", number(static_cast<unsigned>(value))}, {"verdict", verdict}});
  };
  add(of.fail, "fail"), add(of.error, "error"), add(of.inconclusive, "inconclusive"), add(of.pass - of.warned, "pass"), add(of.warned, "warning"), add(of.skip, "skip");
  return {{"words", words}, {"none", words.empty()}};
}

json row(std::string_view title, std::string_view link, const Counts& all, const std::map<mqtt::Version, Counts>& by_version, const View& view) {
  json cells = json::array();
  for (auto version : view.versions) cells.push_back(cell(by_version.contains(version) ? by_version.at(version) : Counts{}));
  if (view.versions.size() > 1) cells.push_back(cell(all));
  return {{"title", title}, {"link", link}, {"cells", cells}};
}

std::string listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

json page(const View& view) {
  const auto& header = view.run.header;
  json rows = json::array(), columns = json::array(), facts = json::array(), tiles = json::array();
  for (const auto& theme : view.themes) rows.push_back(row(theme.name, "theme-" + slug(theme.name), theme.all, theme.by_version, view));
  for (auto version : view.versions) columns.push_back("MQTT " + std::string{mqtt::name(version)});
  if (view.versions.size() > 1) columns.push_back("All");
  const std::pair<std::string_view, std::string> known[]{
      {"Target", header.target}, {"Profile", header.profile}, {"MQTT", listed(header.versions)}, {"Transport", listed(header.transports)}, {"Played", header.started},
      {"Took", duration(view.took)}, {"Seed", std::to_string(header.seed)}, {"Tool", header.tool}};
  for (const auto& [name, value] : known)
    if (!value.empty()) facts.push_back({{"name", name}, {"value", value}});
  const auto tile = [&](int value, std::string_view verdict, std::string_view link) {
    tiles.push_back({{"number", number(static_cast<unsigned>(value))}, {"verdict", verdict}, {"zero", value == 0}, {"link", value ? link : ""}});
  };
  tile(view.counts.fail, "fail", "failures"), tile(view.counts.error, "error", "errors"), tile(view.counts.inconclusive, "inconclusive", "inconclusive"),
      tile(view.counts.pass - view.counts.warned, "pass", "cases"), tile(view.counts.warned, "warning", "warnings"), tile(view.counts.skip, "skip", "skipped");
  return {{"style", std::string{asset("style.css")}}, {"broker", broker_name(header)}, {"headline", headline(view)}, {"checked", count(static_cast<unsigned>(view.statements_checked), "statement")},
          {"total", count(view.cases.size(), "case")}, {"clean", view.broken.empty() && view.errors.empty() && view.inconclusive.empty()}, {"ending", ending(view)},
          {"complaints", view.run.complaints}, {"has_complaints", !view.run.complaints.empty()}, {"facts", facts}, {"tiles", tiles}, {"columns", columns}, {"rows", rows},
          {"sum", row("All", "", view.counts, view.by_version, view)}, {"broken", groups(view.broken)}, {"has_broken", !view.broken.empty()},
          {"few_tables", went_wrong(view.counts) > most_with_tables}, {"missed", groups(view.missed)}, {"has_missed", !view.missed.empty()}, {"answered_title", answered_title}, {"answers", answers(view.answered)}, {"has_answers", !view.answered.empty()}, {"inconclusive", reasons(view.inconclusive)}, {"has_inconclusive", !view.inconclusive.empty()},
          {"errors", reasons(view.errors)}, {"has_errors", !view.errors.empty()}, {"skipped", reasons(view.skipped)}, {"has_skipped", !view.skipped.empty()}};
}

}  // namespace

void write_html(const record::Run& run, std::ostream& out) {
  const View view{run};
  const Frame frame{asset("page.mustache"), "cases"}, theme_frame{asset("theme.mustache"), "cases"};
  const Page case_page{asset("case.mustache")};
  const json data = page(view);
  frame.before.write(data, out);
  for (const auto& theme : view.themes) {
    const json theme_data{{"title", theme.name}, {"anchor", "theme-" + slug(theme.name)}, {"tally", tally(theme.all)}};
    theme_frame.before.write(theme_data, out);
    for (const auto* each : theme.cases) case_page.write(one_case(view, *each), out);
    theme_frame.after.write(theme_data, out);
  }
  frame.after.write(data, out);
}

}  // namespace reports
