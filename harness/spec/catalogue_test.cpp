#include "harness/spec/catalogue.h"

#include <gmock/gmock.h>

#include <fstream>

namespace spec::catalogue_test {
namespace {

class Files : public testing::Test {
protected:
  std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("catalogue-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  void SetUp() override {
    std::filesystem::create_directories(folder);
    for (auto version : {"3.1", "3.1.1", "5.0"}) write(version, "[]");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write(const std::string& version, const std::string& text) { std::ofstream(folder / (version + ".json")) << text; }
  std::string complaint() {
    try {
      Catalogue::load(folder);
      return "";
    } catch (const std::runtime_error& error) {
      return std::string(error.what()).substr(folder.string().size() + 1);
    }
  }
};

const char* const good = R"({"id": "MQTT-1", "section": "1", "level": "SHOULD", "binds": "both", "topic": "t", "observable": "partly", "summary": "s", "how": "h"})";

TEST(Catalogue, HoldsAllStatementsOfTheThreeStandards) {
  auto all = Catalogue::load(SOURCE_DIR "/scenarios/statements");
  EXPECT_EQ(all.all().size(), 102u + 141u + 251u);
  EXPECT_EQ(all.ids().size(), all.all().size());
  auto one = all.find("3.1.1:MQTT-3.1.0-2");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->version, mqtt::Version::v3_1_1);
  EXPECT_EQ(one->section, "3.1");
  EXPECT_EQ(one->level, Level::must);
  EXPECT_NE(one, all.find("5.0:MQTT-3.1.0-2"));
  EXPECT_FALSE(all.find("MQTT-3.1.0-2"));
  EXPECT_FALSE(all.find("5.0:MQTT-9.9.9-9"));
}

TEST_F(Files, OfOneStatement) {
  write("5.0", std::string("[") + good + "]");
  auto all = Catalogue::load(folder);
  auto one = all.find("5.0:MQTT-1");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->level, Level::should);
  EXPECT_EQ(one->observable, Observable::partly);
  EXPECT_EQ(one->binds, "both");
}

TEST_F(Files, ThatAreWrongSayWhere) {
  auto with = [&](const std::string& text) {
    write("5.0", text);
    return complaint();
  };
  auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = std::string("[") + good + "]";
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(with("{}"), "5.0.json:1:1: the catalogue must be a list of statements");
  EXPECT_EQ(with("[7]"), "5.0.json:1:2: a statement must be an object");
  EXPECT_EQ(with(changed("\"section\": \"1\", ", "")), "5.0.json:1:2: a statement without 'section'");
  EXPECT_EQ(with(changed("\"s\"", "\"\"")), "5.0.json:1:120: 'summary' must be a text that is not empty");
  EXPECT_EQ(with(changed("both", "bot")), "5.0.json:1:63: 'binds' is 'bot'; it must be one of: server, client, both");
  EXPECT_EQ(with(changed("partly", "party")), "5.0.json:1:99: 'observable' is 'party'; it must be one of: yes, partly, no");
  EXPECT_EQ(with(std::string("[") + good + ",\n" + good + "]"), "5.0.json:2:8: the statement '5.0:MQTT-1' stands twice");
  std::filesystem::remove(folder / "5.0.json");
  EXPECT_EQ(complaint(), "5.0.json: cannot be read; it is the catalogue of the statements of MQTT 5.0");
}

}  // namespace
}  // namespace spec::catalogue_test
