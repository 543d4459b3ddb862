#include "harness/record/names.h"

namespace record {
std::string_view name(What what) { return words<What>.at(static_cast<std::size_t>(what)); }
std::string_view name(Verdict verdict) { return words<Verdict>.at(static_cast<std::size_t>(verdict)); }
std::string_view name(Kept kept) { return words<Kept>.at(static_cast<std::size_t>(kept)); }
std::string_view name(Outcome outcome) { return words<Outcome>.at(static_cast<std::size_t>(outcome)); }

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
