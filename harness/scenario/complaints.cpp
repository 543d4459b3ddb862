#include "harness/scenario/complaints.h"

#include <fmt/format.h>

namespace scenario {

std::string to_string(const Complaint& complaint) {
  std::string blanks;   // tabs stay and a character of several bytes is one blank, so that the caret stands under its column
  for (std::size_t i = 0; i + 1 < std::size_t(complaint.place.column); ++i) {
    auto byte = i < complaint.line.size() ? static_cast<unsigned char>(complaint.line[i]) : ' ';
    if ((byte & 0xc0) != 0x80) blanks += byte == '\t' ? '\t' : ' ';
  }
  return fmt::format("{}: {}\n{}\n{}^", to_string(complaint.place), complaint.text, complaint.line, blanks);
}

void Complaints::at(json::Position position, const std::string& text) { said_.emplace(position.line, position.column, text); }

std::vector<Complaint> Complaints::sorted() const {
  std::vector<Complaint> result;
  for (auto& [line, column, text] : said_) result.push_back({{file_, line, column}, text, std::string(document_.line(line))});
  return result;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  auto near = json::nearest(word, known);
  return near ? fmt::format("; did you mean '{}'?", *near) : "";
}

std::string one_of(const std::vector<std::string>& names) {
  std::string result;
  for (std::size_t i = 0; i < names.size(); ++i) result += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return result;
}

std::string quote(const Json& value) {
  auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() <= 60) return text;
  std::size_t cut = 57;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace scenario
