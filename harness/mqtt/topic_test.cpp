#include "harness/mqtt/topic.h"

#include <gtest/gtest.h>

#include <string>

namespace mqtt::topic_test {
namespace {

using namespace std::string_view_literals;

struct Match { std::string_view filter, topic; bool matches; };

// The examples of section 4.7, and the corners between them.
constexpr Match match_table[] = {
    {"sport/tennis/player1/#", "sport/tennis/player1", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
    {"sport/tennis/player1/#", "sport/tennis/player10", false},
    {"sport/#", "sport", true},
    {"sport/#", "sports", false},
    {"sport/#", "sport/", true},
    {"#", "a", true},
    {"#", "/", true},
    {"#", "a/b/c", true},
    {"sport/tennis/+", "sport/tennis/player1", true},
    {"sport/tennis/+", "sport/tennis/player1/ranking", false},
    {"sport/+", "sport", false},
    {"sport/+", "sport/", true},
    {"+/+", "/finance", true},
    {"/+", "/finance", true},
    {"+", "/finance", false},
    {"+", "finance", true},
    {"+", "", true},
    {"+/tennis/#", "sport/tennis", true},
    {"+/tennis/#", "sport/tennis/a/b", true},
    {"+/tennis/#", "tennis", false},
    {"sport/+/player1", "sport/tennis/player1", true},
    {"sport/+/player1", "sport//player1", true},
    {"sport/+/player1", "sport/a/b/player1", false},
    {"a/b", "a/b", true},
    {"a/b", "a/B", false},
    {"a/b", "a/b/", false},
    {"a/b/", "a/b", false},
    {"/a", "a", false},
    {"a//b", "a//b", true},
    {"a//b", "a/b", false},
    {"a/+/b", "a//b", true},
    {"/", "/", true},
    {"+/+", "/", true},
    {"+/+/+", "/", false},
    {"#", "$SYS/monitor", false},
    {"+/monitor/Clients", "$SYS/monitor/Clients", false},
    {"$SYS/#", "$SYS/monitor", true},
    {"$SYS/#", "$SYS", true},
    {"$SYS/monitor/+", "$SYS/monitor/Clients", true},
    {"a/#", "a/$SYS", true},
    {"a/+", "a/$SYS", true},
    {"Accounts payable", "Accounts payable", true},
    {"a b/+", "a b/c d", true},
    {"+/#", "a", true},
    {"+/#", "a/b/c", true},
    {"a/+/#", "a", false},
    {"a/+/#", "a/b", true},
};

TEST(Topics, MatchByLevels) {
  for (auto& each : match_table) EXPECT_EQ(matches(each.filter, each.topic), each.matches) << each.filter << " on " << each.topic;
}

TEST(Topics, AreNotNormalised) {
  EXPECT_FALSE(matches("\xc3\xa9", "e\xcc\x81"));   // one character or two that look the same
  EXPECT_TRUE(matches("+", "\xef\xbb\xbf"));
}

TEST(TopicNames, AreCheckedByEveryRule) {
  EXPECT_TRUE(valid_topic_name("a/b"));
  EXPECT_TRUE(valid_topic_name("/"));
  EXPECT_TRUE(valid_topic_name("$SYS/x y"));
  EXPECT_TRUE(valid_topic_name(std::string(65535, 'a')));
  EXPECT_FALSE(valid_topic_name(std::string(65536, 'a')));
  EXPECT_FALSE(valid_topic_name(""));
  EXPECT_FALSE(valid_topic_name("a/+"));
  EXPECT_FALSE(valid_topic_name("a#"));
  EXPECT_FALSE(valid_topic_name("a\0b"sv));
  EXPECT_FALSE(valid_topic_name("\xc3("));
}

TEST(TopicFilters, HaveWildcardsOnlyInTheirPlaces) {
  for (auto good : {"#", "+", "a/#", "+/+", "+/a/#", "/+", "+/", "/#", "a b/+/c", "$SYS/#", "a"}) {
    EXPECT_TRUE(valid_topic_filter(good)) << good;
    EXPECT_EQ(misplaced_wildcard(good), 0) << good;
  }
  for (auto bad : {"a#", "#/", "#/a", "a/#/b", "##", "a/b#", "a/##", "+#", "/#a"}) EXPECT_FALSE(valid_topic_filter(bad)) << bad;
  for (auto bad : {"a+", "+a", "a/+b", "++", "+a/b", "a/b+/c"}) EXPECT_EQ(misplaced_wildcard(bad), '+') << bad;
  for (auto bad : {"a#", "#/", "a/#/b", "/#a", "##"}) EXPECT_EQ(misplaced_wildcard(bad), '#') << bad;
  EXPECT_FALSE(valid_topic_filter(""));
  EXPECT_FALSE(valid_topic_filter("a\0"sv));
  EXPECT_FALSE(valid_topic_filter("\xff"));
  EXPECT_FALSE(valid_topic_filter(std::string(65536, 'a')));
}

TEST(SharedFilters, AreTakenApart) {
  auto shared = shared_filter("$share/consumer/sport/tennis/+");
  ASSERT_TRUE(shared);
  EXPECT_EQ(shared->group, "consumer");
  EXPECT_EQ(shared->filter, "sport/tennis/+");
  EXPECT_EQ(shared_filter("$share/c//finance")->filter, "/finance");
  EXPECT_EQ(shared_filter("$share/c/#")->filter, "#");
}

TEST(SharedFilters, ThatAreIllFormedAreNone) {
  for (auto bad : {"a/b", "$share", "$share/", "$share/g", "$share/g/", "$share//a", "$share/+/a", "$share/g#/a", "$share/g/a#", "$Share/g/a"})
    EXPECT_FALSE(shared_filter(bad)) << bad;
  EXPECT_TRUE(begins_shared("$share/"));
  EXPECT_FALSE(begins_shared("$share"));
}

}  // namespace
}  // namespace mqtt::topic_test
