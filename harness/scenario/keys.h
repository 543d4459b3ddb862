#pragma once
// The words of the language: every step and its keys, the keys of a file, and what their values look like. The loader checks against these
// tables and the schema for editors is made from them.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/model.h"

namespace scenario {

// What a value looks like.
enum class Shape : std::uint8_t {
  any,           // looked at where the packet is made
  client, clients, text, way, round, certificate, yes, flag, number, times, qos, duration, version, versions, act, texts, abilities, checks,
  packet, packets, pattern, patterns, codes, alternatives, records, fields, instead, split, frame, websocket, types, filters, phases, rows, steps };

struct Key {
  std::string_view name;
  Shape shape;
  std::string_view meaning;
  bool required = false;
};

// One kind of step: `word` names it and its value is the client (or time, or act) it is about.
struct Word {
  std::string_view name;
  Shape shape;
  bool flow;                      // spelled out into several steps (words.h)
  std::string_view meaning;
  std::span<const Key> keys;
};

std::span<const Word> words();
std::span<const Key> file_keys();
std::span<const Key> row_keys();          // of a row of `for`, beside its variables
std::span<const Key> alternative_keys();  // of an item of `any_of`
std::span<const Key> phases_keys();
std::span<const Key> websocket_keys();    // of `websocket`, what to expect of one

const Word* word_named(std::string_view name);
const Key* key_named(std::span<const Key> keys, std::string_view name);
std::vector<std::string> names_of(std::span<const Key> keys);
std::vector<std::string> names_of(std::span<const Word> some);

// "a duration such as \"500ms\", \"2s\" or \"1.5s\"": what a value of this shape must be.
std::string_view in_words(Shape shape);
// Does the value have the shape, as far as its outside goes?
bool has_shape(const Json& value, Shape shape);

bool is_client_name(std::string_view name);    // a letter, then up to seven letters or digits
bool is_variable_name(std::string_view name);  // a letter or _, then letters, digits and _
bool is_reserved(std::string_view name);       // T, i, username, password: variables of the language itself
bool is_one_variable(const Json& value);       // a text that is only "${name}"

inline constexpr std::string_view frame_key = "frame";       // in what is expected: the packet as it was written
inline constexpr std::string_view frame_fields[] = {"length", "header", "remaining_length", "remaining_length_size"};
inline constexpr std::string_view by_version = "$version";   // {"$version": {"3.1.1": 5, "5.0": 135}}
inline constexpr std::string_view counter = "i";   // of `repeat`
inline constexpr int most_repeats = 1000;
inline constexpr std::string_view ways[] = {"fin", "reset", "disconnect", "keep_alive", "takeover"};   // to end a connection; words.cpp has what each does
inline constexpr std::string_view come_round = "identifiers come round";   // until when a `stream` goes on
inline constexpr std::string_view certificates[] = {"client", "expired", "unknown", "none"};   // that a client may show, or not
inline constexpr std::string_view frames[] = {"text", "unmasked", "fragments", "first", "last", "reserved", "ping", "pong", "close"};   // of `send`
inline constexpr std::string_view acts[] = {"stop", "start", "kill", "restart"};   // in the order of Control::Act

}  // namespace scenario
