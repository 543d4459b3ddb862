#include "harness/engine/secrets.h"

#include <algorithm>

#include "harness/mqtt/codec.h"

namespace engine {
namespace {

constexpr std::size_t least_searched = 4;  // a shorter one stands everywhere by chance; it is masked in its field only

void mask(auto& text, const std::string& secret) {
  for (auto at = text.begin();; at += std::ptrdiff_t(secret.size())) {
    at = std::search(at, text.end(), secret.begin(), secret.end(), [](auto a, char b) { return std::uint8_t(a) == std::uint8_t(b); });
    if (at == text.end()) return;
    std::fill_n(at, secret.size(), '*');
  }
}

void mask_field(record::Event& event, const std::string& secret) {
  if (event.what != record::What::sent || event.bytes.empty() || event.bytes[0] >> 4 != int(mqtt::Type::connect)) return;
  for (auto& field : mqtt::decode(event.bytes, event.version, mqtt::Sender::client).fields)
    if (field.path == "password") {
      auto content = std::span(event.bytes).subspan(field.offset, field.size).subspan(std::min(field.size, 2u));
      if (mqtt::text_of(content) == secret) std::ranges::fill(content, '*');
    }
}

}  // namespace

void mask(record::Result& result, const std::string& secret) {
  if (secret.empty()) return;
  for (auto& event : result.trace) {
    mask_field(event, secret);
    if (secret.size() < least_searched) continue;
    mask(event.bytes, secret);
    mask(event.text, secret);
  }
  if (secret.size() < least_searched) return;
  mask(result.reason, secret);
  for (auto& finding : result.findings) {
    mask(finding.expected, secret);
    mask(finding.actual, secret);
  }
  for (auto& line : result.log) mask(line, secret);
}

}  // namespace engine
