#include "harness/engine/not_played.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/engine/grading.h"

namespace engine {

std::string why_not(const scenario::Case& one, const Target& target, bool may_break) {
  if (!may_break && std::find(one.tags.begin(), one.tags.end(), "intrusive") != one.tags.end())
    return "intrusive: what it sends has brought brokers down, and this one is not on loopback; say --i-may-break-this-broker when it may";
  if (auto refused = target.refuses.find(one.version); refused != target.refuses.end()) return refused->second;
  if (!one.transport.empty() && target.websocket.empty())
    return fmt::format("needs a WebSocket: {}", target.ours ? "the broker's profile has no listener 'ws' or 'wss'" : "the URL is neither ws:// nor wss://");
  for (auto& step : one.steps)
    if (auto open = std::get_if<scenario::Open>(&step.action); open && open->version)
      if (auto refused = target.refuses.find(*open->version); refused != target.refuses.end())
        return fmt::format("has a client of MQTT {}: {}", mqtt::name(*open->version), refused->second);
  for (auto& need : one.needs)
    if (auto lack = target.lacks.find(need); lack != target.lacks.end()) return fmt::format("needs {}: {}", need, lack->second);
  if (!one.setup.empty() && !target.setups.contains(one.setup))
    return fmt::format("needs a broker in the setup {}: {}", one.setup, target.ours ? "its profile has none" : "only a profile can start one (--broker)");
  return {};
}

record::Result not_played(const scenario::Case& one, const Target& target, record::Verdict verdict, std::string reason) {
  record::Result result;
  result.scenario = one.scenario;
  result.case_name = one.name;
  result.title = one.title;
  result.tags = one.tags;
  result.version = one.version;
  result.transport = one.transport.empty() ? target.transport : target.websocket.empty() ? one.transport : target.websocket;
  result.verdict = verdict;
  result.reason = std::move(reason);
  for (auto& step : one.steps)
    for (auto& statement : step.checks) {
      record::Finding finding;
      finding.statement = statement;
      finding.verdict = record::Kept::inconclusive;
      finding.expected = expectation(step.text);
      finding.where = scenario::to_string(step.place);
      result.findings.push_back(std::move(finding));
    }
  return result;
}

}  // namespace engine
