#pragma once
// Mustache templates filled from JSON: every text is cleaned (text.h) and escaped on its way. The only room that sees the template engine.
#include <functional>
#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

// false, null, and an empty text, list or object hide a section. A key that is missing is looked up in the objects around: set every key.
class Page {
public:
  explicit Page(std::string_view text);      // parsed once; a template that cannot be parsed is a bug
  Page(Page&&) noexcept;
  ~Page();
  void write(const nlohmann::json& data, std::ostream& out) const;
private:
  struct Parsed;
  std::unique_ptr<Parsed> parsed_;
};

// A page with places that are written piece by piece: lines of the template that are {{> name}} and nothing else.
class Layout {
public:
  explicit Layout(std::string_view text);
  // `fill` writes what belongs at a place, straight to `out`; the data is the same around all places.
  void write(const nlohmann::json& data, std::ostream& out, const std::function<void(std::string_view name)>& fill) const;
private:
  std::vector<Page> pages_;                  // one more than there are places
  std::vector<std::string> places_;
};

}  // namespace reports
