#pragma once
// The files under reports/templates, embedded into the program when it is built (embed.cmake).
#include <span>
#include <string_view>

namespace reports {

struct Asset { std::string_view name, text; };
std::span<const Asset> assets();             // in the generated reports_assets.cpp
std::string_view asset(std::string_view name);  // a name that is not there is a bug

}  // namespace reports
