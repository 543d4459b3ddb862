#pragma once
// Colours for a terminal, where one is there and nobody forbids them (no-color.org).
#include <string>
#include <string_view>

namespace cli {

enum class Colour { none, red, green, yellow };

// A terminal that is not "dumb": it can take a line back.
bool rewrites_lines(int file_descriptor);
// Such a terminal, and NO_COLOR is unset or empty.
bool wants_colour(int file_descriptor);
std::string in_colour(std::string_view text, Colour colour);
// A summary with the words at the begin of lines that say how it went ("FAIL", "WARNING", ...) in their colours.
std::string coloured(std::string_view summary);

}  // namespace cli
