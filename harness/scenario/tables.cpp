#include "harness/scenario/tables.h"

namespace scenario {
namespace {

constexpr Table::Row ill_formed_utf8[] = {
    {"second byte missing its mark",     "c3 28"},
    {"second of three missing its mark", "e2 28 a1"},
    {"third of three missing its mark",  "e2 82 28"},
    {"fourth of four missing its mark",  "f0 9f 98 28"},
    {"first continuation alone",         "80"},
    {"last continuation alone",          "bf"},
    {"one continuation too many",        "c3 a4 80"},
    {"cut in a character of two",        "c3"},
    {"cut in a character of three",      "e2 82"},
    {"cut in a character of four",       "f0 9f 98"},
    {"overlong, two bytes",              "c0 af"},
    {"highest overlong of two",          "c1 bf"},
    {"overlong U+0000",                  "c0 80"},
    {"overlong, three bytes",            "e0 80 af"},
    {"highest overlong of three",        "e0 9f bf"},
    {"overlong, four bytes",             "f0 80 80 af"},
    {"highest overlong of four",         "f0 8f bf bf"},
    {"first surrogate",                  "ed a0 80"},
    {"last surrogate",                   "ed bf bf"},
    {"surrogate pair",                   "ed a0 b4 ed b4 9e"},
    {"first above U+10FFFF",             "f4 90 80 80"},
    {"lead byte f5",                     "f5 80 80 80"},
    {"five bytes",                       "f8 88 80 80 80"},
    {"six bytes",                        "fc 84 80 80 80 80"},
    {"byte fe",                          "fe"},
    {"byte ff",                          "ff"},
};

constexpr Table::Row property_cuts[] = {
    {"User Property, no name",                  "r1 26"},
    {"User Property, half a length",            "r2 26 00"},
    {"User Property, name cut",                 "r4 26 0002 'a'"},
    {"User Property, no value",                 "r4 26 s'a'"},
    {"User Property, half the value's length",  "r5 26 s'a' 00"},
    {"User Property, value cut",                "r7 26 s'a' 0002 'b'"},
};

constexpr Table table[] = {
    {"ill_formed_utf8", "a text ends in these bytes: every way not to be well-formed UTF-8", "bytes", ill_formed_utf8},
    {"property_cut_short", "properties, which every packet with properties may have, cut by their Property Length: in the raw notation", "properties", property_cuts},
};

}  // namespace

std::span<const Table> tables() { return table; }

const Table* table_named(std::string_view name) {
  for (auto& each : table)
    if (each.name == name) return &each;
  return nullptr;
}

std::vector<std::string> table_names() {
  std::vector<std::string> names;
  for (auto& each : table) names.emplace_back(each.name);
  return names;
}

Json rows_of(const Table& some) {
  Json rows = Json::array();
  for (auto& row : some.rows) rows.push_back({{"name", row.name}, {std::string(some.variable), row.value}});
  return rows;
}

}  // namespace scenario
