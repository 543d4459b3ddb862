#pragma once
// The normative statements of the three standards: who is bound, how strongly, and whether a client can see it. Beside them the behaviours that
// the standards leave open and a report tells without a verdict (scenarios/statements/).
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/mqtt/version.h"

namespace spec {

enum class Level { must, should, may };
enum class Observable { yes, partly, no };
// A miss of what is graded softly is a warning: of the whole statement, or only where the harness broke it and the broker was to close.
enum class Grade { firm, soft, soft_reaction };

struct Statement {
  std::string id;          // "3.1.1:MQTT-3.1.0-2"
  mqtt::Version version;
  std::string section;     // "3.1.0"
  Level level;
  std::string level_text;  // "MUST NOT"
  std::string binds;       // "server", "client", "both"
  std::string topic;       // "connect", "qos2", ...
  Observable observable;
  std::string summary;     // in our own words
  std::string how;         // how a black-box client sees it, or why it cannot
  Grade grade = Grade::firm;
  std::string why_soft = {};   // in one sentence for reports; empty when firm
};

// What no statement decides, or only several together.
struct Behaviour {
  std::string id;                        // "X-07"
  std::vector<mqtt::Version> versions;   // in which the question makes sense
  std::string question;                  // "How many copies does a subscriber with overlapping filters get?"
  std::vector<std::string> statements;   // that judge it where they can; empty: nothing does
};

class Catalogue {
public:
  // Reads 3.1.json, 3.1.1.json, 5.0.json and behaviours.json. Throws std::runtime_error that names the file and what is wrong in it.
  static Catalogue load(const std::filesystem::path& folder);
  explicit Catalogue(std::vector<Statement> all = {}, std::vector<Behaviour> behaviours = {});
  const Statement* find(std::string_view id) const;
  const std::vector<Statement>& all() const { return all_; }
  std::vector<std::string> ids() const;
  const Behaviour* behaviour(std::string_view id) const;
  const std::vector<Behaviour>& behaviours() const { return behaviours_; }
private:
  std::vector<Statement> all_;          // sorted by id
  std::vector<Behaviour> behaviours_;   // sorted by id
};

}  // namespace spec
