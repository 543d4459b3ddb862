#include <ostream>

#include "harness/mqtt/rules.h"
#include "reports/expected.h"
#include "reports/packets.h"
#include "reports/reports.h"
#include "reports/rerun.h"
#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

using nlohmann::ordered_json;

ordered_json counts(const Counts& of) {
  return {{"total", of.total()}, {"pass", of.pass}, {"fail", of.fail}, {"inconclusive", of.inconclusive}, {"skip", of.skip}, {"error", of.error}, {"warned", of.warned}};
}

ordered_json themes(const View& view) {
  ordered_json all = ordered_json::array();
  for (const auto& theme : view.themes) {
    ordered_json versions = ordered_json::object();
    for (const auto& [version, of] : theme.by_version) versions[std::string{mqtt::name(version)}] = counts(of);
    all.push_back({{"theme", theme.name}, {"counts", counts(theme.all)}, {"versions", versions}});
  }
  return all;
}

ordered_json broken(const std::vector<Broken>& groups) {
  ordered_json all = ordered_json::array();
  for (const auto& group : groups) {
    ordered_json cases = ordered_json::array();
    for (const auto& hit : group.hits) cases.push_back(hit.at->name);
    ordered_json one{{"statement", group.id}};
    if (group.statement)
      one.update({{"level", group.statement->level_text}, {"section", group.statement->section}, {"binds", group.statement->binds}, {"summary", group.statement->summary}});
    one["cases"] = cases;
    all.push_back(one);
  }
  return all;
}

ordered_json answered(const std::vector<Answered>& all) {
  ordered_json out = ordered_json::array();
  for (const auto& each : all) {
    ordered_json answers = ordered_json::array();
    for (const auto& answer : each.answers) {
      ordered_json cases = ordered_json::array();
      for (const auto* one : answer.cases) cases.push_back(one->name);
      answers.push_back({{"answer", answer.text}, {"cases", cases}});
    }
    out.push_back({{"behaviour", each.id}, {"question", each.question}, {"answers", answers}});
  }
  return out;
}

ordered_json flaky(const View& view) {
  ordered_json all = ordered_json::array();
  for (const auto& each : view.flaky) {
    ordered_json verdicts = ordered_json::array();
    for (const auto* play : each.plays) verdicts.push_back(record::name(play->verdict()));
    all.push_back({{"case", each.plays.front()->name}, {"verdicts", verdicts}});
  }
  return all;
}

ordered_json changed(const Changes& changes) {
  ordered_json all{{"against", changes.against}};
  for (const auto& row : kinds) {
    auto& list = all[std::string(row.key)] = ordered_json::array();
    for (const auto* each : changes.of(row.kind)) list.push_back({{"case", each->name}, {"is", each->is}, {"was", each->was}});
  }
  return all;
}

ordered_json expectations(const View& view, const KnownList& list) {
  const Expected all = expected(view, list);
  const auto names = [](const auto& cases) {
    ordered_json out = ordered_json::array();
    for (const auto* each : cases) out.push_back(each->name);
    return out;
  };
  ordered_json entries = ordered_json::array();
  for (const auto& each : all.entries)
    entries.push_back({{"where", each.known->where}, {"statement", each.known->statement}, {"state", state(each)}, {"reason", each.known->reason}, {"link", each.known->link},
                       {"until", each.known->until ? record::text_of(*each.known->until) : ""}, {"cases", names(each.seen)}, {"gone", each.gone}});
  return {{"list", list.name}, {"entries", entries}, {"unlisted", names(all.unlisted)}};
}

