#pragma once
// Reader and Writer answer the same calls, so that layout.h can say each packet's shape once. Offsets and paths come out on the way.
#include <array>
#include <concepts>
#include <string>
#include <utility>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/property_table.h"
#include "harness/mqtt/rules.h"
#include "harness/mqtt/utf8.h"

namespace mqtt {

// Where the layout stands: "properties", "user_property[1]". Becomes text only when somebody asks.
class Path {
public:
  struct Scope {
    Path& path;
    explicit Scope(Path& p) : path(p) {}
    Scope(const Scope&) = delete;
    ~Scope() { --path.depth_; }
  };
  [[nodiscard]] Scope enter(std::string_view name, std::uint32_t index = no_index) {
    parts_[depth_++] = {name, index};
    return Scope(*this);
  }
  std::string text(std::string_view leaf = {}, std::size_t more = 0) const {   // more: bytes that the caller will append
    std::string all;
    auto size = leaf.size() + more;
    for (std::size_t i = 0; i < depth_; ++i) size += parts_[i].name.size() + 8;
    all.reserve(size);
    for (std::size_t i = 0; i < depth_; ++i) add(all, parts_[i].name, parts_[i].index);
    if (!leaf.empty()) add(all, leaf, no_index);
    return all;
  }
  static constexpr std::uint32_t no_index = ~0u;
private:
  struct Part { std::string_view name; std::uint32_t index; };
  static void add(std::string& all, std::string_view name, std::uint32_t index) {
    if (!all.empty()) all += '.';
    all += name;
    if (index != no_index) all.append("[").append(std::to_string(index)).append("]");
  }
  std::array<Part, 6> parts_{};   // deeper than any layout nests
  std::size_t depth_ = 0;
};

struct Spot { std::uint32_t offset = 0, size = 0; };

// A number as a Variable Byte Integer (5.0: 1.5.5), at most the largest there is.
class Varint {
public:
  explicit Varint(std::uint32_t v) {
    v = std::min(v, max_varint);
    do {
      bytes_[size_++] = std::uint8_t(v % 128 | (v > 127 ? 128 : 0));
      v /= 128;
    } while (v);
  }
  View bytes() const { return View(bytes_).first(size_); }
private:
  std::array<std::uint8_t, 4> bytes_{};
  std::size_t size_ = 0;
};

template <bool KeepFields> class Writer {
public:
  static constexpr bool reading = false;
  explicit Writer(Version v, const Instead* instead = nullptr) : version(v), instead_(instead) {}
  const Version version;
  Bytes out;
  std::vector<Field> fields;
  std::vector<std::string> replaced;
  Path path;

  void u8(std::string_view name, const std::uint8_t& v) { mark(name, [&] { out.push_back(v); }); }
  void u16(std::string_view name, const std::uint16_t& v) { mark(name, [&] { big(v, 2); }); }
  void u32(std::string_view name, const std::uint32_t& v) { mark(name, [&] { big(v, 4); }); }
  void varint(std::string_view name, const std::uint32_t& v) { mark(name, [&] { append(Varint(v).bytes()); }); }
  void utf8(std::string_view name, const std::string& v) { mark(name, [&] { sized_bytes(v); }); }
  void binary(std::string_view name, const Bytes& v) { mark(name, [&] { sized_bytes(v); }); }
  void rest(std::string_view name, const Bytes& v) { mark(name, [&] { append(v); }); }
  Spot last() const { return {}; }
  bool ends(bool nothing_left_to_say) const { return nothing_left_to_say; }
  template <class Text> void must(bool, Rule, std::string_view, Text, Spot = {}) {}

  // Must this field exist because `instead` speaks of it or of something inside it?
  bool wanted(std::string_view name) const {
    if constexpr (KeepFields) {
      if (!instead_) return false;
      auto at = instead_->lower_bound(path.text(name));
      return at != instead_->end() && at->first.starts_with(path.text(name));
    }
    return false;
  }

  template <class Body> void sized(std::string_view name, Body body) {
    auto from = out.size();
    auto first = fields.size();
    body(*this);
    Varint number(std::uint32_t(std::min<std::size_t>(out.size() - from, max_varint)));
    View length = number.bytes();
    if constexpr (KeepFields) {
      if (auto other = find(name)) length = *other;
      for (auto i = first; i < fields.size(); ++i) fields[i].offset += std::uint32_t(length.size());
      if (!length.empty())
        fields.insert(fields.begin() + std::ptrdiff_t(first), {path.text(name), std::uint32_t(from), std::uint32_t(length.size())});
    }
    out.insert(out.begin() + std::ptrdiff_t(from), length.begin(), length.end());
  }
  template <class T, class Each> void list(std::string_view name, std::vector<T>& items, Each each) {
    std::uint32_t i = 0;
    for (auto& item : items) {
      auto scope = path.enter(name, i++);
      each(*this, item);
    }
  }
  template <class Each> void each_property(Properties& all, Each each) {
    for (auto& property : all) each(property, std::uint32_t(property.id));
  }
  void finish() {
    if constexpr (KeepFields)
      if (wanted("surplus")) rest("surplus", {});
  }

private:
  const Instead* instead_;

  void big(std::uint32_t v, int n) {
    while (n--) out.push_back(std::uint8_t(v >> (8 * n)));
  }
  void append(View bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
  template <class Sequence> void sized_bytes(const Sequence& v) {
    auto size = std::min<std::size_t>(v.size(), 65535);
    big(std::uint32_t(size), 2);
    out.insert(out.end(), v.begin(), v.begin() + std::ptrdiff_t(size));
  }
  const Bytes* find(std::string_view name) {
    if (!instead_) return nullptr;
    auto other = instead_->find(path.text(name));
    if (other == instead_->end()) return nullptr;
    replaced.push_back(other->first);
    return &other->second;
  }
  template <class Put> void mark(std::string_view name, Put write) {
    if constexpr (!KeepFields) return write();
    auto from = out.size();
    if (auto other = find(name)) append(*other);
    else write();
    if (out.size() > from) fields.push_back({path.text(name), std::uint32_t(from), std::uint32_t(out.size() - from)});
  }
};

// Reads on after a broken rule. Once the bytes make no more sense it is stopped: every read leaves its value alone and adds no fault,
// until the end of the stretch (the properties, the packet) whose length is known.
template <bool KeepText> class Reader {
public:
  static constexpr bool reading = true;
  Reader(View in, Version v, Sender s, Decoded& decoded)
      : version(v), sender(s), fields_(decoded.fields), faults_(decoded.faults), in_(in), end_(in.size()) {}
  const Version version;
  const Sender sender;
  Path path;

  void u8(std::string_view name, std::uint8_t& v) { number(name, v); }
  void u16(std::string_view name, std::uint16_t& v) { number(name, v); }
  void u32(std::string_view name, std::uint32_t& v) { number(name, v); }
  void varint(std::string_view name, std::uint32_t& v) {
    bool minimal = true;
    mark(name, [&] { return var(v, minimal); });
    must(minimal || version != Version::v5_0, Rule::integer_not_minimal, name, "uses more bytes than the number needs");
  }
  void utf8(std::string_view name, std::string& v) {
    text_or_bytes(name, v);
    must(well_formed(v), Rule::utf8, name,
         [&] { return "ill-formed UTF-8 at byte " + std::to_string(*ill_formed_at(v)) + " of the text"; });
    if (version != Version::v3_1) must(!has_null(v), Rule::null_character, name, "holds U+0000");
  }
  void binary(std::string_view name, Bytes& v) { text_or_bytes(name, v); }
  void rest(std::string_view name, Bytes& v) {
    mark(name, [&] { return take(end_ - at_, v); });
  }
  Spot last() const { return last_; }
  bool ends(bool) const { return stopped_ || at_ == end_; }
  bool wanted(std::string_view) const { return false; }

  // `text` is words, or a function that makes them; `leaf` is the field they are about.
  template <class Text> void must(bool holds, Rule rule, std::string_view leaf, Text text, std::optional<Spot> spot = {}) {
    if (!holds && !stopped_) fault(rule, leaf, text, spot.value_or(last_));
  }
  template <class Text> void fault(Rule rule, std::string_view leaf, Text text, Spot spot) {
    add(rule, spot);
    if constexpr (KeepText && std::invocable<Text>) faults_.back().text = told(leaf, text());
    else if constexpr (KeepText) faults_.back().text = told(leaf, text);
  }
  void stop() { stopped_ = true; }

  template <class Body> void sized(std::string_view name, Body body) {
    std::uint32_t size = 0;
    varint(name, size);
    if (stopped_) return;
    bool cut = size > end_ - at_;
    if (cut) {
      fault(name == "remaining_length" ? Rule::truncated : Rule::properties_length, name,
            [&] { return "announces " + std::to_string(size) + " bytes, but " + std::to_string(end_ - at_) + " are left"; }, last_);
      size = std::uint32_t(end_ - at_);
    }
    auto outer = std::exchange(end_, at_ + size);
    body(*this);
    skip("unread");
    stopped_ = cut;
    end_ = outer;
  }
  template <class T, class Each> void list(std::string_view name, std::vector<T>& items, Each each) {
    items.reserve(std::min<std::size_t>(end_ - at_, 8));
    for (std::uint32_t i = 0; !ends(true); ++i) {
      auto scope = path.enter(name, i);
      each(*this, items.emplace_back());
    }
  }
  // The identifier is read before its name is known; `each` then marks it.
  template <class Each> void each_property(Properties& all, Each each) {
    while (!ends(true)) {
      std::uint32_t id = 0;
      bool minimal = true;
      auto from = at_;
      bool whole = var(id, minimal);
      at_ = from;
      if (!whole || !property_row(id)) {
        auto scope = path.enter("unknown");
        varint("id", id);
        must(false, Rule::property_unknown, "id", [&] { return "there is no property " + std::to_string(id); });
        return stop();
      }
      if (all.empty()) all.reserve(4);
      all.emplace_back().id = std::uint8_t(id);
      each(all.back(), id);
    }
  }
  // What the layout has no use for.
  void finish() {
    if (stopped_ || at_ == end_) return;
    auto size = end_ - at_;
    Spot spot{std::uint32_t(at_), std::uint32_t(size)};
    skip("surplus");
    fault(Rule::surplus, "surplus",
          [&] { return std::to_string(size) + (size == 1 ? " byte" : " bytes") + " more than the packet has room for"; }, spot);
  }

  void end() {
    if (stopped_) skip("unread");
    finish();
  }

private:
  std::vector<Field>& fields_;
  std::vector<Fault>& faults_;
  View in_;
  std::size_t at_ = 0, end_;
  Spot last_;
  bool stopped_ = false;

  void add(Rule rule, Spot spot) {
    if (faults_.empty()) faults_.reserve(8);
    faults_.push_back({spot.offset, spot.size, rule, {}});
  }
  std::string told(std::string_view leaf, std::string_view text) const {
    auto where = path.text(leaf, text.size() + 2);
    if (!where.empty()) where += ": ";
    return std::move(where.append(text));
  }
  void skip(std::string_view name) {
    if (at_ == end_) return;
    if constexpr (KeepText) fields_.push_back({path.text(name), std::uint32_t(at_), std::uint32_t(end_ - at_)});
    at_ = end_;
  }
  template <class Number> void number(std::string_view name, Number& v) {
    mark(name, [&] { return big(v); });
  }
  template <class Number> bool big(Number& v) {
    bool whole = end_ - at_ >= sizeof v;
    auto size = whole ? sizeof v : end_ - at_;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | in_[at_ + i];
    at_ += size;
    v = Number(value);
    return whole;
  }
  template <class Sequence> bool take(std::size_t size, Sequence& to) {
    bool whole = end_ - at_ >= size;
    auto part = in_.subspan(at_, whole ? size : end_ - at_);
    auto first = reinterpret_cast<const typename Sequence::value_type*>(part.data());
    to.assign(first, first + part.size());
    at_ += part.size();
    return whole;
  }
  template <class Sequence> void text_or_bytes(std::string_view name, Sequence& v) {
    mark(name, [&] {
      std::uint16_t size = 0;
      return big(size) && take(size, v);
    });
  }
  bool var(std::uint32_t& v, bool& minimal) {
    v = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      if (at_ == end_) return false;
      auto byte = in_[at_++];
      v |= std::uint32_t(byte & 127) << shift;
      minimal = byte != 0 || shift == 0;
      if (byte < 128) return true;
    }
    return false;
  }
  template <class Get> void mark(std::string_view name, Get get) {
    if (stopped_) return;
    auto from = at_;
    bool whole = get();
    last_ = {std::uint32_t(from), std::uint32_t(at_ - from)};
    if constexpr (KeepText)
      if (at_ > from) fields_.push_back({path.text(name), last_.offset, last_.size});
    if (whole) return;
    if (at_ == end_) fault(Rule::truncated, name, last_.size ? "cut off by the end" : "missing", last_);
    else fault(Rule::integer_too_long, name, "more than four bytes", last_);
    stop();
  }
};

}  // namespace mqtt
