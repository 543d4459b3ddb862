#pragma once
// What is wrong with a text that is no JSON, in words for the person who wrote it.
#include <string>
#include <string_view>

namespace json {

struct Trouble { std::size_t offset; std::string text; };   // offset: bytes from the start of the text

// `what`: the parser's own message. `read`: how many bytes it had read. `from`: where the last good token ended.
// `open`: the bracket that is still open ('{', '[', or 0), which began at `opened` ("3:5").
Trouble explain_syntax(std::string_view text, std::string_view what, std::size_t read, std::size_t from, char open, const std::string& opened);

// From `from` over blanks, commas and colons to the next token.
std::size_t next_token(std::string_view text, std::size_t from);

}  // namespace json
