#include "fuzz/network/bend.h"

#include <algorithm>
#include <string_view>

#include "harness/mqtt/codec.h"

namespace network {
namespace {

using namespace std::string_view_literals;
using mqtt::Bytes;

constexpr std::string_view corners[] = {
    ""sv, "\0"sv, "a\0b"sv, "\xed\xa0\x80"sv, "\xc0\x80"sv, "\xc3"sv, "\xf4\x90\x80\x80"sv, "\xef\xbb\xbf"sv, "#"sv, "+"sv, "a/#/b"sv, "a+"sv, "/"sv,
    "$SYS/a"sv, "$share/g"sv, "$share//a"sv, "$share/g/"sv, "$share/g+/a"sv, "$"sv, " "sv};
constexpr std::uint8_t numbers[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

template <class Items> auto& one_of(Items& items, Random& random) { return items[below(std::uint32_t(std::size(items)), random)]; }

Bytes sized(Bytes text) {
  auto size = std::min<std::size_t>(text.size(), 65535);
  text.resize(size);
  text.insert(text.begin(), {std::uint8_t(size >> 8), std::uint8_t(size)});
  return text;
}

Bytes spoilt(Bytes bytes, Random& random) {
  switch (below(9, random)) {
    case 0: return {};
    case 1: bytes.resize(bytes.size() / 2); return bytes;
    case 2: {
      auto twice = bytes;
      twice.insert(twice.end(), bytes.begin(), bytes.end());
      return twice;
    }
    case 3: std::fill(bytes.begin(), bytes.end(), one_of(numbers, random)); return bytes;
    case 4: case 5: return sized(mqtt::bytes_of(one_of(corners, random)));
    case 6: return sized(Bytes(below(40, random) == 0 ? 65535 : below(300, random), 'a'));
    case 7: bytes[0] = one_of(numbers, random); return bytes;   // a length that lies, where there is one
    default: bytes[below(std::uint32_t(bytes.size()), random)] ^= std::uint8_t(1 << below(8, random)); return bytes;
  }
}

void spoil_a_byte(Bytes& bytes, Random& random) {
  if (bytes.empty()) return;
  auto at = bytes.begin() + std::ptrdiff_t(below(std::uint32_t(bytes.size()), random));
  switch (below(4, random)) {
    case 0: *at ^= std::uint8_t(1 << below(8, random)); break;
    case 1: *at = one_of(numbers, random); break;
    case 2: bytes.erase(at); break;
    default: bytes.insert(at, std::uint8_t(random()));
  }
}

}  // namespace

Bytes bent(mqtt::View packet, mqtt::Version version, Random& random) {
  Bytes same(packet.begin(), packet.end());
  auto decoded = mqtt::decode(packet, version, mqtt::Sender::client);
  if (!decoded.packet || decoded.fields.size() < 2 || below(8, random) == 0) {
    spoil_a_byte(same, random);
    return same;
  }
  auto& field = one_of(decoded.fields, random);
  bool length = field.path == "remaining_length" && below(2, random);   // half of the time it stays right
  auto& chosen = field.path == "remaining_length" && !length ? decoded.fields.back() : field;
  auto old = packet.subspan(chosen.offset, chosen.size);
  auto made = mqtt::encode(*decoded.packet, version, {{chosen.path, spoilt({old.begin(), old.end()}, random)}});
  if (made.not_replaced.empty()) return made.bytes;
  spoil_a_byte(same, random);
  return same;
}

void bend(Session& session, Random& random) {
  constexpr std::uint32_t how_often[] = {0, 1, 1, 1, 1, 2, 2, 3};
  for (auto times = one_of(how_often, random); times > 0; --times) {
    std::vector<std::size_t> sends;
    for (std::size_t i = 0; i < session.acts.size(); ++i)
      if (session.acts[i].what == Act::What::send && !session.acts[i].bytes.empty()) sends.push_back(i);
    if (sends.empty()) return;
    auto at = one_of(sends, random);
    if (sends.size() > 1 && at == sends[0] && below(4, random)) at = sends[1 + below(std::uint32_t(sends.size() - 1), random)];   // CONNECT seldom: the rest is to be reached
    auto& act = session.acts[at];
    auto place = session.acts.begin() + std::ptrdiff_t(at);
    switch (below(12, random)) {
      case 0: session.acts.insert(place, Act(act)); break;                                  // repeated
      case 1: std::swap(act.bytes, session.acts[one_of(sends, random)].bytes); break;       // in another order
      case 2: act.bytes.resize(below(std::uint32_t(act.bytes.size()), random)); break;      // cut, its length as it was
      case 3: session.acts.erase(place); break;
      default: act.bytes = bent(act.bytes, session.version, random);
    }
  }
}

}  // namespace network
