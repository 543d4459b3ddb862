#include <ostream>

#include "harness/record/record.h"

namespace record {
namespace {

using nlohmann::json;

double milliseconds(Microseconds time) { return static_cast<double>(time.count()) / 1000.0; }

json to_json(const spec::Statement& statement) {
  constexpr std::string_view levels[]{"must", "should", "may"};
  constexpr std::string_view observables[]{"yes", "partly", "no"};
  constexpr std::string_view grades[]{"firm", "soft", "soft reaction"};
  json value{{"id", statement.id},
             {"section", statement.section},
             {"level", levels[static_cast<std::size_t>(statement.level)]},
             {"level_text", statement.level_text},
             {"binds", statement.binds},
             {"topic", statement.topic},
             {"observable", observables[static_cast<std::size_t>(statement.observable)]},
             {"summary", statement.summary},
             {"how", statement.how}};
  if (statement.grade != spec::Grade::firm) value["grade"] = grades[static_cast<std::size_t>(statement.grade)], value["why_soft"] = statement.why_soft;
  return value;
}

json to_json(const Finding& finding) {
  json value{{"statement", finding.statement},
             {"verdict", name(finding.verdict)},
             {"expected", finding.expected},
             {"actual", finding.actual},
             {"where", finding.where}};
  if (finding.step >= 0) value["step"] = finding.step;
  if (finding.event >= 0) value["event"] = finding.event;
  if (finding.took.count() >= 0) value["took_us"] = finding.took.count();
  if (finding.offset || finding.size) value["offset"] = finding.offset, value["size"] = finding.size;
  return value;
}

json to_json(const StepNote& step) {
  json value{{"where", step.where}, {"text", step.text}, {"outcome", name(step.outcome)}, {"at_us", step.at.count()}, {"took_us", step.took.count()}};
  if (step.limit.count() > 0) value["limit_us"] = step.limit.count();
  return value;
}

json to_json(const Event& event, mqtt::Version usual) {
  json value{{"at_us", event.at.count()}, {"event", name(event.what)}};
  if (!event.client.empty()) value["client"] = event.client;
  if (event.version != usual) value["version"] = mqtt::name(event.version);
  if (event.step >= 0) value["step"] = event.step;
  if (!event.bytes.empty()) value["bytes"] = mqtt::hex(event.bytes);
  if (!event.text.empty()) value["text"] = event.text;
  if (event.fence) value["fence"] = true;
  return value;
}

template <typename Items, typename... More> json list(const Items& items, More... more) {
  json all = json::array();
  for (const auto& item : items) all.push_back(to_json(item, more...));
  return all;
}

// `type` comes first: it is what a person reads first, and what the reader looks for when a line was cut off and another glued to it.
void write_line(std::ostream& out, json value) {
  std::string line = "{\"type\":" + value.at("type").dump();
  value.erase("type");
  line += "," + value.dump(-1, ' ', false, json::error_handler_t::replace).substr(1) + "\n";
  out.write(line.data(), static_cast<std::streamsize>(line.size())).flush();
}

}  // namespace

json to_json(const Header& header) {
  json value{{"type", "header"},
             {"format", 1},
             {"tool", header.tool},
             {"target", header.target},
             {"broker", header.broker},
             {"profile", header.profile},
             {"started", header.started},
             {"seed", header.seed},
             {"versions", header.versions},
             {"transports", header.transports},
             {"statements", list(header.statements)}};
  if (!header.broken_rules.empty()) value["broken_rules"] = header.broken_rules;
  if (!header.scenarios.empty()) value["scenarios"] = header.scenarios;
  if (!header.chosen_by.empty()) value["chosen_by"] = header.chosen_by;
  return value;
}

json to_json(const Result& result) {
  return {{"type", "result"},
          {"scenario", result.scenario},
          {"case", result.case_name},
          {"title", result.title},
          {"tags", result.tags},
          {"version", mqtt::name(result.version)},
          {"transport", result.transport},
          {"verdict", name(result.verdict)},
          {"reason", result.reason},
          {"started_ms", milliseconds(result.started)},
          {"took_ms", milliseconds(result.took)},
          {"findings", list(result.findings)},
          {"steps", list(result.steps)},
          {"trace", list(result.trace, result.version)},
          {"log", result.log}};
}

json to_json(const Footer& footer) {
  return {{"type", "footer"}, {"took_ms", milliseconds(footer.took)}, {"interrupted", footer.interrupted}, {"note", footer.note}};
}

void Writer::write(const Header& header) { write_line(out_, to_json(header)); }
void Writer::write(const Result& result) { write_line(out_, to_json(result)); }
void Writer::write(const Footer& footer) { write_line(out_, to_json(footer)); }

}  // namespace record
