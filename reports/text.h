#pragma once
// Text for people: broker-sent text made harmless to look at, times and numbers in words.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace reports {

// Well-formed UTF-8 that XML may hold. Ill-formed bytes become U+FFFD; control characters, noncharacters and characters that turn or hide text
// become \u202e and the like. Line ends and tabs stay.
std::string clean(std::string_view text);
std::string one_line(std::string_view text);                             // clean, with line ends as \n and tabs as \t
std::string shortened(std::string_view text, std::size_t bytes);         // cut at a character's border, with "... (1,234 bytes more)"
std::string xml(std::string_view text);                                  // clean, with & < > " ' as entities; line ends and tabs too
std::string duration(std::chrono::microseconds time);                    // "0.8 ms", "12 ms", "3.2 s", "2 min 5 s"
std::string milliseconds(std::chrono::microseconds time);                // "12.345", for columns
std::string number(std::uint64_t value);                                 // "65,535"
std::string count(std::uint64_t value, std::string_view noun);           // "1 case", "2 cases"
std::string slug(std::string_view text);                                 // "connect-second-connect-3.1.1"
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);  // lines of words; each line begins with indent

struct Place { std::string file; int line = 0; };                        // line 0: unknown
Place place_of(std::string_view where);                                  // "a.json:6:5"

}  // namespace reports
