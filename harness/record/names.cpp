#include <array>

#include "harness/record/result.h"

namespace record {
namespace {

constexpr std::array<std::string_view, 12> whats{"opened", "refused", "sent", "received", "ended", "reset", "finished", "dropped", "frame_sent", "frame_received", "control", "left_out"};
constexpr std::array<std::string_view, 5> verdicts{"pass", "fail", "inconclusive", "skip", "error"};
constexpr std::array<std::string_view, 5> kepts{"pass", "fail", "warning", "inconclusive", "recorded"};
constexpr std::array<std::string_view, 3> outcomes{"held", "not_held", "not_reached"};

}  // namespace

std::string_view name(What what) { return whats.at(static_cast<std::size_t>(what)); }
std::string_view name(Verdict verdict) { return verdicts.at(static_cast<std::size_t>(verdict)); }
std::string_view name(Kept kept) { return kepts.at(static_cast<std::size_t>(kept)); }
std::string_view name(Outcome outcome) { return outcomes.at(static_cast<std::size_t>(outcome)); }

std::string name_over_any(const Result& result) {
  std::string text = result.scenario;
  if (!result.case_name.empty()) text += " (" + result.case_name + ")";
  return text + " [" + std::string{mqtt::name(result.version)} + "]";
}

std::string full_name(const Result& result) {
  auto text = name_over_any(result);
  if (result.transport != "mqtt" && result.transport != "memory") text.insert(text.size() - 1, " " + result.transport);
  return text;
}

}  // namespace record
