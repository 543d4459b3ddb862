#include "harness/scenario/abilities.h"

namespace scenario {
namespace {

constexpr Ability ability_table[] = {
  {"auth", "checks accounts: the account given is admitted, a wrong password is refused"},
  {"anonymous", "has a listener named `anonymous` that admits clients without credentials, which the other listeners refuse"},
  {"qos2", "grants QoS 2"},
  {"several_in_flight", "sends a message of QoS above 0 before the one before it is acknowledged (a broker may keep one open at a time)"},
  {"retained", "keeps retained messages"},
  {"wildcards", "admits wildcard subscriptions"},
  {"shared", "has shared subscriptions (5.0)"},
  {"subscription_identifiers", "has subscription identifiers (5.0)"},
  {"small_receive_maximum", "announces a Receive Maximum of 20 or less in its CONNACK (5.0)"},
  {"topic_alias", "accepts topic aliases from the client (5.0)"},
  {"sys", "publishes under `$SYS/`"},
  {"empty_client_id", "admits an empty client identifier with Clean Session in 3.1.1"},
  {"restart", "can be stopped and started by the harness"},
  {"persistent_sessions", "keeps sessions, with their subscriptions and messages, when it is stopped in an orderly way and started again", true},
  {"persistent_retained", "keeps retained messages when it is stopped in an orderly way and started again", true},
  {"durable_sessions", "keeps what it has acknowledged of sessions and their messages even when it is killed (SIGKILL) and started again", true},
  {"durable_retained", "keeps the retained messages that it has acknowledged even when it is killed (SIGKILL) and started again", true},
  {"acl", "refuses to the account given: publishing under `${T}/denied` (filter `mqttspec/+/+/denied/#`), subscribing there, and subscribing under "
          "`${T}/write_only`", true},
  {"client_certificates", "has a listener named `certificates`, over TLS, that demands of each client a certificate of an authority it knows, and admits its holder without user name", true},
  {"enhanced_auth", "has the authentication method `MQTTSPEC` (5.0), with the secret `secret`: the broker's AUTH has a challenge as Authentication Data, "
                    "the client's proof is the secret, a colon and the challenge (`secret:challenge-1`); no account is needed beside it", true},
};

constexpr Ability setup_table[] = {
  {"maximum_qos_1", "grants QoS 1 at most, and says so in its CONNACK (5.0)"},
  {"maximum_qos_0", "grants QoS 0 only, and says so in its CONNACK (5.0)"},
  {"no_retain", "keeps no retained messages, and says so in its CONNACK (5.0)"},
  {"no_wildcards", "admits no wildcard subscriptions, and says so in its CONNACK (5.0)"},
  {"no_shared", "has no shared subscriptions, and says so in its CONNACK (5.0)"},
  {"no_subscription_identifiers", "has no subscription identifiers, and says so in its CONNACK (5.0)"},
  {"no_topic_alias", "accepts no topic aliases: its CONNACK announces no maximum, or 0 (5.0)"},
  {"server_keep_alive_2", "lays down a Keep Alive of 2 s in its CONNACK (5.0)"},
  {"server_keep_alive_10", "lays down a Keep Alive of 10 s, at least for clients that ask for a longer one, and says so in its CONNACK (5.0)"},
  {"receive_maximum_2", "takes two open QoS 1 and 2 messages of a client at once, and says so in its CONNACK (5.0)"},
  {"queue_of_3", "keeps three messages, or not many more, for an absent client"},
  {"three_connections", "admits three network connections at a time"},
  {"sessions_of_2_seconds", "keeps no session longer than 2 s after its connection, and says so in its CONNACK (5.0)"},
  {"mount_point", "puts a prefix of its own before all topics of its clients, which they do not see"},
  {"packets_of_1024_bytes", "takes packets of at most 1,024 bytes; in 5.0 its CONNACK says so"},
};

const Ability* named(std::span<const Ability> rows, std::string_view name) {
  for (auto& row : rows)
    if (row.name == name) return &row;
  return nullptr;
}

std::vector<std::string> names_of(std::span<const Ability> rows) {
  std::vector<std::string> names;
  for (auto& row : rows) names.emplace_back(row.name);
  return names;
}

}  // namespace

std::span<const Ability> abilities() { return ability_table; }
const Ability* ability_named(std::string_view name) { return named(ability_table, name); }
std::vector<std::string> ability_names() { return names_of(ability_table); }

std::span<const Ability> setups() { return setup_table; }
const Ability* setup_named(std::string_view name) { return named(setup_table, name); }
std::vector<std::string> setup_names() { return names_of(setup_table); }

}  // namespace scenario
