#include "reports/rerun.h"

#include <fmt/format.h>

#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

std::string in_quotes(std::string_view word) {
  std::string text = "'";
  for (char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string shell_word(std::string_view word) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@";
  return !word.empty() && word.find_first_not_of(harmless) == word.npos ? std::string(word) : in_quotes(word);
}

std::string run_command(const record::Header& header, const std::string& transport) {
  std::string command = "mqttspec run";
  if (!header.chosen_by.empty()) for (const auto& word : header.chosen_by) command += " " + shell_word(one_line(word));
  else if (!header.profile.empty()) command += " --broker " + shell_word(one_line(header.profile));
  else if (!header.target.empty() && !embedded(header)) command += " " + shell_word(one_line(header.target));
  if (!header.profile.empty() && transport != "mqtt") command += " --transport " + shell_word(one_line(transport));
  for (const auto& rule : header.broken_rules) command += " --break " + shell_word(one_line(rule));
  return command;
}

std::string rerun(const record::Header& header, const record::Result& result) {
  const auto scenarios = header.scenarios.empty() ? "" : " --scenarios " + shell_word(one_line(header.scenarios));
  return fmt::format("{}{} --filter {} --mqtt {} --seed {}", run_command(header, result.transport), scenarios, in_quotes(one_line(record::name_over_any(result))), mqtt::name(result.version), header.seed);
}

std::string rerun(const View& view, const Case& each) { return rerun(view.brokers[static_cast<std::size_t>(each.result->broker)], *each.result); }

}  // namespace reports
