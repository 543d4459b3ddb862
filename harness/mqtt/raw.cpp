#include "harness/mqtt/raw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace mqtt {
namespace {

constexpr std::size_t most_bytes = std::size_t(1) << 28;  // one packet cannot be larger
constexpr std::uint32_t max_varint = 268435455;

class Parser {
public:
  explicit Parser(std::string_view text) : text_(text) {}

  RawBytes all() {
    while (blanks(), at_ < text_.size() && !error_) token();
    close_lengths();
    if (error_) return {{}, std::move(error_)};
    return {std::move(out_), {}};
  }

private:
  std::string_view text_;
  std::size_t at_ = 0;
  Bytes out_;
  std::vector<std::size_t> open_;   // places in out_ of each bare r of this packet
  std::optional<RawError> error_;   // the first; nothing is read behind it

  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  bool ended() const { return at_ == text_.size() || blank(text_[at_]) || text_[at_] == ';' || text_[at_] == '*'; }
  void blanks() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
  }
  void wrong(std::size_t offset, std::string text) {
    if (!error_) error_ = RawError{offset, std::move(text)};
  }
  std::string word_from(std::size_t from) const {
    auto end = from;
    while (end < text_.size() && !blank(text_[end]) && text_[end] != ';') ++end;
    return std::string(text_.substr(from, end - from));
  }

  void token() {
    auto from = at_;
    char c = text_[at_];
    if (c == ';') {
      ++at_;
      return close_lengths();
    }
    if (c == '*') return wrong(from, "'*' has no token in front of it; write 'a'*3 or 00*3, without a blank before the *");
    Bytes bytes;
    bool open = false;
    switch (c) {
      case '\'': bytes = quoted(); break;
      case 's': bytes = string_or_length(); break;
      case 'm': bytes = two(number("m", "a packet identifier in decimal: m1234", 65535)); break;
      case 'r':
        open = at_ + 1 == text_.size() || !is_digit(text_[at_ + 1]);
        if (open) ++at_;
        else bytes = varint(number("r", "a length in decimal, or nothing: r14 or r", max_varint));
        break;
      default: bytes = hex_bytes();
    }
    std::size_t times = error_ ? 1 : repeated();
    if (error_) return;
    if (at_ < text_.size() && !ended())
      return wrong(at_, fmt::format("'{}' follows '{}' without a blank between them", word_from(at_), text_.substr(from, at_ - from)));
    if (at_ < text_.size() && text_[at_] == '*') return wrong(at_, "a token can be repeated only once");
    if (open && times != 1) return wrong(from, "a bare r cannot be repeated; give its length: r14");
    if (open) open_.push_back(out_.size());
    if (times > 0 && bytes.size() > (most_bytes - out_.size()) / times)
      return wrong(from, fmt::format("more than {} bytes in all; one packet cannot be larger", most_bytes));
    if (bytes.size() == 1) out_.insert(out_.end(), times, bytes[0]);
    else
      while (times--) out_.insert(out_.end(), bytes.begin(), bytes.end());
  }

  std::size_t repeated() {
    if (at_ == text_.size() || text_[at_] != '*') return 1;
    return number("*", "how often, in decimal: 'a'*100", std::uint32_t(most_bytes));
  }

  // The decimal number behind the mark at the cursor.
  std::uint32_t number(std::string_view mark, std::string_view wanted, std::uint32_t most) {
    auto from = at_;
    at_ += mark.size();
    auto first = at_;
    std::uint64_t value = 0;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_)
      value = std::min(value * 10 + std::uint64_t(text_[at_] - '0'), std::uint64_t(1) << 40);   // no overflow, however many digits
    if (at_ == first) wrong(from, fmt::format("'{}' needs {}", mark, wanted));
    if (value > most) wrong(from, fmt::format("{} is too large; at most {}", text_.substr(from, at_ - from), most));
    return std::uint32_t(value);
  }

  Bytes quoted() {
    auto from = at_;
    auto end = text_.find('\'', at_ + 1);
    if (end == text_.npos) {
      wrong(from, "a text without its closing '");
      return {};
    }
    at_ = end + 1;
    return bytes_of(text_.substr(from + 1, end - from - 1));
  }

  Bytes string_or_length() {
    if (at_ + 1 == text_.size() || text_[at_ + 1] != '\'') return two(number("s", "a length or a text: s5 or s'text'", 65535));
    auto from = at_++;
    auto text = quoted();
    if (text.size() > 65535) wrong(from, fmt::format("{} bytes do not fit a two-byte length; at most 65535", text.size()));
    auto bytes = two(std::uint32_t(text.size()));
    bytes.insert(bytes.end(), text.begin(), text.end());
    return bytes;
  }

  Bytes hex_bytes() {
    auto from = at_;
    while (at_ < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[at_]))) ++at_;
    if (at_ == from || !ended())
      wrong(from, fmt::format("'{}' is no token; write hex (c0), 'text', s5, s'text', m1234, r14, r, or ;", word_from(from)));
    auto bytes = parse_hex(text_.substr(from, at_ - from));
    if (!bytes) wrong(from, fmt::format("'{}' is half a byte; hex has two digits a byte", text_.substr(from, at_ - from)));
    return bytes.value_or(Bytes{});
  }

  static Bytes two(std::uint32_t value) { return {std::uint8_t(value >> 8), std::uint8_t(value)}; }
  static Bytes varint(std::size_t value) {
    Bytes bytes;
    do {
      bytes.push_back(std::uint8_t(value % 128 | (value > 127 ? 128 : 0)));
      value /= 128;
    } while (value);
    return bytes;
  }

  // From the last to the first, so that an outer length counts the bytes of an inner one.
  void close_lengths() {
    for (; !open_.empty(); open_.pop_back()) {
      auto length = varint(out_.size() - open_.back());
      out_.insert(out_.begin() + std::ptrdiff_t(open_.back()), length.begin(), length.end());
    }
  }
};

}  // namespace

RawBytes parse_raw(std::string_view text) { return Parser(text).all(); }

}  // namespace mqtt
