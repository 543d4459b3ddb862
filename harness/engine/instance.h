#pragma once
// A broker under test as the engine sees it: where it listens, who may enter, what it lacks and, when the harness started it, its process.
#include <sys/types.h>

#include <functional>
#include <map>
#include <set>

#include "harness/mqtt/version.h"
#include "harness/net/clock.h"
#include "harness/net/stream.h"
#include "harness/scenario/model.h"

namespace engine {

namespace asio = boost::asio;
using net::Duration;
using net::Time;

struct Account {
  std::string username, password;
};

// How a client reaches the broker.
struct Way {
  std::string listener;                      // empty: the default one
  std::string certificate = {};              // of scenario::certificates: what it shows; empty: what the profile says
  bool websocket = false;                    // over a WebSocket, whatever the others use
  net::Upgrade upgrade = {};
};

// What is known of a broker before a scenario is played.
struct Target {
  std::string url;                           // for people: without the account
  std::string transport = "mqtt";            // the URL's scheme; "memory" for the embedded broker
  std::string websocket;                     // likewise, of cases that are about WebSocket; empty: there is none
  std::string broker;                        // "mosquitto 2.0.11"; empty: unknown
  std::optional<Account> account;            // for every CONNECT that does not say otherwise
  std::vector<mqtt::Version> versions{mqtt::all_versions.begin(), mqtt::all_versions.end()};
  std::map<mqtt::Version, std::string> refuses;  // version -> why it is not played
  std::map<std::string, std::string> lacks;  // ability -> why it is not there (scenarios/README.md, "Abilities")
  bool delivers = false;                     // a message of a client has come to its own subscription: seen, never assumed
  bool ours = false;                         // started by the harness, thrown away afterwards: nothing need be tidied up
  std::set<std::string> setups;              // ways a broker of its own can be configured (scenarios/README.md, "Setups")
  Duration patience = std::chrono::seconds(5);  // how long to wait for what must come
};

class Instance {
public:
  virtual ~Instance() = default;
  Target target;
  // A new network connection, or an error, within the target's patience.
  virtual asio::awaitable<net::Opened> open(Way way) = 0;
  // Only where `lacks` does not hold "restart". Throws std::runtime_error when the broker does not come back.
  virtual asio::awaitable<void> control(scenario::Control::Act act) = 0;
  // None: alive, or not ours to know. Otherwise how the process ended.
  virtual std::optional<std::string> death() { return {}; }
  // The same, when it has had until `deadline` to end: the connections of a process end a little before itself.
  virtual asio::awaitable<std::optional<std::string>> death_by(Time) { co_return death(); }
  virtual std::vector<std::string> last_words() { return {}; }   // the last lines that it wrote, into its log or elsewhere
  virtual pid_t pid() const { return -1; }   // of the broker, where it is a child of ours and runs; else -1
  virtual std::size_t log_position() { return 0; }
  virtual std::vector<std::string> log_since(std::size_t) { return {}; }
};

}  // namespace engine
