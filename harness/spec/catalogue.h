#pragma once
// The normative statements of the three standards: who is bound, how strongly, and whether a client can see it (scenarios/statements/).
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/mqtt/version.h"

namespace spec {

enum class Level { must, should, may };
enum class Observable { yes, partly, no };

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
};

class Catalogue {
public:
  // Reads 3.1.json, 3.1.1.json and 5.0.json. Throws std::runtime_error that names the file and what is wrong in it.
  static Catalogue load(const std::filesystem::path& folder);
  explicit Catalogue(std::vector<Statement> all = {});
  const Statement* find(std::string_view id) const;
  const std::vector<Statement>& all() const { return all_; }
  std::vector<std::string> ids() const;
private:
  std::vector<Statement> all_;   // sorted by id
};

}  // namespace spec
