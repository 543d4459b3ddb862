#include "harness/json/document.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "harness/json/syntax.h"

namespace json {
namespace {

// Tells, by `cursor`, how far the parser has read.
struct Cursor {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  const char** cursor;
  reference operator*() const { return *at; }
  Cursor& operator++() { *cursor = ++at; return *this; }
  bool operator==(const Cursor& other) const { return at == other.at; }
  bool operator!=(const Cursor& other) const { return at != other.at; }
};

bool digit(char c) { return c >= '0' && c <= '9'; }
bool in_number(char c) { return digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

// The parser reads one byte past a number, but for the end of the text; a leading 0 is a number by itself.
std::size_t number_end(std::string_view text, std::size_t at) {
  if (text[at] == '-') ++at;
  if (at + 1 < text.size() && text[at] == '0' && digit(text[at + 1])) return at + 1;
  while (at < text.size() && in_number(text[at])) ++at;
  return at;
}

}  // namespace

// Builds the value, and notes where each token began: the parser speaks up when it has read a token, so it began at the first
// byte after the token before that is no blank, comma or colon.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
public:
  explicit Reader(Document& document) : document_(document), cursor_(document.text_.data()) {
    from_ = document.text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
  }

  void read() {
    const auto& text = document_.text_;
    if (const auto null = text.find('\0'); null != text.npos) {
      complain(null, "the byte 0x00 has no place in a JSON text");
      return;
    }
    const Cursor begin{text.data(), &cursor_}, end{text.data() + text.size(), &cursor_};
    if (!nlohmann::json::sax_parse(begin, end, this)) document_.value = nullptr;
  }

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(number_integer_t value) override { return scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
  bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
  bool string(string_t& value) override { return scalar(value); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return start(false); }
  bool start_array(std::size_t) override { return start(true); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool key(string_t& name) override {
    auto& top = open_.back();
    const auto at = next_token(document_.text_, from_);
    from_ = offset();
    const auto [first, fresh] = top.keys.emplace(name, at);
    if (!fresh) {
      const auto there = document_.position_of(first->second);
      complain(at, fmt::format("the key '{}' stands twice in this object (first at {}:{})", name, there.line, there.column));
    }
    top.key = name;
    top.repeated = !fresh;
    if (!top.ignored && fresh) document_.keys_.emplace(pointer_of(top.pointer, name), at);
    return true;
  }

  bool parse_error(std::size_t read, const std::string&, const nlohmann::detail::exception& error) override {
    const char bracket = open_.empty() ? '\0' : open_.back().list ? '[' : '{';
    const auto opened = document_.position_of(open_.empty() ? 0 : open_.back().began);
    const auto trouble = explain_syntax(document_.text_, error.what(), read, from_, bracket, fmt::format("{}:{}", opened.line, opened.column));
    complain(trouble.offset, trouble.text);
    return false;
  }

private:
  struct Open {
    bool list;
    std::size_t began;
    std::string pointer;
    nlohmann::json* value;
    bool ignored;                        // within the value of a key that stood before
    std::size_t count = 0;               // items so far
    std::string key{};                   // the last one
    bool repeated = false;               // it stood before
    std::map<std::string, std::size_t> keys{};
  };
  struct Slot { nlohmann::json* value; std::string pointer; bool ignored; };

  std::size_t offset() const { return static_cast<std::size_t>(cursor_ - document_.text_.data()); }
  void complain(std::size_t at, std::string text) { document_.errors.push_back({document_.position_of(at), std::move(text)}); }

  // Where the value goes whose first byte is at `at`.
  Slot place(std::size_t at) {
    Slot slot{&document_.value, "", false};
    if (!open_.empty()) {
      auto& top = open_.back();
      slot.ignored = top.ignored || top.repeated;
      if (top.list) {
        slot.pointer = pointer_of(top.pointer, top.count++);
        slot.value = &top.value->emplace_back(nullptr);
      } else {
        slot.pointer = pointer_of(top.pointer, top.key);
        slot.value = slot.ignored && !top.ignored ? &ignored_ : &(*top.value)[top.key];
      }
    }
    if (!slot.ignored) document_.values_.emplace(slot.pointer, at);
    return slot;
  }

  template <class Value> bool scalar(Value&& value) {
    const auto& text = document_.text_;
    const auto at = next_token(text, from_);
    from_ = in_number(text[at]) ? number_end(text, at) : offset();
    *place(at).value = std::forward<Value>(value);
    return true;
  }

  bool start(bool list) {
    const auto at = next_token(document_.text_, from_);
    from_ = offset();
    if (open_.size() == max_depth) {
      complain(at, fmt::format("more than {} objects and lists within each other", max_depth));
      return false;
    }
    auto slot = place(at);
    *slot.value = list ? nlohmann::json::array() : nlohmann::json::object();
    open_.push_back({list, at, std::move(slot.pointer), slot.value, slot.ignored});
    return true;
  }

  bool end() {
    from_ = offset();
    open_.pop_back();
    return true;
  }

  Document& document_;
  const char* cursor_;
  std::size_t from_;                     // where the last token ended
  std::vector<Open> open_;
  nlohmann::json ignored_;
};

Document Document::parse(std::string text) {
  Document document;
  document.text_ = std::move(text);
  document.lines_.push_back(0);
  for (std::size_t i = 0; i < document.text_.size(); ++i)
    if (document.text_[i] == '\n') document.lines_.push_back(i + 1);
  Reader(document).read();
  return document;
}

Position Document::position_of(std::size_t offset) const {
  const auto line = std::upper_bound(lines_.begin(), lines_.end(), offset) - lines_.begin();
  return {static_cast<int>(line), static_cast<int>(offset - lines_[static_cast<std::size_t>(line - 1)]) + 1};
}

std::size_t Document::find(std::string_view pointer, bool key) const {
  for (;;) {
    const std::string here(pointer);
    if (const auto found = keys_.find(here); key && found != keys_.end()) return found->second;
    if (const auto found = values_.find(here); found != values_.end()) return found->second;
    const auto slash = pointer.rfind('/');
    if (slash == pointer.npos) return 0;
    pointer = pointer.substr(0, slash);
  }
}

Position Document::value_at(std::string_view pointer) const { return position_of(find(pointer, false)); }
Position Document::key_at(std::string_view pointer) const { return position_of(find(pointer, true)); }

std::string_view Document::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > lines_.size()) return {};
  const auto text = std::string_view(text_).substr(lines_[static_cast<std::size_t>(number - 1)]);
  return text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
}

std::string pointer_of(std::string_view parent, std::string_view key) {
  std::string pointer = fmt::format("{}/", parent);
  for (const char c : key) {
    if (c == '~') pointer += "~0";
    else if (c == '/') pointer += "~1";
    else pointer += c;
  }
  return pointer;
}

std::string pointer_of(std::string_view parent, std::size_t index) { return fmt::format("{}/{}", parent, index); }

}  // namespace json
