#include "harness/json/document.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

namespace json {

std::ostream& operator<<(std::ostream& out, const Position& at) { return out << at.line << ':' << at.column; }

namespace {

using testing::ElementsAre;

std::string errors(const std::string& text) {
  const auto document = Document::parse(text);
  std::string all;
  for (const auto& error : document.errors) all += fmt::format("{}:{}: {}\n", error.at.line, error.at.column, error.text);
  if (!all.empty()) all.pop_back();
  return all;
}

constexpr auto example = R"({
  "title": "A",
  "numbers" : [1, -2.5e3,true ,null, [], {"a/b~c":	"ü"}],
  "last":
    { "x" :false}
}
)";

TEST(Document, keeps_the_value) {
  EXPECT_EQ(Document::parse(example).value, nlohmann::json::parse(example));
  EXPECT_TRUE(Document::parse(example).errors.empty());
}

TEST(Document, knows_where_every_value_begins) {
  const auto document = Document::parse(example);
  EXPECT_EQ(document.value_at(""), (Position{1, 1}));
  EXPECT_EQ(document.value_at("/title"), (Position{2, 12}));
  EXPECT_EQ(document.value_at("/numbers"), (Position{3, 15}));
  EXPECT_EQ(document.value_at("/numbers/0"), (Position{3, 16}));
  EXPECT_EQ(document.value_at("/numbers/1"), (Position{3, 19}));
  EXPECT_EQ(document.value_at("/numbers/2"), (Position{3, 26}));
  EXPECT_EQ(document.value_at("/numbers/3"), (Position{3, 32}));
  EXPECT_EQ(document.value_at("/numbers/4"), (Position{3, 38}));
  EXPECT_EQ(document.value_at("/numbers/5"), (Position{3, 42}));
  EXPECT_EQ(document.value_at("/numbers/5/a~1b~0c"), (Position{3, 52}));
  EXPECT_EQ(document.value_at("/last"), (Position{5, 5}));
  EXPECT_EQ(document.value_at("/last/x"), (Position{5, 12}));
}

TEST(Document, knows_where_every_key_begins) {
  const auto document = Document::parse(example);
  EXPECT_EQ(document.key_at("/title"), (Position{2, 3}));
  EXPECT_EQ(document.key_at("/numbers"), (Position{3, 3}));
  EXPECT_EQ(document.key_at("/numbers/5/a~1b~0c"), (Position{3, 43}));
  EXPECT_EQ(document.key_at("/last"), (Position{4, 3}));
  EXPECT_EQ(document.key_at("/last/x"), (Position{5, 7}));
  EXPECT_EQ(document.key_at("/numbers/1"), (Position{3, 19})) << "an item has no key: its value";
  EXPECT_EQ(document.key_at(""), (Position{1, 1}));
}

TEST(Document, falls_back_to_the_nearest_ancestor) {
  const auto document = Document::parse(example);
  EXPECT_EQ(document.value_at("/last/y/z"), (Position{5, 5}));
  EXPECT_EQ(document.key_at("/last/y/z"), (Position{4, 3}));
  EXPECT_EQ(document.value_at("/nowhere"), (Position{1, 1}));
}

TEST(Document, finds_numbers_at_the_end_of_the_text_and_beside_punctuation) {
  EXPECT_EQ(Document::parse("  17").value_at(""), (Position{1, 3}));
  EXPECT_EQ(Document::parse("[17,2]").value_at("/1"), (Position{1, 5}));
  EXPECT_EQ(Document::parse("{\"a\":1\n,\"b\":2}").key_at("/b"), (Position{2, 2}));
}

TEST(Document, gives_lines_without_their_ends) {
  const auto document = Document::parse("[1,\r\n 2\n]");
  EXPECT_EQ(document.line(1), "[1,");
  EXPECT_EQ(document.line(2), " 2");
  EXPECT_EQ(document.line(3), "]");
  EXPECT_EQ(document.line(4), "");
  EXPECT_EQ(document.line(0), "");
}

TEST(Document, passes_over_a_byte_order_mark) {
  const auto document = Document::parse("\xef\xbb\xbf{\"a\": 1}");
  EXPECT_EQ(document.value["a"], 1);
  EXPECT_EQ(document.key_at("/a"), (Position{1, 5}));
}

TEST(Document, refuses_keys_that_stand_twice_and_goes_on) {
  EXPECT_EQ(errors("{\"qos\": 1,\n \"a\": {\"b\": 1, \"b\": {\"c\": 1, \"c\": 2}},\n \"qos\": 2}"),
            "2:16: the key 'b' stands twice in this object (first at 2:8)\n"
            "2:30: the key 'c' stands twice in this object (first at 2:22)\n"
            "3:2: the key 'qos' stands twice in this object (first at 1:2)");
}

