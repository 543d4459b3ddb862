#include <fmt/format.h>

#include "harness/scenario/keys.h"
#include "harness/scenario/reading.h"

namespace scenario {
namespace {

bool is_repeat(const Json& step) { return step.is_object() && step.contains("repeat"); }

bool check_repeat(Reading& reading, const Json& step) {
  auto& word = *word_named("repeat");
  auto said = reading.said;
  for (auto& [name, value] : step.items()) {
    auto key = key_named(word.keys, name);
    auto shape = name == word.name ? word.shape : key ? key->shape : Shape::any;
    auto here = json::pointer_of("", name);
    if (name != word.name && !key) reading.complain_key(here, fmt::format("unknown key '{}' in 'repeat'{}", name, did_you_mean(name, names_of(word.keys))));
    else if (!has_shape(value, shape)) reading.complain(here, fmt::format("'{}' must be {}, not {}", name, in_words(shape), quote(value)));
  }
  if (!step.contains("steps")) reading.complain("", "'repeat' needs the key 'steps': what is repeated");
  if (reading.said > said) return false;
  for (std::size_t i = 0; i < step["steps"].size(); ++i)
    if (is_repeat(step["steps"][i])) reading.complain_key(fmt::format("/steps/{}/repeat", i), "a 'repeat' holds no other 'repeat'");
  return reading.said == said;
}

}  // namespace

std::vector<Written> unrolled(Reading& reading, const Json& steps) {
  std::vector<Written> all;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    reading.step = fmt::format("/steps/{}", i);
    if (!is_repeat(steps[i])) {
      all.push_back({reading.step, steps[i]});
      continue;
    }
    if (!check_repeat(reading, steps[i])) continue;
    auto first = steps[i].value("from", 1), behind = first + steps[i]["repeat"].get<int>();
    for (auto round = first; round < behind; ++round)
      for (std::size_t j = 0; j < steps[i]["steps"].size(); ++j)
        all.push_back({fmt::format("{}/steps/{}", reading.step, j), substitute(steps[i]["steps"][j], {{std::string(counter), round}})});
  }
  return all;
}

}  // namespace scenario
