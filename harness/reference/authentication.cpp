#include "harness/reference/authentication.h"

#include "harness/reference/closing.h"
#include "harness/reference/connecting.h"
#include "harness/reference/login.h"
#include "harness/reference/sending.h"

namespace reference {
namespace {

constexpr std::uint8_t success = 0, go_on = 0x18, again = 0x19;

void send_auth(Core& core, Connection& connection, std::uint8_t code, const std::string& data, std::string_view why) {
  mqtt::Auth auth;
  auth.reason_code = code == go_on && !core.keeps(Rule::auth_continues) ? success : code;
  if (core.keeps(Rule::method_repeated_in_auth)) add(auth.properties, property::authentication_method, connection.method);
  if (!data.empty()) auth.properties.push_back({property::authentication_data, mqtt::bytes_of(data)});
  add(auth.properties, property::reason_string, std::string(why));
  send(core, connection, auth);
}

void challenge(Core& core, Connection& connection) {
  connection.challenge = "challenge-" + std::to_string(++core.state.challenges);
  send_auth(core, connection, go_on, connection.challenge, "prove that you know the secret");
}

bool proved(const Core& core, const Connection& connection, const mqtt::Auth& auth) {
  auto proof = mqtt::text_of(binary(auth.properties, property::authentication_data));
  return proof == core.options.authentication_secret + ":" + connection.challenge || !core.keeps(Rule::proof_checked);
}

void during_connect(Core& core, Connection& connection, const mqtt::Auth& auth) {
  if (auth.reason_code != go_on && core.keeps(Rule::client_auth_continues))
    return refuse(core, connection, {0x82, {}, "AUTH has another code than 18"});
  if (text(auth.properties, property::authentication_method) != connection.method && core.keeps(Rule::client_method_checked))
    return refuse(core, connection, {0x82, {}, "AUTH names another method than CONNECT"});
  if (proved(core, connection, auth)) {
    auto connect = *std::exchange(connection.connect, std::nullopt);
    connection.challenge.clear();
    if (auto bad = login_objection(core, connection, connect)) return refuse(core, connection, *bad);
    return admit(core, connection, connect);
  }
  if (!core.keeps(Rule::failed_proof_closes)) return challenge(core, connection);
  refuse(core, connection, {0x87, {}, "the proof is wrong"});
}

void after_connack(Core& core, Connection& connection, const mqtt::Auth& auth) {
  bool same_method = text(auth.properties, property::authentication_method) == connection.method;
  if (!same_method && core.keeps(Rule::reauthentication_method_checked))
    return violate(core, connection, 0x82, "AUTH names another method than CONNECT");
  if (auth.reason_code == again) {
    if (core.keeps(Rule::reauthentication_served)) return challenge(core, connection);
    return violate(core, connection, 0x83, "no re-authentication here");
  }
  if (connection.challenge.empty() || auth.reason_code != go_on) return violate(core, connection, 0x82, "no AUTH was asked for");
  if (!proved(core, connection, auth)) {
    if (!core.keeps(Rule::failed_reauthentication_closes)) return;
    send_disconnect(core, connection, 0x87, "the proof is wrong");
    return end_connection(core, connection, End::violation, true);
  }
  connection.challenge.clear();
  send_auth(core, connection, success, {}, "welcome back");
  if (!core.keeps(Rule::no_connack_after_reauthentication)) send(core, connection, mqtt::Connack{});
}

}  // namespace

bool begin_authentication(Core& core, Connection& connection, const mqtt::Connect& connect, const std::string& method) {
  connection.method = method;
  bool known = !core.options.authentication_method.empty() && method == core.options.authentication_method;
  if (!known) {
    if (!core.keeps(Rule::method_known)) return false;
    refuse(core, connection, {0x8c, {}, "this authentication method is not known here"});
    return true;
  }
  connection.phase = Phase::authenticating;
  connection.connect = connect;
  challenge(core, connection);
  return true;
}

void on_auth(Core& core, Connection& connection, const mqtt::Auth& auth) {
  bool during = connection.phase == Phase::authenticating;
  if (!during && connection.method.empty()) {
    if (core.keeps(Rule::auth_needs_method)) violate(core, connection, 0x82, "AUTH without an Authentication Method in CONNECT");
    return;
  }
  return during ? during_connect(core, connection, auth) : after_connack(core, connection, auth);
}

}  // namespace reference
