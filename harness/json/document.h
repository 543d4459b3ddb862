#pragma once
// A JSON text with the line and column of every key and value, so that a complaint can point at it.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace json {

struct Position { int line = 1, column = 1; };       // both from 1; columns count bytes

struct Error { Position at; std::string text; };     // "the key 'qos' stands twice in this object (first at 3:5)"

class Document {
public:
  nlohmann::json value;
  std::vector<Error> errors;                         // syntax (then value is null), duplicate keys

  // Where the value, or the key of a member, at this JSON pointer begins; where there is none, its nearest ancestor.
  Position value_at(std::string_view pointer) const;
  Position key_at(std::string_view pointer) const;
  std::string_view line(int number) const;           // the text of a line, without its end

  static Document parse(std::string text);
private:
  std::string text_;
  std::unordered_map<std::string, std::size_t> values_, keys_;   // pointer -> offset
  Position position_of(std::size_t offset) const;
};

std::string pointer_of(std::string_view parent, std::string_view key);   // escapes ~ and / (RFC 6901)
std::string pointer_of(std::string_view parent, std::size_t index);

// The best of `known` for a mistyped `word`, or none when nothing is near.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace json
