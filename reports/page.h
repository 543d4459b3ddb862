#pragma once
// Mustache templates filled from JSON: every text is cleaned (text.h) and escaped on its way. The only room that sees the template engine.
#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

namespace reports {

// false, null, and an empty text, list or object hide a section. A key that is missing is looked up in the objects around: set every key.
class Page {
public:
  explicit Page(std::string_view text);      // parsed once; a template that cannot be parsed is a bug
  ~Page();
  void write(const nlohmann::json& data, std::ostream& out) const;
private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

// A page around a part of its own that is written piece by piece: the template holds the line {{> marker}} there.
struct Frame {
  Frame(std::string_view text, std::string_view marker);
  Page before, after;
};

}  // namespace reports
