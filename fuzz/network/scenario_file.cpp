#include "fuzz/network/scenario_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "fuzz/network/maker.h"
#include "harness/mqtt/codec.h"
#include "harness/mqtt/packet_json.h"
#include "harness/scenario/loader.h"
#include "harness/scenario/variables.h"

namespace network {
namespace {

using scenario::Json;
using What = Act::What;

constexpr std::size_t repeats = 12;   // so many equal bytes are written as one, repeated

// Bytes in the raw notation; the account's password is never written.
std::string raw_of(mqtt::View bytes, const std::optional<engine::Account>& account) {
  std::string text;
  auto token = [&](std::string_view part) { text.append(text.empty() ? "" : " ").append(part); };
  auto secret = account ? mqtt::bytes_of(account->password) : mqtt::Bytes{};
  for (std::size_t at = 0; at < bytes.size();) {
    if (!secret.empty() && bytes.size() - at >= secret.size() && std::equal(secret.begin(), secret.end(), bytes.begin() + std::ptrdiff_t(at))) {
      token("'${password}'");
      at += secret.size();
      continue;
    }
    auto run = at;
    while (run < bytes.size() && bytes[run] == bytes[at]) ++run;
    if (run - at >= repeats) {
      token(fmt::format("{:02x}*{}", bytes[at], run - at));
      at = run;
    } else {
      token(fmt::format("{:02x}", bytes[at++]));
    }
  }
  return text;
}

class Text {
public:
  Text(const Charge& charge, const std::optional<engine::Account>& account, bool readable, Writes writes)
      : charge_(charge), account_(account), readable_(readable), writes_(writes) {}

  std::string write() {
    auto& judged = charge_.judged;
    bool beside = judged.verdict >= Verdict::harmed || judged.verdict == Verdict::slow;
    if (beside || judged.verdict == Verdict::malformed) step({{"connect", "Z"}});
    for (std::size_t i = 0; i < charge_.sessions.size(); ++i) session(i);
    bool last = judged.verdict == Verdict::malformed || judged.verdict == Verdict::silent;
    if (last && clients_ > 0) closes(judged.verdict == Verdict::silent ? checks() : Json());
    if (judged.verdict == Verdict::unsound) refuses();
    if (beside || judged.verdict == Verdict::malformed)   // the first may overtake what the others sent, the second comes after it
      for (int i = 0; i < 2; ++i) step({{"ping", "Z"}, {"checks", {ping_statement(version())}}});
    std::string tags = beside ? "\"fuzz\", \"intrusive\"" : "\"fuzz\"";
    return fmt::format("{{ \"title\": {},\n  \"about\": {},\n  \"versions\": [\"{}\"],\n  \"tags\": [{}],\n  \"steps\": [\n    {} ] }}\n", quoted(title()),
                       quoted(about()), mqtt::name(version()), tags, fmt::join(steps_, ",\n    "));
  }

private:
  static std::string quoted(const std::string& text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }
  mqtt::Version version() const { return charge_.sessions.back().version; }
  Json checks() const { return Json::array({charge_.judged.statement}); }
  void step(const nlohmann::ordered_json& json) { steps_.push_back(json.dump(-1, ' ', false, Json::error_handler_t::replace)); }

  std::string title() const {
    auto& judged = charge_.judged;
    if (judged.offence && (judged.verdict == Verdict::unsound || judged.verdict == Verdict::silent)) return "A client is refused that sends " + judged.offence->text;
    if (judged.verdict == Verdict::malformed) return "What the broker sends is well formed";
    return "The broker and its other clients live on";
  }
  std::string about() const {
    std::string seeds;
    for (auto& session : charge_.sessions) seeds += fmt::format("{}{}", seeds.empty() ? "" : ", ", session.seed);
    return fmt::format("Found by mqttspec fuzz in session {}: {}.", seeds, charge_.judged.text);
  }

