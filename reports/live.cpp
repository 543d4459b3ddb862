#include "reports/live.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/mqtt/packet.h"
#include "reports/assets.h"
#include "reports/html.h"
#include "reports/reports.h"
#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

using nlohmann::json;
using record::Kept;

constexpr std::size_t most_findings = 5, longest_text = 600;

std::string told(std::string_view text) { return shortened(one_line(text), longest_text); }

const spec::Statement* named(const record::Header& header, std::string_view id) {
  const auto found = std::find_if(header.statements.begin(), header.statements.end(), [&](const auto& one) { return one.id == id; });
  return found == header.statements.end() ? nullptr : &*found;
}

// The types of packets by the first byte of each write and each frame: enough for a filter.
std::string packets_in(const record::Trace& trace) {
  std::set<std::string_view> names;
  for (const auto& event : trace)
    if ((event.what == record::What::sent || event.what == record::What::received) && !event.bytes.empty() && event.bytes[0] >> 4 != 0)
      names.insert(mqtt::name(static_cast<mqtt::Type>(event.bytes[0] >> 4)));
  return fmt::format("{}", fmt::join(names, " "));
}

json finding(const record::Finding& of, const record::Header& header) {
  const auto* statement = named(header, of.statement);
  return {{"verdict", record::name(of.verdict)}, {"word", html::word(of.verdict)}, {"statement", one_line(of.statement)}, {"level", statement ? statement->level_text : ""},
          {"section", statement ? statement->section : ""}, {"summary", statement ? statement->summary : ""}, {"expected", told(of.expected)}, {"actual", told(of.actual)}, {"where", one_line(of.where)}};
}

}  // namespace

std::vector<LiveFile> live_files() {
  std::vector<LiveFile> files{{"", "text/html; charset=utf-8", std::string{asset("live.mustache")}},
                              {"live.css", "text/css; charset=utf-8", std::string{asset("live.css")}},
                              {"live.js", "text/javascript; charset=utf-8", std::string{asset("filter.js")} + std::string{asset("live.js")}}};
  for (auto& each : page_assets()) files.push_back({each.name, each.name.ends_with(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8", std::move(each.text)});
  return files;
}

json live_run(const record::Header& header) {
  return {{"broker", one_line(broker_name(header))},
          {"about", one_line(fmt::format("{}, MQTT {}, over {}, seed {}, {}", header.target, fmt::join(header.versions, ", "), fmt::join(header.transports, ", "), header.seed, header.tool))}};
}

json live_case(const record::Result& result, const record::Header& header) {
  std::vector<std::string> topics{result.scenario.substr(0, result.scenario.find('/'))};
  for (const auto& tag : result.tags) topics.push_back(slug(tag));
  json findings = json::array();
  std::size_t wrong = 0;
  bool warned = false;
  for (const auto& one : result.findings) {
    if (one.verdict != Kept::fail && one.verdict != Kept::warning) continue;
    warned |= one.verdict == Kept::warning;
    if (++wrong <= most_findings) findings.push_back(finding(one, header));
  }
  return {{"name", one_line(record::full_name(result))},
          {"title", one_line(result.title)},
          {"verdict", record::name(result.verdict)},
          {"warned", warned && result.verdict == record::Verdict::pass},
          {"version", mqtt::name(result.version)},
          {"transport", one_line(result.transport)},
          {"topic", one_line(fmt::format("{}", fmt::join(topics, " ")))},
          {"packets", packets_in(result.trace)},
          {"took", result.verdict == record::Verdict::skip ? "" : duration(result.took)},
          {"reason", told(result.reason)},
          {"findings", findings},
          {"more", wrong - findings.size()}};
}

}  // namespace reports
