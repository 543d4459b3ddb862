#include "reports/rerun.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

// One word for a POSIX shell, whatever is in it.
std::string shell_word(std::string_view word) {
  std::string text = "'";
  for (char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}
std::string word_or_quoted(std::string_view word) {
  constexpr std::string_view harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@";
  return !word.empty() && word.find_first_not_of(harmless) == word.npos ? std::string(word) : shell_word(word);
}

}  // namespace

std::string rerun(const record::Header& header, const record::Result& result) {
  std::string command = "mqttspec run";
  if (!header.chosen_by.empty()) for (const auto& word : header.chosen_by) command += " " + word_or_quoted(one_line(word));
  else if (!header.profile.empty()) command += " --broker " + word_or_quoted(one_line(header.profile));
  else if (const auto& over = header.transports; !header.target.empty() && std::find(over.begin(), over.end(), "memory") == over.end()) command += " " + word_or_quoted(one_line(header.target));
  if (!header.profile.empty() && result.transport != "mqtt") command += " --transport " + word_or_quoted(one_line(result.transport));
  for (const auto& rule : header.broken_rules) command += " --break " + word_or_quoted(one_line(rule));
  if (!header.scenarios.empty()) command += " --scenarios " + word_or_quoted(one_line(header.scenarios));
  return fmt::format("{} --filter {} --mqtt {} --seed {}", command, shell_word(one_line(record::name_over_any(result))), mqtt::name(result.version), header.seed);
}

std::string rerun(const View& view, const Case& each) { return rerun(view.brokers[static_cast<std::size_t>(each.result->broker)], *each.result); }

}  // namespace reports
