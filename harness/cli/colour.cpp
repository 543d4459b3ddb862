#include "harness/cli/colour.h"

#include <unistd.h>

#include <cstdlib>

namespace cli {
namespace {

struct Row { std::string_view begin; Colour colour; };
constexpr Row words[] = {{"FAIL", Colour::red},      {"ERROR", Colour::red},     {"INCONCLUSIVE", Colour::yellow}, {"WARNING", Colour::yellow}, {"FLAKY", Colour::yellow},
                         {"NEW", Colour::red},       {"CHANGED", Colour::yellow}, {"FIXED", Colour::green},        {"STILL", Colour::yellow}};

constexpr std::string_view codes[] = {"", "\x1b[31m", "\x1b[32m", "\x1b[33m"};

Colour colour_of(std::string_view word) {
  for (auto& row : words)
    if (row.begin == word) return row.colour;
  return Colour::none;
}

}  // namespace

bool rewrites_lines(int file_descriptor) {
  const char* terminal = std::getenv("TERM");
  return isatty(file_descriptor) && terminal && std::string_view(terminal) != "dumb";
}

bool wants_colour(int file_descriptor) {
  const char* refused = std::getenv("NO_COLOR");
  return rewrites_lines(file_descriptor) && !(refused && *refused);
}

std::string in_colour(std::string_view text, Colour colour) {
  if (colour == Colour::none) return std::string(text);
  return std::string(codes[static_cast<std::size_t>(colour)]) + std::string(text) + "\x1b[0m";
}

std::string coloured(std::string_view summary) {
  std::string text;
  for (std::size_t at = 0; at < summary.size();) {
    const auto end = std::min(summary.find('\n', at), summary.size());
    const auto line = summary.substr(at, end - at);
    const auto begin = std::min(line.find_first_not_of(' '), line.size());
    const auto word = line.substr(begin, line.find_first_of(" ,", begin) - begin);
    text += std::string(line.substr(0, begin)) + in_colour(word, begin <= 2 ? colour_of(word) : Colour::none) + std::string(line.substr(begin + word.size()));
    if (end < summary.size()) text += '\n';
    at = end + 1;
  }
  return text;
}

}  // namespace cli
