#include "reports/page.h"

#include <cassert>
#include <kainjow/mustache.hpp>
#include <ostream>

#include "reports/assets.h"
#include "reports/text.h"

namespace reports {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::list;
using nlohmann::json;

data data_of(const json& value) {
  switch (value.type()) {
    case json::value_t::string: return value.get_ref<const std::string&>().empty() ? data{false} : data{clean(value.get_ref<const std::string&>())};
    case json::value_t::boolean: return data{value.get<bool>()};
    case json::value_t::null: return data{false};
    case json::value_t::object: {
      if (value.empty()) return data{false};
      data out{data::type::object};
      for (const auto& [key, member] : value.items()) out[key] = data_of(member);
      return out;
    }
    case json::value_t::array: {
      data out{data::type::list};
      auto& items = const_cast<list&>(out.list_value());  // its own push_back copies whole trees
      items.reserve(value.size());
      for (const auto& item : value) items.push_back(data_of(item));
      return out;
    }
    default: return data{value.dump()};
  }
}

// Templates put attributes between double quotes, so an apostrophe may stay as it is: packets are full of them.
std::string escaped(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

struct Page::Parsed { mutable kainjow::mustache::mustache engine; };

Page::Page(std::string_view text) : parsed_(new Parsed{kainjow::mustache::mustache{std::string{text}}}) {
  assert(parsed_->engine.is_valid());
  parsed_->engine.set_custom_escape(escaped);
}
Page::Page(Page&&) noexcept = default;
Page::~Page() = default;

void Page::write(const json& value, std::ostream& out) const {
  parsed_->engine.render(data_of(value), [&out](const std::string& text) { out.write(text.data(), static_cast<std::streamsize>(text.size())); });
}

Layout::Layout(std::string_view text) {
  constexpr std::string_view begin = "{{> ", end = "}}\n";
  for (;;) {
    const auto at = text.find(begin);
    pages_.emplace_back(text.substr(0, at));
    if (at == text.npos) return;
    const auto stop = text.find(end, at);
    assert(stop != text.npos && (at == 0 || text[at - 1] == '\n'));
    places_.emplace_back(text.substr(at + begin.size(), stop - at - begin.size()));
    text.remove_prefix(stop + end.size());
  }
}

void Layout::write(const json& value, std::ostream& out, const std::function<void(std::string_view name)>& fill) const {
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    pages_[i].write(value, out);
    if (i < places_.size()) fill(places_[i]);
  }
}

std::string_view asset(std::string_view name) {
  for (const auto& each : assets())
    if (each.name == name) return each.text;
  assert(!"an asset of this name");
  return {};
}

}  // namespace reports
