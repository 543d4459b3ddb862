#include "harness/scenario/variables.h"

#include <gmock/gmock.h>

namespace scenario::variables_test {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;

const Variables variables = {{"A", "client"}, {"pid", 7}, {"none", nullptr}, {"on", true}};

TEST(Variables, AreReplacedInsideTexts) {
  EXPECT_EQ(substitute(std::string("x/${A}/${pid}/${on}${none}."), variables), "x/client/7/true.");
}

TEST(Variables, AloneKeepTheirType) {
  EXPECT_EQ(substitute(Json("${pid}"), variables), Json(7));
  EXPECT_EQ(substitute(Json("${none}"), variables), Json());
  EXPECT_EQ(substitute(Json("${pid} "), variables), Json("7 "));
}

TEST(Variables, OfNumbersMayBeAskedForTheNext) {
  EXPECT_EQ(substitute(Json("${pid+1}"), variables), Json(8));
  EXPECT_EQ(substitute(std::string("no ${pid+10}"), variables), "no 17");
  EXPECT_EQ(substitute(Json("${A+1}"), variables), Json("client")) << "of a text there is no next one";
  EXPECT_EQ(substitute(Json("${pid+}"), variables), Json("${pid+}"));
  EXPECT_EQ(substitute(Json("${pid+x}"), variables), Json("${pid+x}"));
  EXPECT_THAT(names_in(Json("${pid+1}")), ElementsAre("pid"));
}

TEST(Variables, AreReplacedInKeysListsAndObjects) {
  EXPECT_EQ(substitute(Json::parse(R"({"${A}": ["${pid}", {"x": "${A}"}], "n": 5})"), variables), Json::parse(R"({"client": [7, {"x": "client"}], "n": 5})"));
}

TEST(Variables, LeaveOtherDollarsAlone) {
  for (std::string text : {"$SYS/#", "$share/g/t", "${unknown}", "${", "${}", "$", "a${A", "$${x}{A}"}) {
    EXPECT_EQ(substitute(text, variables), text);
    EXPECT_EQ(substitute(Json(text), variables), Json(text));
  }
  EXPECT_EQ(substitute(std::string("${x${A}"), variables), "${xclient");
}

TEST(Variables, AreListedOnce) {
  EXPECT_THAT(names_in(Json::parse(R"({"a": "${x}/${y}", "${k}": ["${x}"]})")), testing::UnorderedElementsAre("k", "x", "y"));
  EXPECT_THAT(names_in(Json("$SYS ${} ${a")), IsEmpty());
}

}  // namespace
}  // namespace scenario::variables_test
