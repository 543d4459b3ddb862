#include <fmt/format.h>

#include <iostream>
#include <iterator>

#include "harness/cli/command.h"
#include "harness/mqtt/explain.h"
#include "harness/mqtt/framer.h"
#include "harness/mqtt/rules.h"

namespace cli {
namespace {

struct DecodeOptions {
  std::vector<std::string> hex;
  std::string version = "5.0";
  bool from_broker = false;
};

void print(mqtt::View frame, mqtt::Version version, mqtt::Sender sender) {
  auto told = mqtt::explain(frame, version, sender);
  fmt::print("{}\n", told.summary);
  for (auto& line : told.lines) {
    auto bytes = mqtt::hex(frame.subspan(line.field.offset, std::min(line.field.size, 16u)));
    fmt::print("  {:>5}  {:<47} {:<42} {}\n", line.field.offset, bytes + (line.field.size > 16 ? " ..." : ""), line.field.path, line.value);
  }
  for (auto& fault : told.faults) fmt::print("  fault at {}: {} ({})\n", fault.offset, fault.text, mqtt::statement(fault.rule, version));
}

int decode_all(const DecodeOptions& options) {
  auto version = mqtt::version_named(options.version);
  if (!version) throw std::runtime_error(fmt::format("--mqtt {}: expected 3.1, 3.1.1 or 5.0", options.version));
  std::string text;
  for (auto& part : options.hex) text += part + " ";
  if (text == "- ") text.assign(std::istreambuf_iterator<char>(std::cin), {});
  auto bytes = mqtt::parse_hex(text);
  if (!bytes || bytes->empty()) throw std::runtime_error("expected packets as hexadecimal bytes, for example: mqttspec decode c0 00");
  auto sender = options.from_broker ? mqtt::Sender::broker : mqtt::Sender::client;
  mqtt::Framer framer;
  framer.feed(*bytes);
  bool clean = true;
  while (auto frame = framer.next()) {
    print(*frame, *version, sender);
    clean &= mqtt::decode(*frame, *version, sender).clean();
  }
  if (auto rest = framer.held(); !rest.empty()) {
    fmt::print("{} bytes that are no whole packet:\n", rest.size());
    print(rest, *version, sender);
    clean = false;
  }
  return clean ? all_well : something_failed;
}

}  // namespace

std::function<int()> decode(CLI::App& app) {
  auto options = std::make_shared<DecodeOptions>();
  app.add_option("HEX", options->hex, "bytes in hexadecimal, or - for standard input")->required();
  app.add_option("--mqtt", options->version, "the version they are in: 3.1, 3.1.1 or 5.0 (default)");
  app.add_flag("--from-broker", options->from_broker, "a broker sent them (default: a client)");
  app.footer("Exit code: 0 when every packet is as the standard wants it, 1 when one is not.");
  return [=] { return decode_all(*options); };
}

}  // namespace cli
