#include "harness/reference/bench_test.h"
#include "harness/reference/subscriptions.h"

namespace reference::subscribe_test {
namespace {

using Subscribing = InEveryVersion;
IN_EVERY_VERSION(Subscribing);

using Codes = std::vector<std::uint8_t>;
using Texts = std::vector<std::string>;

Codes ask(Bench& bench, Handle who, std::vector<mqtt::Filter> filters) {
  bench.send(who, mqtt::Subscribe{7, {}, std::move(filters)});
  for (auto& packet : bench.take(who))
    if (auto suback = std::get_if<mqtt::Suback>(&packet)) return suback->reason_codes;
  return {};
}

TEST_P(Subscribing, GrantsFilterByFilter) {
  struct { Rules rules; Codes codes; } cases[] = {
      {{}, {2, 0, 1}}, {Rules{Rule::suback_in_order}, {1, 0, 2}}, {Rules{Rule::suback_code_each}, {2}}, {Rules{Rule::suback_says_granted}, {2, 2, 2}},
      {Rules{Rule::suback_sent}, {}}, {Rules{Rule::suback_code_listed}, {0x7f, 0x7f, 0x7f}}};
  for (auto& [rules, codes] : cases) {
    Bench bench(GetParam(), rules);
    EXPECT_EQ(ask(bench, bench.connect("a"), {{"a", 2}, {"b", 0}, {"c", 1}}), codes);
  }
}

TEST_P(Subscribing, ReplacesASubscription) {
  struct { Rules rules; Texts got; } cases[] = {
      {{}, {"2 t x"}}, {Rules{Rule::same_filter_replaces}, {"0 t x"}}, {Rules{Rule::replacement_not_doubled}, {"2 t x", "2 t x"}},
      {Rules{Rule::replacement_loses_nothing}, {}}};
  for (auto& [rules, got] : cases) {
    Bench bench(GetParam(), rules);
    auto s = bench.connect("s"), p = bench.connect("p");
    bench.subscribe(s, "t", 0);
    bench.subscribe(s, "t", 2);
    bench.publish(p, "t", "x", 2);
    EXPECT_EQ(bench.messages(s), got);
  }
}

TEST_P(Subscribing, OverlappingGivesOneCopyAtTheHighestQos) {
  for (bool kept : {true, false}) {
    Bench bench(GetParam(), kept ? Rules{} : Rules{Rule::overlapping_highest_qos});
    auto s = bench.connect("s"), p = bench.connect("p");
    bench.subscribe(s, "o/#", 0);
    bench.subscribe(s, "o/+", 2);
    bench.publish(p, "o/x", "x", 2);
    EXPECT_THAT(bench.messages(s), ElementsAre(kept ? "2 o/x x" : "0 o/x x"));
  }
}

TEST_P(Subscribing, InvalidFiltersAreRefused) {
  struct { Rule rule; const char* filter; } cases[] = {
      {Rule::hash_alone_and_last, "a/#/b"}, {Rule::hash_alone_and_last, "a#"}, {Rule::plus_alone, "a+"}, {Rule::filter_not_empty, ""}};
  for (auto& [rule, filter] : cases) {
    Bench right(GetParam()), wrong(GetParam(), rule);
    auto a = right.connect("a"), b = wrong.connect("b");
    EXPECT_EQ(right.subscribe(a, filter), GetParam() == Version::v5_0 ? Codes{0x8f} : Codes{}) << filter;
    EXPECT_EQ(right.closed(a), GetParam() != Version::v5_0) << filter;
    EXPECT_EQ(wrong.subscribe(b, filter), Codes{0}) << filter;
  }
}

TEST_P(Subscribing, BadPacketsCloseTheConnection) {
  struct { Rule rule; mqtt::Subscribe packet; bool legal_in_3_1; } cases[] = {
      {Rule::subscribe_id_zero_refused, {0, {}, {{"a", 0}}}, false},
      {Rule::no_filters_refused, {7, {}, {}}, false},
      {Rule::subscription_qos3_refused, {7, {}, {{"a", 3}}}, false},
      {Rule::subscription_options_checked, {7, {}, {{"a", 0x80}}}, true}};
  for (auto& [rule, packet, legal_in_3_1] : cases) {
    Bench right(GetParam()), wrong(GetParam(), rule);
    auto a = right.connect("a"), b = wrong.connect("b");
    right.send(a, packet);
    wrong.send(b, packet);
    EXPECT_NE(right.closed(a), legal_in_3_1 && GetParam() == Version::v3_1) << row(rule).name;
    EXPECT_TRUE(wrong.goes_on(b)) << row(rule).name;
  }
}

TEST_P(Subscribing, UnsubscribeRemovesExactlyTheFilter) {
  struct { Rules rules; const char* filter; bool removed; } cases[] = {
      {{}, "u/+", true}, {{}, "u/a", false}, {{}, "U/+", false},
      {Rules{Rule::unsubscribe_exact}, "u/a", true}, {Rules{Rule::unsubscribe_case}, "U/+", true}, {Rules{Rule::unsubscribe_removes}, "u/+", false}};
  for (auto& [rules, filter, removed] : cases) {
    Bench bench(GetParam(), rules);
    auto s = bench.connect("s");
    bench.subscribe(s, "u/+");
    bench.send(s, mqtt::Unsubscribe{8, {}, {filter}});
    EXPECT_THAT(bench.names(s), ElementsAre("UNSUBACK"));
    bench.publish(s, "u/a", "x");
    EXPECT_EQ(bench.messages(s).empty(), removed) << filter;
  }
}

TEST(SubscribingIn50, UnsubackTellsWhatWasThere) {
  struct { Rules rules; Codes codes; } cases[] = {
      {{}, {0, 0x11}}, {Rules{Rule::unsuback_in_order}, {0x11, 0}}, {Rules{Rule::unsuback_codes}, {0}}, {Rules{Rule::unsuback_code_listed}, {1, 1}},
      {Rules{Rule::unsuback_says_none}, {0, 0}}, {Rules{Rule::unsuback_sent}, {}}};
  for (auto& [rules, codes] : cases) {
    Bench bench(Version::v5_0, rules);
    auto s = bench.connect("s");
    bench.subscribe(s, "a");
    bench.send(s, mqtt::Unsubscribe{8, {}, {"a", "b"}});
    Codes got;
    for (auto& packet : bench.take(s)) got = std::get<mqtt::Unsuback>(packet).reason_codes;
    EXPECT_EQ(got, codes);
  }
}

TEST(SubscribingIn50, NoLocalKeepsOwnMessagesAway) {
  struct { Rules rules; std::uint8_t options; Texts got; } cases[] = {
      {{}, 4, {"0 t other"}}, {{}, 0, {"0 t own", "0 t other"}}, {Rules{Rule::no_local}, 4, {"0 t own", "0 t other"}},
      {Rules{Rule::no_local_only_own}, 4, {}}, {Rules{Rule::own_messages_come}, 0, {"0 t other"}}};
  for (auto& [rules, options, got] : cases) {
    Bench bench(Version::v5_0, rules);
    auto s = bench.connect("s"), p = bench.connect("p");
    bench.subscribe(s, "t", options);
    bench.send(s, bench.message("t", "own"));
    bench.publish(p, "t", "other");
    EXPECT_EQ(bench.messages(s), got);
  }
}

TEST(SharedSubscriptions, GiveEachMessageToOneMember) {
  Bench bench(Version::v5_0);
  auto a = bench.connect("a"), b = bench.connect("b"), p = bench.connect("p");
  bench.subscribe(a, "$share/g/t/#", 1);
  bench.subscribe(b, "$share/g/t/#", 0);
  for (auto text : {"1", "2", "3", "4"}) bench.publish(p, "t/a", text, 1);
  auto first = bench.messages(a), second = bench.messages(b);
  EXPECT_EQ(first.size() + second.size(), 4u);
  EXPECT_EQ(first.size(), 2u);
  EXPECT_TRUE(first[0].starts_with("1 ") && second[0].starts_with("0 "));
}

TEST(SharedSubscriptions, AreRefusedWhenIllFormed) {
  struct { Rule rule; const char* filter; } cases[] = {
      {Rule::share_name_demanded, "$share//t"}, {Rule::share_name_checked, "$share/g+/t"}, {Rule::share_filter_demanded, "$share/g"}};
  for (auto& [rule, filter] : cases) {
    Bench right(Version::v5_0), wrong(Version::v5_0, rule);
    EXPECT_EQ(right.subscribe(right.connect("a"), filter), Codes{0x8f}) << filter;
    EXPECT_EQ(wrong.subscribe(wrong.connect("a"), filter), Codes{0}) << filter;
  }
  Bench bench(Version::v5_0), lax(Version::v5_0, Rule::no_local_shared_refused);
  auto a = bench.connect("a");
  EXPECT_EQ(bench.subscribe(a, "$share/g/t", 4), Codes{});
  EXPECT_TRUE(bench.closed(a));
  EXPECT_EQ(lax.subscribe(lax.connect("a"), "$share/g/t", 4), Codes{0});
}

TEST(SharedSubscriptions, KeepAMessageWithItsMember) {
  struct { Rules rules; bool cut; Texts other; } cases[] = {
      {{}, true, {}}, {{}, false, {}}, {Rules{Rule::shared_completed_to_member}, true, {"2 t x"}}, {Rules{Rule::shared_refused_dropped}, false, {"2 t x"}}};
  for (auto& [rules, cut, other] : cases) {
    Bench bench(Version::v5_0, rules);
    auto a = bench.keep("a"), p = bench.connect("p");
    bench.subscribe(a, "$share/g/t", 2);
    bench.publish(p, "t", "x", 2);
    auto b = bench.keep("b");
    bench.subscribe(b, "$share/g/t", 2);
    auto id = std::get<mqtt::Publish>(bench.take(a)[0]).packet_id;
    if (cut) bench.cut(a);
    else bench.send(a, mqtt::Pubrec{id, 0x80, {}});
    EXPECT_EQ(bench.messages(b), other);
  }
}

TEST_P(Subscribing, DeniedFiltersAreRefusedInTheVersionsWay) {
  Options options;
  options.denied_subscribe = {"secret/#"};
  Bench bench(GetParam(), Rules{}, options);
  auto s = bench.connect("s");
  auto code = GetParam() == Version::v3_1 ? 1 : GetParam() == Version::v3_1_1 ? 0x80 : 0x87;
  EXPECT_EQ(bench.subscribe(s, "secret/a", 1), Codes{std::uint8_t(code)});
  bench.publish(s, "secret/a", "x");
  EXPECT_THAT(bench.messages(s), IsEmpty());
  EXPECT_EQ(ask(bench, s, {{"secret/a", 1}, {"a", 0}}), (Codes{std::uint8_t(code), 0}));
  Bench sorted(GetParam(), Rules{Rule::refusal_in_its_place}, options);
  EXPECT_EQ(ask(sorted, sorted.connect("s"), {{"secret/a", 1}, {"a", 0}}), (Codes{0, std::uint8_t(code)}));
  Bench silent(GetParam(), Rules{Rule::refusal_told}, options);
  EXPECT_EQ(silent.subscribe(silent.connect("s"), "secret/a", 1), Codes{1});
}

TEST(Subscribing311, BadFiltersCloseUnlessLeftOut) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v3_1_1, kept ? Rules{} : Rules{Rule::bad_filter_not_left_out});
    auto s = bench.connect("s");
    EXPECT_EQ(ask(bench, s, {{"a", 0}, {"b+", 0}, {"c", 1}}), kept ? Codes{} : (Codes{0, 1}));
    EXPECT_EQ(bench.closed(s), kept);
  }
}