TEST(Document, keeps_the_first_of_two_values) {
  const auto document = Document::parse(R"({"a": [1], "a": [2, [3]], "b": 4})");
  EXPECT_EQ(document.value, nlohmann::json::parse(R"({"a": [1], "b": 4})"));
  EXPECT_EQ(document.value_at("/a/0"), (Position{1, 8}));
  EXPECT_EQ(document.value_at("/a/1"), (Position{1, 7})) << "the second 'a' does not count";
  EXPECT_EQ(document.value_at("/b"), (Position{1, 32}));
}

TEST(Document, compares_keys_after_unescaping) {
  EXPECT_EQ(errors("{\"a\": 1, \"\\u0061\": 2}"), "1:10: the key 'a' stands twice in this object (first at 1:2)");
}

TEST(Document, has_a_null_value_after_a_syntax_error) {
  EXPECT_EQ(Document::parse("[1, 2").value, nullptr);
}

TEST(Document, explains_punctuation_that_is_wrong_or_missing) {
  EXPECT_EQ(errors("{\n  \"a\": 1,\n}"), "3:1: a comma before this '}': nothing follows the last member");
  EXPECT_EQ(errors("[1, 2, ]"), "1:8: a comma before this ']': nothing follows the last item");
  EXPECT_EQ(errors("{\"a\": 1\n \"b\": 2}"), "2:2: expected ',' or '}' after this member, found a text in quotes");
  EXPECT_EQ(errors("[1 2]"), "1:4: expected ',' or ']' after this item, found '2'");
  EXPECT_EQ(errors("[1,,2]"), "1:4: expected a value, found ','");
  EXPECT_EQ(errors("{\"a\" 1}"), "1:6: expected ':' after the key, found '1'");
  EXPECT_EQ(errors("{\"a\",1}"), "1:5: expected ':' after the key, found ','");
  EXPECT_EQ(errors("{\"a\": }"), "1:7: expected a value, found '}'");
  EXPECT_EQ(errors("{\"a\"::1}"), "1:6: expected a value, found ':'");
  EXPECT_EQ(errors("{\"a\": 1]"), "1:8: expected ',' or '}' after this member, found ']'");
  EXPECT_EQ(errors("[1}"), "1:3: expected ',' or ']' after this item, found '}'");
  EXPECT_EQ(errors("{1: 2}"), "1:2: expected a key in double quotes, found '1'");
  EXPECT_EQ(errors("{,}"), "1:2: expected a key in double quotes, found ','");
  EXPECT_EQ(errors("{} {}"), "1:4: expected the end of the text, found '{': a JSON text is one value");
  EXPECT_EQ(errors("[-01]"), "1:4: expected ',' or ']' after this item, found '1'");
  EXPECT_EQ(errors("[01]"), "1:3: expected ',' or ']' after this item, found '1'");
}

TEST(Document, explains_words_and_comments) {
  EXPECT_EQ(errors("{qos: 1}"), "1:2: the key 'qos' must stand in double quotes");
  EXPECT_EQ(errors("{\"a\": True}"), "1:7: unknown word 'True'; JSON knows true, false and null, and a text stands in double quotes");
  EXPECT_EQ(errors("[\n nul]"), "2:2: unknown word 'nul'; JSON knows true, false and null, and a text stands in double quotes");
  EXPECT_EQ(errors("{'a': 1}"), "1:2: texts stand in double quotes, not in single ones");
  EXPECT_EQ(errors("[1, // one\n2]"), "1:5: JSON has no comments");
  EXPECT_EQ(errors("[1, # one\n2]"), "1:5: JSON has no comments");
  EXPECT_EQ(errors("[=]"), "1:2: '=' has no place here");
  EXPECT_EQ(errors("[\xa0]"), "1:2: the byte 0xa0 has no place outside of a text");
  EXPECT_EQ(errors(std::string("{}\0x", 4)), "1:3: the byte 0x00 has no place in a JSON text");
}

