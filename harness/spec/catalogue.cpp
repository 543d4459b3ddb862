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

// Reads one row of a file.
struct Reader {
  const std::string& file;
  const json::Document& document;
  std::string_view what;   // one row is: "statement"

  [[noreturn]] void wrong(const std::string& pointer, const std::string& text) const {
    auto at = document.value_at(pointer);
    throw std::runtime_error(fmt::format("{}:{}:{}: {}", file, at.line, at.column, text));
  }

  std::string text(const nlohmann::json& row, const std::string& pointer, const std::string& key) const {
    auto found = row.find(key);
    if (found == row.end()) wrong(pointer, fmt::format("a {} without '{}'", what, key));
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

  Statement statement(mqtt::Version version, const nlohmann::json& row, const std::string& pointer) const {
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
    static constexpr std::pair<const char*, Grade> grades[] = {{"soft", Grade::soft}, {"soft reaction", Grade::soft_reaction}};
    if (row.contains("grade")) one.grade = word(row, pointer, "grade", grades);
    if (row.contains("grade")) one.why_soft = text(row, pointer, "why_soft");
    return one;
  }

  std::vector<std::string> texts(const nlohmann::json& row, const std::string& pointer, const std::string& key) const {
    auto found = row.find(key);
    auto is_text = [](auto& each) { return each.is_string(); };
    if (found == row.end() || !found->is_array() || !std::all_of(found->begin(), found->end(), is_text)) wrong(pointer, fmt::format("a {} needs a list of texts '{}'", what, key));
    return found->template get<std::vector<std::string>>();
  }

  Behaviour behaviour(const std::vector<Statement>& all, const nlohmann::json& row, const std::string& pointer) const {
    if (!row.is_object()) wrong(pointer, "a behaviour must be an object");
    Behaviour one{text(row, pointer, "id"), {}, text(row, pointer, "question"), texts(row, pointer, "statements")};
    auto versions = texts(row, pointer, "versions");
    for (std::size_t i = 0; i < versions.size(); ++i) {
      auto version = mqtt::version_named(versions[i]);
      if (!version) wrong(fmt::format("{}/versions/{}", pointer, i), fmt::format("'{}' is no version; there is 3.1, 3.1.1 and 5.0", versions[i]));
      one.versions.push_back(*version);
    }
    for (std::size_t i = 0; i < one.statements.size(); ++i)
      if (std::none_of(all.begin(), all.end(), [&](auto& statement) { return statement.id == one.statements[i]; }))
        wrong(fmt::format("{}/statements/{}", pointer, i), fmt::format("there is no statement '{}'", one.statements[i]));
    return one;
  }
};

// The rows of one file, each made by take(reader, row, pointer); `holds` says what the file is for.
template <typename Row, typename Take>
void read(const std::filesystem::path& path, std::string_view what, const std::string& holds, std::vector<Row>& all, const Take& take) {
  auto file = path.string();
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read; it is the catalogue of {}", file, holds));
  std::ostringstream text;
  text << in.rdbuf();
  auto document = json::Document::parse(text.str());
  if (!document.errors.empty()) {
    auto& error = document.errors.front();
    throw std::runtime_error(fmt::format("{}:{}:{}: {}", file, error.at.line, error.at.column, error.text));
  }
  Reader reader{file, document, what};
  if (!document.value.is_array()) reader.wrong("", fmt::format("the catalogue must be a list of {}s", what));
  for (std::size_t i = 0; i < document.value.size(); ++i) {
    auto pointer = "/" + std::to_string(i);
    auto one = take(reader, document.value[i], pointer);
    if (std::any_of(all.begin(), all.end(), [&](auto& other) { return other.id == one.id; }))
      reader.wrong(pointer + "/id", fmt::format("the {} '{}' stands twice", what, one.id));
    all.push_back(std::move(one));
  }
}

}  // namespace

Catalogue Catalogue::load(const std::filesystem::path& folder) {
  std::vector<Statement> all;
  std::vector<Behaviour> behaviours;
  for (auto version : mqtt::all_versions)
    read(folder / fmt::format("{}.json", mqtt::name(version)), "statement", fmt::format("the statements of MQTT {}", mqtt::name(version)), all,
         [&](auto& reader, auto&... row) { return reader.statement(version, row...); });
  read(folder / "behaviours.json", "behaviour", "the behaviours without a statement", behaviours, [&](auto& reader, auto&... row) { return reader.behaviour(all, row...); });
  return Catalogue(std::move(all), std::move(behaviours));
}

Catalogue::Catalogue(std::vector<Statement> all, std::vector<Behaviour> behaviours) : all_(std::move(all)), behaviours_(std::move(behaviours)) {
  auto by_id = [](auto& a, auto& b) { return a.id < b.id; };
  std::sort(all_.begin(), all_.end(), by_id);
  std::sort(behaviours_.begin(), behaviours_.end(), by_id);
}

const Behaviour* Catalogue::behaviour(std::string_view id) const {
  auto found = std::find_if(behaviours_.begin(), behaviours_.end(), [&](auto& each) { return each.id == id; });
  return found == behaviours_.end() ? nullptr : &*found;
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
