#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace reports {
namespace {

struct Character { char32_t code = 0xfffd; std::size_t size = 1; bool good = false; };

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return {};
  char32_t code = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0xfffd, i, false};
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr char32_t least[]{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return {};
  return {code, size, true};
}

// Controls, noncharacters, and what turns, joins or hides the text around it.
bool harmful(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfdd0 && code <= 0xfdef) ||
         (code & 0xfffe) == 0xfffe;
}

std::string escaped(char32_t code) {
  const auto number = static_cast<std::uint32_t>(code);
  return code > 0xffff ? fmt::format("\\u{{{:x}}}", number) : fmt::format("\\u{:04x}", number);
}

template <typename Escape> std::string cleaned(std::string_view text, Escape special_for) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size, good] = character_at(text, at);
    if (const std::string_view special = special_for(code); !special.empty()) out += special;
    else if (!good) out += "\xef\xbf\xbd";
    else if (harmful(code) && code != '\n' && code != '\t') out += escaped(code);
    else out += text.substr(at, size);
    at += size;
  }
  return out;
}

}  // namespace

std::string clean(std::string_view text) {
  return cleaned(text, [](char32_t) { return std::string_view{}; });
}

std::string one_line(std::string_view text) {
  return cleaned(text, [](char32_t code) -> std::string_view { return code == '\n' ? "\\n" : code == '\t' ? "\\t" : ""; });
}

std::string xml(std::string_view text) {
  return cleaned(text, [](char32_t code) -> std::string_view {
    switch (code) {
      case '&': return "&amp;";
      case '<': return "&lt;";
      case '>': return "&gt;";
      case '"': return "&quot;";
      case '\'': return "&#39;";
      case '\n': return "&#10;";
      case '\t': return "&#9;";
      default: return {};
    }
  });
}

std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string{text};
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return fmt::format("{}... ({} more)", text.substr(0, bytes), count(text.size() - bytes, "byte"));
}

std::string duration(std::chrono::microseconds time) {
  const double ms = static_cast<double>(time.count()) / 1000;
  if (ms < 10) return fmt::format("{:.1f} ms", ms);
  if (ms < 1000) return fmt::format("{:.0f} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", ms / 1000);
  const auto seconds = time.count() / 1'000'000;
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string milliseconds(std::chrono::microseconds time) { return fmt::format("{:.3f}", static_cast<double>(time.count()) / 1000); }

std::string number(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string count(std::uint64_t value, std::string_view noun) { return fmt::format("{} {}{}", number(value), noun, value == 1 ? "" : "s"); }

std::string slug(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
    if (plain) out += static_cast<char>(c);
    else if (!out.empty() && out.back() != '-') out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out, line;
  const auto flush = [&] { if (!line.empty()) out += std::string{indent} + line + "\n", line.clear(); };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    if (!line.empty() && indent.size() + line.size() + 1 + end - at > width) flush();
    if (end > at) line += (line.empty() ? "" : " ") + std::string{text.substr(at, end - at)};
    if (end < text.size() && text[end] == '\n') flush();
    at = end + 1;
  }
  flush();
  return out;
}

Place place_of(std::string_view where) {
  Place place{std::string{where}, 0};
  for (int numbers = 0; numbers < 2; ++numbers) {  // the column, then the line
    const auto colon = place.file.rfind(':');
    if (colon == std::string::npos) break;
    int value = 0;
    const char* const last = place.file.data() + place.file.size();
    const auto [end, error] = std::from_chars(place.file.data() + colon + 1, last, value);
    if (error != std::errc{} || end != last) break;
    place = {place.file.substr(0, colon), value};
  }
  return place;
}

}  // namespace reports
