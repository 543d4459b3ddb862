#pragma once
// How a reference broker is set up: accounts, access lists, limits and abilities. What it announces in CONNACK follows from this.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reference {

struct Account { std::string username, password; };

struct Options {
  std::vector<Account> accounts;                      // none: every user name and password is admitted
  bool anonymous = true;                              // clients without user name are admitted
  std::vector<std::string> denied_publish;            // filters of topics nobody may publish to
  std::vector<std::string> denied_subscribe;          // filters nobody may subscribe to, and all that they match

  std::uint16_t receive_maximum = 20;                 // 5.0: QoS 2 messages of a client that may be open at once
  std::uint16_t topic_alias_maximum = 10;             // 5.0; 0: none, and CONNACK does not say so
  std::uint32_t maximum_packet_size = 4u << 20;       // bytes; a larger packet ends the connection in every version
  std::uint8_t maximum_qos = 2;                       // 5.0: less is announced
  bool retain_available = true;
  bool wildcards_available = true;
  bool shared_available = true;
  bool subscription_identifiers_available = true;
  std::optional<std::uint16_t> server_keep_alive;     // seconds, 5.0
  std::optional<std::uint32_t> maximum_session_expiry;  // seconds, 5.0: a client that asks for more is told so
  std::optional<std::size_t> maximum_connections;     // more are closed at once
  std::string mount_point;                            // a prefix of all topics that clients do not see
  std::string response_information = "mqttspec/";     // 5.0: for clients that ask for it
  std::uint16_t first_packet_id = 1;                  // of the messages that the broker sends to a new session
  std::size_t queue_limit = 10000;                    // messages waiting for one session; newer ones are thrown away
  std::chrono::milliseconds connect_timeout{10000};   // for CONNECT to be complete
  bool persistence = true;                            // sessions and retained messages survive restart()

  // 5.0: the one authentication method the broker knows (README.md, "Enhanced authentication"); empty: none.
  std::string authentication_method = "MQTTSPEC";
  std::string authentication_secret = "secret";
};

}  // namespace reference
