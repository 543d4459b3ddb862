#pragma once
// Small plays of the harness's own, made of ordinary steps: is the broker alive, what does it lack, leave nothing behind.
#include "harness/engine/player.h"

namespace engine {

// A case without file or checks, step by step. Client `name` opens, connects (`connect` holds CONNECT's fields) and is admitted.
class Errand {
public:
  Errand(std::string title, mqtt::Version version);
  Errand& open(const std::string& client, const std::string& listener = {});
  Errand& send(const std::string& client, scenario::Json packet);
  Errand& expect(const std::string& client, scenario::Json pattern, std::optional<scenario::Milliseconds> within = {});
  Errand& refused(const std::string& client);                // its CONNECT: a CONNACK that does not admit it, or a close
  Errand& skipping(std::vector<mqtt::Type> types);            // the last expect passes over these packets
  Errand& end(const std::string& client);
  scenario::Case take() { return std::move(case_); }
private:
  Errand& step(std::string text, scenario::Action action);
  scenario::Case case_;
};

// CONNECT's fields with the account and client identifier of an ordinary client; `more` overrides.
scenario::Json connect_fields(const std::string& client, const scenario::Json& more = scenario::Json::object());

}  // namespace engine
