#include "harness/engine/secrets.h"

#include <algorithm>
#include <map>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/framer.h"

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

void mask_field(std::span<std::uint8_t> connect, mqtt::Version version, const std::string& secret) {
  for (auto& field : mqtt::decode(connect, version, mqtt::Sender::client).fields)
    if (field.path == "password") {
      auto content = connect.subspan(field.offset, field.size).subspan(std::min(field.size, 2u));
      if (mqtt::text_of(content) == secret) std::ranges::fill(content, '*');
    }
}

void mask_sent(mqtt::Bytes& bytes, mqtt::Version version, const std::string& secret) {
  if (secret.size() >= least_searched) return mask(bytes, secret);
  mqtt::Framer framer;
  framer.feed(bytes);
  std::size_t at = 0;
  for (auto frame = framer.next(); frame; at += frame->size(), frame = framer.next())
    if ((*frame)[0] >> 4 == int(mqtt::Type::connect)) mask_field(std::span(bytes).subspan(at, frame->size()), version, secret);
}

// What a connection sent is masked as one text, too: a write may hold a piece of the secret.
void mask_all_sent(record::Trace& trace, const std::string& secret) {
  std::map<std::string, std::vector<record::Event*>> sent;   // by client, since its connection was opened
  auto mask_connection = [&](std::vector<record::Event*>& events) {
    mqtt::Bytes all;
    for (auto* event : events) all.insert(all.end(), event->bytes.begin(), event->bytes.end());
    if (!events.empty()) mask_sent(all, events.front()->version, secret);
    auto from = all.begin();
    for (auto* event : events) std::copy_n(from, event->bytes.size(), event->bytes.begin()), from += std::ptrdiff_t(event->bytes.size());
    events.clear();
  };
  for (auto& event : trace) {
    if (event.what == record::What::opened) mask_connection(sent[event.client]);
    if (event.what != record::What::sent) continue;
    mask_sent(event.bytes, event.version, secret);
    sent[event.client].push_back(&event);
  }
  for (auto& [client, events] : sent) mask_connection(events);
}

}  // namespace

void mask(record::Result& result, const std::string& secret) {
  if (secret.empty()) return;
  mask_all_sent(result.trace, secret);
  if (secret.size() < least_searched) return;
  for (auto& event : result.trace) {
    mask(event.bytes, secret);
    mask(event.text, secret);
  }
  mask(result.reason, secret);
  for (auto& finding : result.findings) {
    mask(finding.expected, secret);
    mask(finding.actual, secret);
  }
  for (auto& line : result.log) mask(line, secret);
}

}  // namespace engine
