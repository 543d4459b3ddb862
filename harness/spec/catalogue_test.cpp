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
    write("behaviours", "[]");
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
  EXPECT_EQ(all.all().size(), 102u + 149u + 259u);
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

TEST(Catalogue, HoldsTheBehavioursThatNoStatementDecides) {
  auto all = Catalogue::load(SOURCE_DIR "/scenarios/statements");
  EXPECT_EQ(all.behaviours().size(), 51u);
  auto one = all.behaviour("X-07");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->question, "How many copies does a subscriber with overlapping or repeated filters get?");
  EXPECT_THAT(one->statements, testing::ElementsAre("3.1.1:MQTT-3.3.5-1", "5.0:MQTT-3.3.4-2"));
  EXPECT_THAT(all.behaviour("X-50")->versions, testing::ElementsAre(mqtt::Version::v3_1_1));
  EXPECT_FALSE(all.behaviour("X-52"));
}

TEST(Catalogue, SaysWhichStatementsAreGradedSoftly) {
  auto all = Catalogue::load(SOURCE_DIR "/scenarios/statements");
  EXPECT_EQ(all.find("3.1.1:MQTT-3.1.0-2")->grade, Grade::firm);
  EXPECT_EQ(all.find("5.0:MQTT-3.3.1-2")->grade, Grade::soft_reaction);
  EXPECT_EQ(all.find("3.1.1:MQTT-4.6.0-2")->grade, Grade::soft);
  for (auto& one : all.all()) EXPECT_EQ(one.grade == Grade::firm, one.why_soft.empty()) << one.id;
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
  EXPECT_EQ(with(changed("\"how\"", "\"grade\": \"firm\", \"how\"")), "5.0.json:1:134: 'grade' is 'firm'; it must be one of: soft, soft reaction");
  EXPECT_EQ(with(changed("\"how\"", "\"grade\": \"soft\", \"how\"")), "5.0.json:1:2: a statement without 'why_soft'");
  EXPECT_EQ(with(std::string("[") + good + ",\n" + good + "]"), "5.0.json:2:8: the statement '5.0:MQTT-1' stands twice");
  write("5.0", "[]");
  auto behaviour = [&](const std::string& text) {
    write("behaviours", text);
    return complaint();
  };
  EXPECT_EQ(behaviour(R"([{"id": "X-1", "versions": ["5.0"], "statements": []}])"), "behaviours.json:1:2: a behaviour without 'question'");
  EXPECT_EQ(behaviour(R"([{"id": "X-1", "versions": "5.0", "question": "q?", "statements": []}])"), "behaviours.json:1:2: a behaviour needs a list of texts 'versions'");
  EXPECT_EQ(behaviour(R"([{"id": "X-1", "versions": ["5"], "question": "q?", "statements": []}])"), "behaviours.json:1:29: '5' is no version; there is 3.1, 3.1.1 and 5.0");
  EXPECT_EQ(behaviour(R"([{"id": "X-1", "versions": ["5.0"], "question": "q?", "statements": ["5.0:MQTT-1"]}])"),
            "behaviours.json:1:70: there is no statement '5.0:MQTT-1'");
  std::filesystem::remove(folder / "5.0.json");
  EXPECT_EQ(complaint(), "5.0.json: cannot be read; it is the catalogue of the statements of MQTT 5.0");
}

}  // namespace
}  // namespace spec::catalogue_test
