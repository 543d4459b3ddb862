#include "harness/scenario/keys.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/scenario/abilities.h"
#include "harness/scenario/matchers.h"

namespace scenario::keys_test {
namespace {

std::string readme() {
  std::ifstream in(SOURCE_DIR "/scenarios/README.md");
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

// The README is where authors look: what the tables know stands in it.
TEST(Tables, StandInTheReadme) {
  auto text = readme();
  for (auto& matcher : matchers()) EXPECT_NE(text.find("`{\"" + std::string(matcher.name) + "\": "), text.npos) << matcher.name;
  for (auto& word : words()) {
    EXPECT_NE(text.find("{\"" + std::string(word.name) + "\": "), text.npos) << word.name;
    for (auto& key : word.keys) EXPECT_TRUE(text.find("`" + std::string(key.name) + "`") != text.npos || text.find("\"" + std::string(key.name) + "\"") != text.npos) << key.name;
  }
  for (auto& key : file_keys()) EXPECT_NE(text.find("| `" + std::string(key.name) + "` |"), text.npos) << key.name;
}

std::string table_of(std::string_view what, std::span<const Ability> rows) {
  auto table = fmt::format("| {} | the broker |\n|---|---|\n", what);
  for (auto& row : rows) table += fmt::format("| `{}` | {} |\n", row.name, row.meaning);
  return table + "\n";
}

TEST(Tables, OfAbilitiesAndSetupsAreTheReadmesWordForWord) {
  auto text = readme();
  EXPECT_NE(text.find(table_of("ability", abilities())), text.npos) << table_of("ability", abilities());
  EXPECT_NE(text.find(table_of("setup", setups())), text.npos) << table_of("setup", setups());
}

TEST(Tables, NameEachThingOnce) {
  for (auto& word : words()) {
    EXPECT_EQ(word_named(word.name), &word);
    for (auto& key : word.keys) EXPECT_EQ(key_named(word.keys, key.name), &key) << word.name;
  }
  for (auto& ability : abilities()) EXPECT_EQ(ability_named(ability.name), &ability);
  for (auto& matcher : matchers()) EXPECT_EQ(matcher_named(matcher.name), &matcher);
}

TEST(Names, OfClientsAndVariables) {
  for (auto name : {"A", "b", "Alice", "A2345678"}) EXPECT_TRUE(is_client_name(name)) << name;
  for (auto name : {"", "1A", "A23456789", "A_b", "A b"}) EXPECT_FALSE(is_client_name(name)) << name;
  for (auto name : {"a", "_", "packet_id_2"}) EXPECT_TRUE(is_variable_name(name)) << name;
  for (auto name : {"", "1", "a b", "a-b", "${a}"}) EXPECT_FALSE(is_variable_name(name)) << name;
}

}  // namespace
}  // namespace scenario::keys_test
