#pragma once
// A JSON text with the line and column of every key and value, so that a complaint can point at it.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace json {

struct Position {                                    // both from 1; columns count bytes
  int line = 1, column = 1;
  bool operator==(const Position&) const = default;
};

struct Error { Position at; std::string text; };     // "the key 'qos' stands twice in this object (first at 3:5)"

inline constexpr int max_depth = 200;                // objects and lists within each other; one more is an error

class Document {
public:
  nlohmann::json value;                              // of a key that stands twice the first value counts
  std::vector<Error> errors;                         // duplicate keys, then at most one of syntax (then value is null)

  // Where the value, or the key of a member, at this JSON pointer begins; where there is none, its nearest ancestor.
  // An item of a list has no key: key_at is its value_at.
  Position value_at(std::string_view pointer) const;
  Position key_at(std::string_view pointer) const;
  std::string_view line(int number) const;           // the text of a line, without its end; empty where there is no such line

  static Document parse(std::string text);
private:
  friend class Reader;
  using Offsets = std::unordered_map<std::string, std::size_t>;
  std::string text_;
  std::vector<std::size_t> lines_;                   // where each line begins
  Offsets values_, keys_;                            // pointer -> offset
  Position position_of(std::size_t offset) const;
  std::size_t find(std::string_view pointer, bool key) const;
};

std::string pointer_of(std::string_view parent, std::string_view key);   // escapes ~ and / (RFC 6901)
std::string pointer_of(std::string_view parent, std::size_t index);

// The best of `known` for a mistyped `word`, or none when nothing is near. Case and two swapped neighbours count little.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace json