TEST(Document, explains_texts_that_are_broken) {
  EXPECT_EQ(errors("{\"a\": \"b\n}"), "1:7: this text has no closing quote on its line; a line break inside a text is written \\n");
  EXPECT_EQ(errors("{\"a\": \"b"), "1:7: this text has no closing quote");
  EXPECT_EQ(errors("[\"a\tb\"]"), "1:4: a tab inside a text is written \\t");
  EXPECT_EQ(errors("[\"a\x1f\"]"), "1:4: the control character 0x1f inside a text is written \\u001f");
  EXPECT_EQ(errors("[\"a\\xb\"]"), "1:5: after a backslash stands one of \" \\ / b f n r t u");
  EXPECT_EQ(errors("[\"\\u12g4\"]"), "1:7: after \\u stand four hex digits");
  EXPECT_EQ(errors("[\"\\ud800 \"]"), "1:9: half of a surrogate pair: \\ud800 to \\udbff are followed by \\udc00 to \\udfff");
  EXPECT_EQ(errors("[\"\\udc00\"]"), "1:8: half of a surrogate pair: \\udc00 to \\udfff follow \\ud800 to \\udbff");
}

TEST(Document, refuses_ill_formed_utf_8) {
  EXPECT_EQ(errors("[\"a\xc3(\"]"), "1:5: the byte 0x28 is not well-formed UTF-8 here");
  EXPECT_EQ(errors("[\"\xff\"]"), "1:3: the byte 0xff is not well-formed UTF-8 here");
  EXPECT_EQ(errors("[\"\xed\xa0\x80\"]"), "1:4: the byte 0xa0 is not well-formed UTF-8 here");
}

TEST(Document, explains_numbers) {
  EXPECT_EQ(errors("[-]"), "1:2: this number is not complete");
  EXPECT_EQ(errors("[1, 2.]"), "1:5: this number is not complete");
  EXPECT_EQ(errors("[1, 2e999]"), "1:5: the number 2e999 is too large");
}

TEST(Document, explains_texts_that_end_too_early) {
  EXPECT_EQ(errors(""), "1:1: the text is empty");
  EXPECT_EQ(errors(" \n"), "1:1: the text is empty");
  EXPECT_EQ(errors("{\"a\": [1,\n 2\n"), "2:3: the text ends inside the list that begins at 1:7");
  EXPECT_EQ(errors("{\"a\": "), "1:6: the text ends inside the object that begins at 1:1");
  EXPECT_EQ(errors("{\"a\""), "1:5: the text ends inside the object that begins at 1:1");
  EXPECT_EQ(errors("\xef\xbb\xbf"), "1:4: the text ends before its value");
}

TEST(Document, bounds_the_depth) {
  const std::string good = std::string(200, '[') + std::string(200, ']');
  EXPECT_EQ(errors(good), "");
  EXPECT_EQ(errors(std::string(1'000'000, '[')), "1:201: more than 200 objects and lists within each other");
}

TEST(Document, stays_in_the_text_wherever_it_is_cut) {
  const std::string text = example;
  for (std::size_t size = 0; size < text.size() - 2; ++size) {
    const auto document = Document::parse(text.substr(0, size));
    ASSERT_EQ(document.errors.size(), 1u) << size;
    EXPECT_LE(document.errors[0].at.line, 6) << size;
  }
}

TEST(Pointer, escapes) {
  EXPECT_EQ(pointer_of("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(pointer_of("", std::size_t{12}), "/12");
}

TEST(Nearest, finds_the_word_that_was_meant) {
  const std::vector<std::string> known{"expect", "send", "subscribe", "PUBLISH", "qos", "to", "unsubscribe"};
  EXPECT_EQ(nearest("exect", known), "expect");
  EXPECT_EQ(nearest("sned", known), "send");
  EXPECT_EQ(nearest("subscrieb", known), "subscribe");
  EXPECT_EQ(nearest("publish", known), "PUBLISH");
  EXPECT_EQ(nearest("qso", known), "qos");
  EXPECT_EQ(nearest("Expect", known), "expect");
  EXPECT_EQ(nearest("ot", known), "to");
}

TEST(Nearest, says_nothing_when_nothing_is_near) {
  const std::vector<std::string> known{"expect", "send", "to", "A"};
  EXPECT_EQ(nearest("topic", known), std::nullopt);
  EXPECT_EQ(nearest("B", known), std::nullopt);
  EXPECT_EQ(nearest("", known), std::nullopt);
  EXPECT_EQ(nearest("wait", {}), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'x'), {std::string(100'000, 'y')}), std::nullopt);
}

TEST(Nearest, prefers_the_nearer_one_and_then_the_first) {
  EXPECT_EQ(nearest("PUBACC", {"PUBREC", "PUBACK"}), "PUBACK");
  EXPECT_EQ(nearest("PUBREX", {"PUBREC", "PUBREL"}), "PUBREC");
}

}  // namespace
}  // namespace json
