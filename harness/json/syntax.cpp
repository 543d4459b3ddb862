#include "harness/json/syntax.h"

#include <fmt/core.h>

#include <algorithm>

namespace json {
namespace {

enum class Where { token, byte };  // point at the first byte of the token, or at the byte that was read last

struct Row { std::string_view said; Where where; std::string_view text; };

// {0}: the offending byte in hex.
constexpr Row broken_tokens[] = {
  {"control character U+000A", Where::token, "this text has no closing quote on its line; a line break inside a text is written \\n"},
  {"control character U+000D", Where::token, "this text has no closing quote on its line; a line break inside a text is written \\n"},
  {"control character U+0009", Where::byte, "a tab inside a text is written \\t"},
  {"control character", Where::byte, "the control character 0x{0} inside a text is written \\u00{0}"},
  {"missing closing quote", Where::token, "this text has no closing quote"},
  {"ill-formed UTF-8", Where::byte, "the byte 0x{0} is not well-formed UTF-8 here"},
  {"forbidden character after backslash", Where::byte, "after a backslash stands one of \" \\ / b f n r t u"},
  {"must be followed by 4 hex", Where::byte, "after \\u stand four hex digits"},
  {"must be followed by U+DC00", Where::byte, "half of a surrogate pair: \\ud800 to \\udbff are followed by \\udc00 to \\udfff"},
  {"must follow U+D800", Where::byte, "half of a surrogate pair: \\udc00 to \\udfff follow \\ud800 to \\udbff"},
  {"invalid number", Where::token, "this number is not complete"},
  {"invalid BOM", Where::byte, "the text begins like a byte order mark, but is none"},
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool wordly(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '-' || c == '.'; }

std::string_view word_at(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && wordly(text[end])) ++end;
  return text.substr(at, end - at);
}

std::string shown(std::string_view text, std::size_t at) {
  if (text[at] == '"') return "a text in quotes";
  const auto word = word_at(text, at);
  return fmt::format("'{}'", word.empty() ? text.substr(at, 1) : word);
}

std::string unknown_word(std::string_view text, std::size_t at, bool key) {
  const char c = text[at];
  if (c == '/' || c == '#') return "JSON has no comments";
  if (c == '\'') return "texts stand in double quotes, not in single ones";
  const auto word = word_at(text, at);
  if (word.empty()) {
    const bool visible = c > ' ' && c < 127;
    return visible ? fmt::format("'{}' has no place here", c) : fmt::format("the byte 0x{:02x} has no place outside of a text", static_cast<unsigned char>(c));
  }
  if (key) return fmt::format("the key '{}' must stand in double quotes", word);
  return fmt::format("unknown word '{}'; JSON knows true, false and null, and a text stands in double quotes", word);
}

std::string wrong_place(std::string_view text, std::string_view what, std::size_t at) {
  const char c = text[at];
  if (has(what, "object key")) {
    return c == '}' ? "a comma before this '}': nothing follows the last member" : fmt::format("expected a key in double quotes, found {}", shown(text, at));
  }
  if (has(what, "object separator")) return fmt::format("expected ':' after the key, found {}", shown(text, at));
  if (has(what, "; expected '}'")) return fmt::format("expected ',' or '}}' after this member, found {}", shown(text, at));
  if (has(what, "; expected ']'")) return fmt::format("expected ',' or ']' after this item, found {}", shown(text, at));
  if (has(what, "; expected end of input")) return fmt::format("expected the end of the text, found {}: a JSON text is one value", shown(text, at));
  if (c == ']') return "a comma before this ']': nothing follows the last item";
  return fmt::format("expected a value, found {}", shown(text, at));
}

}  // namespace

std::size_t next_token(std::string_view text, std::size_t from) {
  while (from < text.size() && (blank(text[from]) || text[from] == ',' || text[from] == ':')) ++from;
  return from;
}

Trouble explain_syntax(std::string_view text, std::string_view what, std::size_t read, std::size_t from, char open, const std::string& opened) {
  const auto byte = std::min(read > 0 ? read - 1 : 0, text.size());
  const auto token = next_token(text, from);
  for (const auto& row : broken_tokens)
    if (has(what, row.said)) {
      const auto at = row.where == Where::token || byte == text.size() ? token : byte;
      const auto value = byte < text.size() ? static_cast<unsigned char>(text[byte]) : 0;
      return {at, fmt::format(fmt::runtime(row.text), fmt::format("{:02x}", value))};
    }
  if (has(what, "unexpected end of input")) {
    auto end = text.size();
    while (end > 0 && blank(text[end - 1])) --end;
    if (end == 0) return {0, "the text is empty"};
    if (open == 0) return {end, "the text ends before its value"};
    return {end, fmt::format("the text ends inside the {} that begins at {}", open == '{' ? "object" : "list", opened)};
  }
  if (has(what, "invalid literal")) return {token, unknown_word(text, token, has(what, "object key"))};
  if (has(what, "number overflow")) return {token, fmt::format("the number {} is too large", word_at(text, token))};
  const bool punctuation = byte < text.size() && (text[byte] == ',' || text[byte] == ':');
  const auto at = punctuation && token >= byte ? byte : token;
  return {at, wrong_place(text, what, at)};
}

}  // namespace json
