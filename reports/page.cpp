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

std::size_t marker_at(std::string_view text, std::string_view marker) {
  const auto at = text.find("{{> " + std::string{marker} + "}}\n");
  assert(at != text.npos);
  return at;
}

}  // namespace

struct Page::Parsed { mutable kainjow::mustache::mustache engine; };

Page::Page(std::string_view text) : parsed_(new Parsed{kainjow::mustache::mustache{std::string{text}}}) { assert(parsed_->engine.is_valid()); }
Page::~Page() = default;

void Page::write(const json& value, std::ostream& out) const {
  parsed_->engine.render(data_of(value), [&out](const std::string& text) { out.write(text.data(), static_cast<std::streamsize>(text.size())); });
}

Frame::Frame(std::string_view text, std::string_view marker)
    : before(text.substr(0, marker_at(text, marker))), after(text.substr(text.find('\n', marker_at(text, marker)) + 1)) {}

std::string_view asset(std::string_view name) {
  for (const auto& each : assets())
    if (each.name == name) return each.text;
  assert(!"an asset of this name");
  return {};
}

}  // namespace reports
