#pragma once
// Faults planted into `mqttspec serve`, by which the tests show that `mqttspec fuzz` finds such faults. Not for users: no help mentions them.
#include <map>
#include <optional>
#include <string>

#include "harness/mqtt/framer.h"
#include "harness/reference/broker.h"

namespace cli {

class Planted {
public:
  enum class Does { nothing, ignore, close_another };   // ignore: this client is neither read nor closed from now on
  explicit Planted(const std::string& name);            // throws std::runtime_error for a name that is none
  Does look(reference::Handle client, mqtt::View bytes);
private:
  struct Client { mqtt::Framer framer; mqtt::Version version = mqtt::Version::v3_1_1; bool admitted = false; };
  struct Row;
  static const Row rows[];
  const Row* row_ = nullptr;
  std::map<reference::Handle, Client> clients_;
};

}  // namespace cli