TEST(Subscribing31, UpperBitsBesideTheQosAreNotLookedAt) {
  for (bool kept : {true, false}) {
    Bench bench(Version::v3_1, kept ? Rules{} : Rules{Rule::upper_option_bits_unused});
    EXPECT_EQ(ask(bench, bench.connect("s"), {{"a", 0xfd}}), Codes{std::uint8_t(kept ? 1 : 0xfd)});
  }
}

TEST(Matching, FollowsTheStandardUnlessARuleIsBroken) {
  struct { const char *filter, *topic; bool matches; Rule breaks; } cases[] = {
      {"a/b", "a/b", true, Rule::count}, {"a", "a/b", false, Rule::levels_separate}, {"a/#", "a", true, Rule::hash_matches_parent},
      {"a/#", "a/b/c", true, Rule::hash_matches_deep}, {"a/+", "a/b/c", false, Rule::plus_matches_one}, {"a/+", "a/", true, Rule::plus_matches_empty},
      {"a/+", "a", false, Rule::count}, {"+", "a", true, Rule::plus_matches}, {"#", "$x/a", false, Rule::dollar_kept_from_wildcards},
      {"+/a", "$x/a", false, Rule::dollar_kept_from_wildcards}, {"$x/#", "$x/a", true, Rule::dollar_matches_itself}, {"A", "a", false, Rule::topics_case},
      {"/a", "a", false, Rule::leading_slash}, {"a/", "a", false, Rule::trailing_slash}, {"a//b", "a/b", false, Rule::empty_levels},
      {"\xC3\xA9", "e\xCC\x81", false, Rule::not_normalised}, {"a b", "a c", false, Rule::topics_with_spaces}, {"+/+", "/a", true, Rule::count},
      {"a/+/c/#", "a/b/c/d/e", true, Rule::count}, {"/+", "/a", true, Rule::count}, {"+", "/a", false, Rule::count}};
  for (auto& [filter, topic, matches, breaks] : cases) {
    EXPECT_EQ(filter_matches(filter, topic, Rules{}), matches) << filter << " " << topic;
    if (breaks != Rule::count) EXPECT_NE(filter_matches(filter, topic, Rules{breaks}), matches) << filter << " " << topic;
  }
}

TEST(SubscriptionTree, ForgetsWhatIsRemoved) {
  Rules rules;
  Subscriptions tree(rules);
  Session session;
  Subscription a, b;
  a.topic_filter = "x/y/z";
  b.topic_filter = std::string(60000, '/');
  tree.add(session, a);
  tree.add(session, b);
  EXPECT_EQ(tree.match("x/y/z").size(), 1u);
  EXPECT_EQ(tree.match(b.topic_filter).size(), 1u);
  tree.remove(b);
  tree.remove(a);
  EXPECT_EQ(tree.nodes(), 1u);
  EXPECT_TRUE(tree.match("x/y/z").empty());
}

}  // namespace
}  // namespace reference::subscribe_test
