#include "harness/engine/errand.h"

#include "harness/scenario/pattern.h"

namespace engine {

Errand::Errand(std::string title, mqtt::Version version) {
  case_.scenario = "errand";
  case_.title = std::move(title);
  case_.version = version;
}

Errand& Errand::step(std::string text, scenario::Action action) {
  case_.steps.push_back({{"errand", int(case_.steps.size()) + 1, 1}, std::move(text), std::move(action), {}});
  return *this;
}

Errand& Errand::open(const std::string& client, const std::string& listener) {
  case_.clients.push_back(client);
  return step("open " + client, scenario::Open{client, {}, listener});
}

Errand& Errand::send(const std::string& client, scenario::Json packet) {
  scenario::Send send;
  send.client = client;
  send.packets = {std::move(packet)};
  return step("send " + client, std::move(send));
}

Errand& Errand::expect(const std::string& client, scenario::Json pattern, std::optional<scenario::Milliseconds> within) {
  scenario::Expect expect;
  expect.client = client;
  expect.any_of = {{scenario::Alternative::Kind::packet, std::move(pattern)}};
  expect.within = within;
  auto text = "expect " + client + ": " + scenario::describe(expect.any_of[0].pattern);
  return step(std::move(text), std::move(expect));
}

Errand& Errand::refused(const std::string& client) {
  scenario::Expect expect;
  expect.client = client;
  expect.any_of = {{scenario::Alternative::Kind::packet, {{"CONNACK", {{"reason_code", {{"$not", 0}}}}}}}, {scenario::Alternative::Kind::closed, {}}};
  return step("expect " + client + ": refused", std::move(expect));
}

Errand& Errand::skipping(std::vector<mqtt::Type> types) {
  std::get<scenario::Expect>(case_.steps.back().action).skipping = std::move(types);
  return *this;
}

Errand& Errand::end(const std::string& client) {
  send(client, "DISCONNECT");
  return step("end " + client, scenario::End{client});
}

scenario::Json connect_fields(const std::string& client, const scenario::Json& more) {
  scenario::Json fields{{"client_id", "${" + client + "}"}, {"username", "${username}"}, {"password", "${password}"}, {"keep_alive", 60}, {"clean_start", true}};
  fields.update(more);
  return {{"CONNECT", fields}};
}

}  // namespace engine
