#pragma once
// What is known while the steps of one case are read: the file, the row, the version, and what the steps before did. Internal to the loader.
#include <map>
#include <set>

#include "harness/scenario/complaints.h"
#include "harness/scenario/model.h"
#include "harness/scenario/variables.h"
#include "harness/scenario/words.h"
#include "harness/spec/catalogue.h"

namespace scenario {

// One file, parsed once for all its rows and versions.
struct File {
  std::string id, name;                       // "connect/second-connect", "scenarios/connect/second-connect.json"
  const json::Document& document;
  const spec::Catalogue& catalogue;
  Complaints& complaints;
  std::set<mqtt::Version> versions;           // it is played in
};

// A step as it is read: one of the file, or a round of one inside a `repeat`.
struct Written {
  std::string pointer;                        // "/steps/3", "/steps/3/steps/0"
  Json value;
};

struct ClientState {
  mqtt::Version version;                      // that it speaks
  bool ended = false;                         // dropped or disconnected, by ourselves
  bool open = false;                          // a step with `records` left open what became of its connection
};

struct Row {
  std::string pointer;                        // "/for/2"
  const Json* value;
};

struct Reading {
  const File& file;
  Case& made;
  std::vector<Row> rows;                      // of `for` and of `by`; none: no table
  Variables row_variables;
  std::set<std::string> client_names;         // all of the case
  std::map<std::string, ClientState> clients; // opened so far
  std::map<std::string, std::string> saved;   // capture -> pointer of its first $save, in the order of steps
  std::set<std::string> used;                 // captures that something used
  Variables placeholders;                     // a value of the right kind for everything only known while playing
  Counters counters;                          // of the flow words
  std::string step = {};                      // pointer of the one being read
  mutable std::size_t said = 0;               // complaints of this case
  const Origin* origin = nullptr;             // of a step that a flow word was spelled out into; null: the author's own

  mqtt::Version version_of(const std::string& client) const;
  // `pointer` is relative to the step being read. The place is found behind row variables and $version.
  void complain(const std::string& pointer, const std::string& text) const { complain_at(absolute(pointer), text, false); }
  void complain_key(const std::string& pointer, const std::string& text) const { complain_at(absolute(pointer), text, true); }
  // The same, a number of characters into a text in the raw notation.
  void complain_inside(const std::string& pointer, std::size_t offset, const std::string& text) const;
  std::string absolute(const std::string& pointer) const;
private:
  struct Found { std::string pointer; const Json* value; bool whole; };
  Found locate(const std::string& pointer, bool key) const;
  void follow(Found& found) const;
  std::string row_note(const Found& found) const;
  void complain_at(const std::string& pointer, const std::string& text, bool key) const;
};

// packets.cpp: a packet to be sent, in its full form {"NAME": {...}} with defaults that belong to the client; none: complaints were made.
std::optional<Json> read_packet(Reading& reading, const Json& given, const std::string& pointer, const std::string& client, const Json& instead);
// {"NAME": {...}} of "NAME" or {"NAME": {...}}.
std::optional<Json> named_packet(Reading& reading, const Json& given, const std::string& pointer);
void check_instead(Reading& reading, const Json& packet, const Json& instead, mqtt::Version version);
void check_raw(Reading& reading, const std::string& text, const std::string& pointer);
bool lacks(mqtt::Version version, mqtt::Type type, const std::string& field);   // a field that only another version has
void check_topic(Reading& reading, const Json& topic, const std::string& pointer, std::string_view what);

// patterns.cpp: a pattern of a packet to be expected, in its full form.
std::optional<Json> read_pattern(Reading& reading, const Json& given, const std::string& pointer, const std::string& client);
void check_matchers(Reading& reading, const Json& pattern, const std::string& pointer);
// Names of reason codes become numbers, inside matchers too.
void resolve_codes(Reading& reading, Json& value, const std::string& pointer, mqtt::Version version);

// repeats.cpp: the steps in the order of the play, each `repeat` spelled out; complains about what is wrong with one, and leaves it out.
std::vector<Written> unrolled(Reading& reading, const Json& steps);

// asked.cpp: what a step asks of the broker: the statements of `checks` that are the version's, the behaviours of `records`.
std::vector<std::string> read_checks(Reading& reading, const Json& step);
std::vector<std::string> read_records(Reading& reading, const Json& step);
// What a step with `records` may not say, and what the steps behind it may not.
void check_records(Reading& reading, const Json& step, const std::string& client);

// steps.cpp: one step as the author wrote it, rows and $version resolved; appends to reading.made.steps.
void read_step(Reading& reading, Json step);
void pass_over_step(Reading& reading, const Json& step);   // one that is known to be wrong: what later steps need of it

// captures.cpp: ${names} and {"$save": ...} of one step.
void check_names(Reading& reading, const Json& step);
void note_saves(Reading& reading, const Json& step);
void check_unused(Reading& reading);

}  // namespace scenario
