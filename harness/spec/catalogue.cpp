#include "harness/spec/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "harness/json/document.h"

namespace spec {
namespace {

// Reads one statement; says what is wrong by throwing a bare text, to which the caller adds the place.
struct Reader {
  const std::string& file;
  const json::Document& document;
  mqtt::Version version;

  [[noreturn]] void wrong(const std::string& pointer, const std::string& text) const {
    auto at = document.value_at(pointer);
    throw std::runtime_error(fmt::format("{}:{}:{}: {}", file, at.line, at.column, text));
  }

  std::string text(const nlohmann::json& row, const std::string& pointer, const std::string& key) const {
    auto found = row.find(key);
    if (found == row.end()) wrong(pointer, fmt::format("a statement without '{}'", key));
    if (!found->is_string() || found->get_ref<const std::string&>().empty()) wrong(pointer + "/" + key, fmt::format("'{}' must be a text that is not empty", key));
    return found->get<std::string>();
  }

  template <typename Value, std::size_t N>
  Value word(const nlohmann::json& row, const std::string& pointer, const std::string& key, const std::pair<const char*, Value> (&table)[N]) const {
    auto said = text(row, pointer, key);
    std::string known;
    for (auto& [name, value] : table) {
      if (said == name) return value;
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    wrong(pointer + "/" + key, fmt::format("'{}' is '{}'; it must be one of: {}", key, said, known));
  }

  Statement statement(const nlohmann::json& row, const std::string& pointer) const {
    static constexpr std::pair<const char*, Level> levels[] = {
      {"MUST", Level::must}, {"MUST NOT", Level::must}, {"SHALL", Level::must}, {"SHALL NOT", Level::must}, {"REQUIRED", Level::must},
      {"SHOULD", Level::should}, {"SHOULD NOT", Level::should}, {"RECOMMENDED", Level::should}, {"MAY", Level::may}, {"OPTIONAL", Level::may}};
    static constexpr std::pair<const char*, Observable> views[] = {{"yes", Observable::yes}, {"partly", Observable::partly}, {"no", Observable::no}};
    static constexpr std::pair<const char*, int> bound[] = {{"server", 0}, {"client", 0}, {"both", 0}};
    if (!row.is_object()) wrong(pointer, "a statement must be an object");
    Statement one;
    one.version = version;
    one.id = fmt::format("{}:{}", mqtt::name(version), text(row, pointer, "id"));
    one.section = text(row, pointer, "section");
    one.level = word(row, pointer, "level", levels);
    one.level_text = text(row, pointer, "level");
    word(row, pointer, "binds", bound);
    one.binds = text(row, pointer, "binds");
    one.topic = text(row, pointer, "topic");
    one.observable = word(row, pointer, "observable", views);
    one.summary = text(row, pointer, "summary");
    one.how = text(row, pointer, "how");
    return one;
  }
};

void read(const std::filesystem::path& path, mqtt::Version version, std::vector<Statement>& all) {
  auto file = path.string();
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read; it is the catalogue of the statements of MQTT {}", file, mqtt::name(version)));
  std::ostringstream text;
  text << in.rdbuf();
  auto document = json::Document::parse(text.str());
  if (!document.errors.empty()) {
    auto& error = document.errors.front();
    throw std::runtime_error(fmt::format("{}:{}:{}: {}", file, error.at.line, error.at.column, error.text));
  }
  Reader reader{file, document, version};
  if (!document.value.is_array()) reader.wrong("", "the catalogue must be a list of statements");
  for (std::size_t i = 0; i < document.value.size(); ++i) {
    auto pointer = "/" + std::to_string(i);
    auto one = reader.statement(document.value[i], pointer);
    if (std::any_of(all.begin(), all.end(), [&](auto& other) { return other.id == one.id; }))
      reader.wrong(pointer + "/id", fmt::format("the statement '{}' stands twice", one.id));
    all.push_back(std::move(one));
  }
}

}  // namespace

Catalogue Catalogue::load(const std::filesystem::path& folder) {
  std::vector<Statement> all;
  for (auto version : mqtt::all_versions) read(folder / fmt::format("{}.json", mqtt::name(version)), version, all);
  return Catalogue(std::move(all));
}

Catalogue::Catalogue(std::vector<Statement> all) : all_(std::move(all)) {
  std::sort(all_.begin(), all_.end(), [](auto& a, auto& b) { return a.id < b.id; });
}

const Statement* Catalogue::find(std::string_view id) const {
  auto at = std::lower_bound(all_.begin(), all_.end(), id, [](auto& one, std::string_view other) { return one.id < other; });
  return at != all_.end() && at->id == id ? &*at : nullptr;
}

std::vector<std::string> Catalogue::ids() const {
  std::vector<std::string> ids;
  for (auto& one : all_) ids.push_back(one.id);
  return ids;
}

}  // namespace spec
