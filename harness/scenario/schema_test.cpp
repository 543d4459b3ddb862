#include "harness/scenario/schema.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace {

using Json = nlohmann::json;

struct Judge {
  valijson::Schema parsed;
  Judge() {
    auto text = scenario::schema();
    valijson::adapters::NlohmannJsonAdapter adapter(text);
    valijson::SchemaParser().populateSchema(adapter, parsed);
  }
  std::string complaint(const Json& value) const {
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    valijson::adapters::NlohmannJsonAdapter adapter(value);
    if (validator.validate(parsed, adapter, &results)) return "";
    std::string said = "invalid";
    for (valijson::ValidationResults::Error error; results.popError(error);) {
      said += "\n";
      for (auto& part : error.context) said += part;
      said += ": " + error.description;
    }
    return said;
  }
};

const Judge& judge() {
  static const Judge one;
  return one;
}

Json with_step(const char* step) { return {{"title", "t"}, {"steps", Json::array({Json::parse(step)})}}; }

TEST(Schema, EveryFileOfTheSuiteIsValid) {
  int files = 0;
  for (auto& entry : std::filesystem::recursive_directory_iterator("scenarios")) {
    if (entry.path().extension() != ".json" || entry.path().parent_path().filename() == "statements") continue;
    std::ifstream in(entry.path());
    EXPECT_EQ(judge().complaint(Json::parse(in)), "") << entry.path();
    ++files;
  }
  EXPECT_GE(files, 80);
}

TEST(Schema, TakesWhatIsRight) {
  for (auto step : {R"({"connect": "A", "keep_alive": {"$version": {"5.0": 1}}})", R"({"expect": "A", "closed": true, "within": "${t}"})",
                    R"({"expect": "A", "packet": {"PUBLISH": {"topic": {"$length": {"$min": 1}}}}})", R"({"wait": "1.5s"})", R"({"send": "A", "packet": "${p}"})",
                    R"({"${end}": "A"})", R"({"send": "A", "packet": {"CONNACK": {"reason_code": "not AUTHORIZED"}}})"})
    EXPECT_EQ(judge().complaint(with_step(step)), "") << step;
}

TEST(Schema, RefusesWhatIsWrong) {
  for (auto step : {R"({"conect": "A"})", R"({"connect": "A", "keepalive": 1})", R"({"expect": "A", "closed": false})", R"({"expect": "A", "packet": {"PUBLSH": {}}})",
                    R"({"expect": "A", "packet": {"PUBLISH": {"topik": 1}}})", R"({"expect": "A", "packet": {"PUBLISH": {"properties": {"topik_alias": 1}}}})",
                    R"({"wait": "2"})", R"({"wait": 2})", R"({"open": "two words"})", R"({"publish": "A"})", R"({"publish": "A", "topic": "t", "qos": 3})",
                    R"({"$end": "A"})", R"({})",
                    R"({"send": "A", "packet": {"PINGREQ": {}, "PINGRESP": {}}})", R"({"expect": "A", "any_of": [{"closd": true}]})",
                    R"({"send": "A", "packet": {"CONNACK": {"reason_code": 256}}})", R"({"expect": "A", "closed": true, "reason_code": {"$mni": 1}})"})
    EXPECT_NE(judge().complaint(with_step(step)), "") << step;
  EXPECT_NE(judge().complaint(Json::parse(R"({"steps": [{"connect": "A"}]})")), "");
  EXPECT_NE(judge().complaint(Json::parse(R"({"title": "t", "steps": []})")), "");
  EXPECT_NE(judge().complaint(Json::parse(R"({"title": "t", "needs": ["magic"], "steps": [{"connect": "A"}]})")), "");
  EXPECT_NE(judge().complaint(Json::parse(R"({"title": "t", "for": [{"x": 1}], "steps": [{"connect": "A"}]})")), "");
}

}  // namespace
