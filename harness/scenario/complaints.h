#pragma once
// Gathers what is wrong with one file: finds the place a pointer means, and says each thing once.
#include <set>
#include <tuple>

#include "harness/json/document.h"
#include "harness/scenario/loader.h"

namespace scenario {

class Complaints {
public:
  Complaints(std::string file, const json::Document& document) : file_(std::move(file)), document_(document) {}
  void at(json::Position position, const std::string& text);
  void at_value(std::string_view pointer, const std::string& text) { at(document_.value_at(pointer), text); }
  void at_key(std::string_view pointer, const std::string& text) { at(document_.key_at(pointer), text); }
  std::vector<Complaint> sorted() const;   // by line and column
  std::size_t count() const { return said_.size(); }
private:
  std::string file_;
  const json::Document& document_;
  std::set<std::tuple<int, int, std::string>> said_;
};

// "; did you mean 'expect'?", or nothing when nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);
// "a, b or c"
std::string one_of(const std::vector<std::string>& names);
// A value as a complaint quotes it: its JSON, cut when it is long.
std::string quote(const Json& value);

}  // namespace scenario