ordered_json moment(const Moment& of) {
  const auto& event = *of.event;
  ordered_json one{{"at_us", event.at.count()}, {"event", record::name(event.what)}, {"client", event.client}, {"version", mqtt::name(event.version)}, {"step", event.step},
                   {"fence", event.fence}, {"summary", of.text}, {"bytes", mqtt::hex(event.bytes)}};
  ordered_json packets = ordered_json::array();
  for (const auto& packet : of.packets) {
    ordered_json fields = ordered_json::array(), faults = ordered_json::array();
    for (const auto& line : packet.told.lines)
      fields.push_back({{"path", line.field.path}, {"offset", line.field.offset}, {"size", line.field.size}, {"value", line.value}});
    for (const auto& fault : packet.told.faults)
      faults.push_back({{"offset", fault.offset}, {"size", fault.size}, {"statement", mqtt::statement(fault.rule, event.version)}, {"text", fault.text}});
    packets.push_back({{"at", packet.at}, {"summary", packet.told.summary}, {"note", packet.note}, {"fields", fields}, {"faults", faults}});
  }
  one["packets"] = packets;
  return one;
}

ordered_json one_case(const View& view, const Case& each) {
  const record::Result result = view.whole(each);
  ordered_json findings = ordered_json::array(), steps = ordered_json::array(), trace = ordered_json::array();
  for (const auto& finding : result.findings)
    findings.push_back({{"statement", finding.statement}, {"verdict", record::name(finding.verdict)}, {"expected", finding.expected}, {"actual", finding.actual},
                        {"where", finding.where}, {"step", finding.step}, {"event", finding.event}, {"offset", finding.offset}, {"size", finding.size}});
  for (const auto& step : result.steps)
    steps.push_back({{"where", step.where}, {"text", step.text}, {"outcome", record::name(step.outcome)}, {"at_us", step.at.count()}, {"took_us", step.took.count()}, {"limit_us", step.limit.count()}});
  for (const auto& each_moment : moments(result)) trace.push_back(moment(each_moment));
  ordered_json one{{"name", each.name}, {"scenario", result.scenario}, {"case", result.case_name}, {"theme", each.theme}, {"title", result.title}, {"tags", result.tags},
          {"version", mqtt::name(result.version)}, {"transport", result.transport}, {"broker", broker_name(view.brokers[static_cast<std::size_t>(result.broker)])}, {"verdict", record::name(result.verdict)}, {"reason", result.reason},
          {"play", each.play}, {"plays", each.plays}, {"flaky", each.flaky}, {"started_ms", static_cast<double>(result.started.count()) / 1000}, {"took_ms", static_cast<double>(result.took.count()) / 1000},
          {"findings", findings}, {"steps", steps}, {"trace", trace}, {"log", result.log}};
  if (result.verdict != record::Verdict::pass && result.verdict != record::Verdict::skip) one["replay"] = rerun(view, each);
  return one;
}

std::string text(const ordered_json& value, int indent) { return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace); }

}  // namespace

// Everything but the cases comes first; each case is one line, so that the file is written without holding it whole.
void write_json(const record::Run& run, std::ostream& out, const Against& against) {
  const View view{run, against.baseline};
  const auto& header = run.header;
  ordered_json head{
      {"format", "mqttspec-report"}, {"version", 1}, {"tool", header.tool}, {"target", header.target}, {"broker", header.broker}, {"profile", header.profile},
      {"started", header.started}, {"took_ms", static_cast<double>(view.took.count()) / 1000}, {"seed", header.seed}, {"versions", header.versions},
      {"transports", header.transports}, {"complete", whole(view)}, {"ending", ending(view)}, {"complaints", run.complaints}, {"counts", counts(view.counts)},
      {"must_broken", view.musts_broken}, {"should_missed", view.shoulds_missed}, {"softly_missed", view.softly_missed}, {"statements_checked", view.statements_checked}, {"themes", themes(view)},
      {"broken", broken(view.broken)}, {"missed", broken(view.missed)}, {"recorded", answered(view.answered)}, {"flaky", flaky(view)}};
  if (view.before) head["changes"] = changed(view.changes);
  if (against.known) head["known"] = expectations(view, *against.known);
  const std::string begin = text(head, 1);
  out << begin.substr(0, begin.rfind('\n')) << ",\n \"cases\": [";
  for (std::size_t i = 0; i < view.cases.size(); ++i) out << (i ? ",\n" : "\n") << text(one_case(view, view.cases[i]), -1);
  out << "\n ]\n}\n";
}

}  // namespace reports
