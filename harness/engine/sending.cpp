#include "harness/engine/sending.h"

#include <stdexcept>

#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/raw.h"

namespace engine {

mqtt::Bytes bytes_of(const scenario::Send& send, mqtt::Version version, const scenario::Variables& variables) {
  mqtt::Bytes all;
  auto raw = [&](const std::string& text) {
    auto parsed = mqtt::parse_raw(scenario::substitute(text, variables));
    if (parsed.error) throw std::runtime_error("raw notation: " + parsed.error->text);
    return parsed.bytes;
  };
  mqtt::Instead instead;
  for (auto& [path, text] : send.instead) instead[path] = raw(text);
  for (auto& json : send.packets) {
    auto made = mqtt::packet_from_json(scenario::substitute(json, variables), version);
    if (!made.packet) throw std::runtime_error(made.errors.at(0).text);
    auto frame = mqtt::encode(*made.packet, version, instead);
    all.insert(all.end(), frame.bytes.begin(), frame.bytes.end());
  }
  if (!send.raw.empty()) all = raw(send.raw);
  return all;
}

}  // namespace engine
