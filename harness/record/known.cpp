#include "harness/record/known.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "harness/json/document.h"

namespace record {
namespace {

const std::vector<std::string> keys{"statement", "inconclusive", "cases", "transports", "sometimes", "reason", "link", "until"};
constexpr std::size_t width = 160;   // of a line that to_text writes, where a name is not longer

std::optional<Day> day_from(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  char end = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &end) != 3) return {};
  const Day read{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return read.ok() ? std::optional{read} : std::nullopt;
}

class Reading {
public:
  Reading(const std::filesystem::path& file, Reasons reasons) : name_(file.string()), reasons_(reasons) {
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
    if (value.contains("sometimes")) {
      if (value["sometimes"] == true) one.sometimes = true;
      else complain(document_.value_at(json::pointer_of(pointer, "sometimes")), "`sometimes` can only be true: of what always shows, leave it out");
    }
    one.reason = text(value, pointer, "reason");
    if (!value.contains("reason")) complain(at, "`reason` is missing: say why this is the broker's fault");
    else if (one.reason.empty() && reasons_ == Reasons::wanted)
      complain(document_.value_at(json::pointer_of(pointer, "reason")),
               "`reason` is still empty: say in a sentence why this is the broker's fault, so that whoever reads it next need not find out again");
    one.link = text(value, pointer, "link");
    if (value.contains("until") && !(one.until = day_from(text(value, pointer, "until"))))
      complain(document_.value_at(json::pointer_of(pointer, "until")), "`until` must be a day, for example \"2027-03-31\"");
    return one;
  }

  std::string text(const nlohmann::json& entry, const std::string& pointer, const char* key) {
    if (!entry.contains(key)) return {};
    if (entry[key].is_string()) return entry[key];
    complain(document_.value_at(json::pointer_of(pointer, key)), fmt::format("`{}` must be a text", key));
    return {};
  }

  void complain(json::Position at, const std::string& text) {
    complaints_ += fmt::format("{}{}:{}:{}: {}", complaints_.empty() ? "" : "\n", name_, at.line, at.column, text);
  }

  std::string name_, complaints_;
  Reasons reasons_;
  json::Document document_;
};

}  // namespace

std::string text_of(Day day) { return fmt::format("{:04}-{:02}-{:02}", int(day.year()), unsigned(day.month()), unsigned(day.day())); }

Day today() { return Day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())}; }

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

std::vector<Known> load_known(const std::filesystem::path& file, Reasons reasons) { return Reading(file, reasons).all(); }

std::string to_text(const std::vector<Known>& known) {
  const auto quoted = [](const std::string& text) { return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace); };
  std::string all = "{\n  \"known\": [";
  for (auto& entry : known) {
    all += &entry == known.data() ? "\n    {" : ",\n    {";
    std::string list = "\"cases\": [";
    if (entry.statement.empty()) list = "\"inconclusive\": [";
    else all += fmt::format("\"statement\": {},\n     ", quoted(entry.statement));
    std::size_t column = 5 + list.size();
    const std::string indent(column, ' ');
    all += list;
    for (auto& name : entry.cases) {
      const std::string text = quoted(name);
      if (&name != entry.cases.data()) {
        const bool fits = column + 2 + text.size() < width;
        all += fits ? ", " : ",\n" + indent;
        column = fits ? column + 2 : indent.size();
      }
      all += text, column += text.size();
    }
    all += "]";
    for (auto& transport : entry.transports) all += (&transport == entry.transports.data() ? ",\n     \"transports\": [" : ", ") + quoted(transport);
    if (!entry.transports.empty()) all += "]";
    if (entry.sometimes) all += ",\n     \"sometimes\": true";
    all += fmt::format(",\n     \"reason\": {}", quoted(entry.reason));
    if (!entry.link.empty()) all += fmt::format(",\n     \"link\": {}", quoted(entry.link));
    if (entry.until) all += fmt::format(",\n     \"until\": \"{}\"", text_of(*entry.until));
    all += "}";
  }
  return all + "\n  ]\n}\n";
}

}  // namespace record
