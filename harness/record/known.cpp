#include "harness/record/known.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "harness/json/document.h"

namespace record {
namespace {

const std::vector<std::string> keys{"statement", "inconclusive", "cases", "transports", "reason"};

class Reading {
public:
  explicit Reading(const std::filesystem::path& file) : name_(file.string()) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error(fmt::format("{}: cannot be read", name_));
    std::stringstream text;
    text << in.rdbuf();
    document_ = json::Document::parse(text.str());
  }

  std::vector<Known> all() {
    for (auto& error : document_.errors) complain(error.at, error.text);
    auto& value = document_.value;
    std::vector<Known> known;
    if (complaints_.empty() && (!value.is_object() || !value.contains("known") || !value["known"].is_array()))
      complain({1, 1}, "expected an object {\"known\": [...]}");
    if (complaints_.empty())
      for (std::size_t i = 0; i < value["known"].size(); ++i) known.push_back(entry(value["known"][i], json::pointer_of("/known", i)));
    if (!complaints_.empty()) throw std::runtime_error(complaints_);
    return known;
  }

private:
  Known entry(const nlohmann::json& value, const std::string& pointer) {
    Known one;
    auto at = document_.value_at(pointer);
    one.where = fmt::format("{}:{}:{}", name_, at.line, at.column);
    if (!value.is_object()) {
      complain(at, "expected an object with statement, cases and reason");
      return one;
    }
    for (auto& [key, unused] : value.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        auto near = json::nearest(key, keys);
        complain(document_.key_at(json::pointer_of(pointer, key)), fmt::format("unknown key '{}'{}", key, near ? fmt::format("; did you mean '{}'?", *near) : ""));
      }
    auto list = value.contains("inconclusive") ? "inconclusive" : "cases";
    if (value.contains("statement") == value.contains("inconclusive")) complain(at, "an entry has either `statement` or `inconclusive`");
    if (value.contains("statement") && value["statement"].is_string()) one.statement = value["statement"];
    if (!value.contains(list) || !value[list].is_array() || value[list].empty()) complain(at, fmt::format("`{}` must name at least one case", list));
    else
      for (auto& glob : value[list]) one.cases.push_back(glob.is_string() ? glob.get<std::string>() : glob.dump());
    if (value.contains("transports")) {
      auto& transports = value["transports"];
      bool texts = transports.is_array() && !transports.empty() && std::all_of(transports.begin(), transports.end(), [](auto& each) { return each.is_string(); });
      if (texts) one.transports = transports.get<std::vector<std::string>>();
      else complain(at, "`transports` is a list of URL schemes: mqtt, mqtts, ws, wss, unix");
    }
    if (value.contains("reason") && value["reason"].is_string() && !value["reason"].get<std::string>().empty()) one.reason = value["reason"];
    else complain(at, "`reason` is missing: say why this is the broker's fault");
    return one;
  }

  void complain(json::Position at, const std::string& text) {
    complaints_ += fmt::format("{}{}:{}:{}: {}", complaints_.empty() ? "" : "\n", name_, at.line, at.column, text);
  }

  std::string name_, complaints_;
  json::Document document_;
};

struct Mark { bool played = false, seen = false; };

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

std::vector<Known> load_known(const std::filesystem::path& file) { return Reading(file).all(); }

News compare(const std::vector<Result>& results, const std::vector<Known>& known) {
  News news;
  std::vector<std::vector<Mark>> marks;
  for (auto& entry : known) marks.emplace_back(entry.cases.size());

  auto covers = [](const Known& entry, const Result& result) {
    return entry.transports.empty() || std::find(entry.transports.begin(), entry.transports.end(), result.transport) != entry.transports.end();
  };
  auto listed = [&](const Result& result, const std::string& name, const std::string& statement) {
    bool found = false;
    for (std::size_t i = 0; i < known.size(); ++i)
      for (std::size_t j = 0; j < known[i].cases.size(); ++j)
        if (known[i].statement == statement && covers(known[i], result) && glob_matches(known[i].cases[j], name)) found = marks[i][j].seen = true;
    return found;
  };
  for (auto& result : results) {
    auto name = name_over_any(result);
    for (std::size_t i = 0; result.verdict != Verdict::skip && i < known.size(); ++i)
      if (covers(known[i], result))
        for (std::size_t j = 0; j < known[i].cases.size(); ++j) marks[i][j].played |= glob_matches(known[i].cases[j], name);
    bool told = false;
    if (result.verdict == Verdict::fail)
      for (auto& finding : result.findings) {
        if (finding.verdict != Kept::fail) continue;
        told = true;
        if (listed(result, name, finding.statement)) ++news.expected;
        else news.fresh.push_back({full_name(result), finding.statement, finding.actual});
      }
    if (result.verdict == Verdict::inconclusive && listed(result, name, "")) {
      ++news.expected;
      told = true;
    }
    if (!told && result.verdict != Verdict::pass && result.verdict != Verdict::skip)
      news.fresh.push_back({full_name(result), std::string(record::name(result.verdict)), result.reason});
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    for (std::size_t j = 0; j < known[i].cases.size(); ++j)
      if (marks[i][j].played && !marks[i][j].seen)
        news.gone.push_back(fmt::format("{}: no longer seen: {} in {}", known[i].where,
                                        known[i].statement.empty() ? "an inconclusive verdict" : known[i].statement, known[i].cases[j]));
  return news;
}

}  // namespace record