  static std::string client(int number) { return number < 25 ? std::string(1, char('A' + number)) : fmt::format("A{}", number); }

  void session(std::size_t index) {
    auto session = charge_.sessions[index];
    if (writes_ == Writes::together) join(session.acts);
    bool before_the_end = charge_.judged.verdict == Verdict::unsound;   // there the connection must be closed for what was sent, not for our FIN
    std::size_t sent = 0;                                               // by the client that it is about
    constexpr std::array<std::uint8_t, 2> ping{0xc0, 0x00};
    std::set<int> asked;                                                // whose last packet is a PINGREQ: the fuzzer waits for its answer before it says FIN
    for (auto& act : session.acts) {
      auto who = client(clients_ + act.client);
      switch (act.what) {
        case What::open: step(session.version == version() ? nlohmann::ordered_json{{"open", who}} : nlohmann::ordered_json{{"open", who}, {"mqtt", mqtt::name(session.version)}}); break;
        case What::finish:
          if (before_the_end) break;
          if (charge_.judged.verdict == Verdict::malformed && asked.contains(act.client)) answers(who);
          step({{"close", who}});
          break;
        case What::drop: step({{"drop", who}}); break;
        case What::pause: step({{"wait", "20ms"}}); break;
        case What::send:
          if (before_the_end && act.client == charge_.judged.client) {
            if (sent >= charge_.judged.offence->end) break;              // the PINGREQ that showed it
            sent += act.bytes.size();
          }
          if (act.bytes.size() >= 2 && std::equal(ping.begin(), ping.end(), act.bytes.end() - 2)) asked.insert(act.client);
          else asked.erase(act.client);
          if (!act.bytes.empty()) send(who, act, session);
      }
    }
    clients_ += clients_of(session);
  }

  static void join(std::vector<Act>& acts) {
    for (std::size_t i = 1; i < acts.size();) {
      auto &before = acts[i - 1], &act = acts[i];
      if (before.what != What::send || act.what != What::send || before.client != act.client) {
        ++i;
        continue;
      }
      before.bytes.insert(before.bytes.end(), act.bytes.begin(), act.bytes.end());
      acts.erase(acts.begin() + std::ptrdiff_t(i));
    }
  }

  void send(const std::string& who, const Act& act, const Session& session) {
    auto json = readable_ ? packet(act, session) : Json();
    if (json.is_null()) step({{"send", who}, {"raw", raw_of(act.bytes, account_)}});
    else step({{"send", who}, {"packet", json}});
  }

  // The packet as a scenario says it, when that gives the same bytes; else null.
  Json packet(const Act& act, const Session& session) const {
    auto decoded = mqtt::decode(act.bytes, session.version, mqtt::Sender::client);
    if (!decoded.clean()) return {};
    auto name = name_of(session.seed);
    auto text = mqtt::to_json(*decoded.packet, session.version).dump();
    std::vector<std::pair<std::string, std::string>> names;   // in the session's bytes, and in a scenario
    scenario::Variables variables{{"T", name}};
    for (int number = 0; number < clients_of(session); ++number) {
      names.emplace_back(name + char('A' + number), "${" + client(clients_ + number) + "}");
      variables[client(clients_ + number)] = names.back().first;
    }
    names.emplace_back(name, "${T}");
    for (auto& [from, to] : names)
      for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
    if (account_ && !account_->password.empty())
      for (auto at = text.find(account_->password); at != text.npos; at = text.find(account_->password, at)) text.replace(at, account_->password.size(), "${password}");
    auto json = Json::parse(text);
    if (account_) variables["password"] = account_->password;
    auto made = mqtt::packet_from_json(scenario::substitute(json, variables), session.version);
    if (!made.packet || mqtt::encode_bytes(*made.packet, session.version) != act.bytes) return {};
    if (account_ && json.contains("CONNECT") && json["CONNECT"].value("username", Json()) == account_->username) {
      json["CONNECT"].erase("username");
      json["CONNECT"].erase("password");
    }
    return json;
  }

