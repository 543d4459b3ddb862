#pragma once
// Tables that many scenarios play: `"by": "ill_formed_utf8"` stands for the rows of that name.
#include <span>
#include <string>
#include <vector>

#include "harness/scenario/model.h"

namespace scenario {

struct Table {
  struct Row { std::string_view name, value; };
  std::string_view name, meaning;
  std::string_view variable;      // that a row gives its value to
  std::span<const Row> rows;
};

std::span<const Table> tables();
const Table* table_named(std::string_view name);
std::vector<std::string> table_names();
Json rows_of(const Table& table);   // as an author would write them

}  // namespace scenario
