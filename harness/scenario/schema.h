#pragma once
// A JSON Schema (draft 7) of the scenario language for editors, made from the loader's own tables.
#include <nlohmann/json.hpp>

namespace scenario {

nlohmann::json schema();

}  // namespace scenario