  // Some brokers do not answer any more once they have seen our FIN.
  void answers(const std::string& who) {
    auto skipping = others();
    skipping.erase(std::find(skipping.begin(), skipping.end(), "PINGRESP"));
    step({{"expect", who}, {"any_of", Json::array({{{"packet", "PINGRESP"}}, {{"closed", true}}})}, {"skipping", skipping}});
  }

  static Json others() { return Json::array({"CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK", "PINGRESP", "AUTH"}); }

  void closes(const Json& checks) {
    nlohmann::ordered_json expect{{"expect", client(clients_ - clients_of(charge_.sessions.back()) + charge_.judged.client)}, {"closed", true}, {"skipping", others()}};
    if (!checks.is_null()) expect["checks"] = checks;
    step(expect);
  }
  void refuses() {
    if (!charge_.judged.offence->refusable) return closes(checks());
    auto& offence = *charge_.judged.offence;
    auto who = client(clients_ - clients_of(charge_.sessions.back()) + charge_.judged.client);
    Json codes = Json::array();
    auto decoded = mqtt::decode(offence.bytes, offence.version, mqtt::Sender::client, mqtt::Detail::packet_only);
    auto subscribe = decoded.packet ? std::get_if<mqtt::Subscribe>(&*decoded.packet) : nullptr;
    for (std::size_t i = 0; subscribe && i < subscribe->filters.size(); ++i)
      codes.push_back(i == offence.filter ? Json{{"$min", 128}} : Json{{"$any", true}});
    Json answers = Json::array({{{"closed", true}}});
    if (subscribe) answers.push_back({{"packet", {{"SUBACK", {{"reason_codes", codes}}}}}});
    else for (auto name : {"PUBACK", "PUBREC"}) answers.push_back({{"packet", {{name, {{"reason_code", {{"$min", 128}}}}}}}});
    step({{"expect", who}, {"any_of", answers}, {"skipping", {"CONNACK", "PUBLISH", "PINGRESP"}}, {"checks", checks()}});
  }

  const Charge& charge_;
  const std::optional<engine::Account>& account_;
  bool readable_;
  Writes writes_;
  int clients_ = 0;                  // of the sessions before
  std::vector<std::string> steps_;
};

}  // namespace

std::string scenario_text(const Charge& charge, std::optional<engine::Account> account, const spec::Catalogue& catalogue, Writes writes) {
  if (account) account->password = stand_in(account->password);
  std::string complaints;
  for (bool readable : {true, false}) {
    auto text = Text(charge, account, readable, writes).write();
    auto suite = scenario::load_text("found", text, catalogue);
    if (suite.complaints.empty()) return text;
    complaints = scenario::to_string(suite.complaints[0]);
  }
  throw std::runtime_error("the finding makes no scenario: " + complaints);
}

std::vector<std::string> hex_dumps(const Charge& charge) {
  std::vector<std::string> all;
  for (auto& session : charge.sessions)
    for (int client = 0; client < clients_of(session); ++client) {
      all.emplace_back();
      for (auto& act : session.acts)
        if (act.what == What::send && act.client == client) all.back() += mqtt::hex(act.bytes) + "\n";
    }
  return all;
}

std::string file_name(const Charge& charge) {
  auto text = charge.judged.kind();
  if (charge.judged.breach.empty() && !charge.sessions.empty()) {
    auto& session = charge.sessions.back();
    auto last = mqtt::Type::pingreq;
    for (auto& act : session.acts)
      if (act.what == What::send && !act.bytes.empty() && mqtt::Type(act.bytes[0] >> 4) != mqtt::Type::pingreq) last = mqtt::Type(act.bytes[0] >> 4);
    text += fmt::format(" {} {}", packet_name(last), mqtt::name(session.version));
  }
  for (char& c : text) c = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' ? char(std::tolower(static_cast<unsigned char>(c))) : '-';
  return text;
}

}  // namespace network
