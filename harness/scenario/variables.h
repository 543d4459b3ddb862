#pragma once
// ${name} in texts, and the values they stand for.
#include "harness/scenario/model.h"

namespace scenario {

using Variables = std::map<std::string, Json, std::less<>>;

// "${name+1}" is one more than the number ${name}.
// Replaces ${name} everywhere in `value`, keys too; a text that is only "${name}" becomes the value itself, inside a longer text it becomes
// text (null: nothing). Unknown names are left alone.
Json substitute(const Json& value, const Variables& variables);
std::string substitute(const std::string& text, const Variables& variables);
std::vector<std::string> names_in(const Json& value);   // every ${name} that occurs, each once

}  // namespace scenario
