#include "harness/reference/bench_test.h"

namespace reference::authentication_test {
namespace {

using Names = std::vector<std::string>;

struct Login {
  Bench bench;
  Handle a;
  std::string challenge;
  explicit Login(Rules rules = {}, const std::string& method = "MQTTSPEC") : bench(Version::v5_0, rules), a(bench.open()) {
    mqtt::Connect packet;
    packet.properties = {{0x15, method}};
    bench.send(a, bench.connect_packet("a", packet));
  }
  // The broker's AUTH, whose challenge is kept.
  mqtt::Auth asked() {
    for (auto& packet : bench.take(a))
      if (auto auth = std::get_if<mqtt::Auth>(&packet)) {
        for (auto& each : auth->properties)
          if (each.id == 0x16) challenge = mqtt::text_of(std::get<mqtt::Bytes>(each.value));
        return *auth;
      }
    return {};
  }
  Names say(std::uint8_t code, const std::string& secret = "secret", const std::string& method = "MQTTSPEC") {
    bench.send(a, mqtt::Auth{code, {{0x15, method}, {0x16, mqtt::bytes_of(secret + ":" + challenge)}}});
    return bench.names(a);
  }
};

TEST(EnhancedAuthentication, LetsInWhoProvesIt) {
  Login login;
  auto auth = login.asked();
  EXPECT_EQ(auth.reason_code, 0x18);
  EXPECT_EQ(auth.properties[0], (mqtt::Property{0x15, std::string("MQTTSPEC")}));
  EXPECT_EQ(login.challenge, "challenge-1");
  EXPECT_EQ(login.say(0x18), Names{"CONNACK"});
  EXPECT_TRUE(login.bench.goes_on(login.a));
}

TEST(EnhancedAuthentication, RefusesWhatIsWrong) {
  struct { Rule rule; std::uint8_t code; const char *secret, *method, *answer; } cases[] = {
      {Rule::proof_checked, 0x18, "guess", "MQTTSPEC", "CONNACK 87"},
      {Rule::client_auth_continues, 0x19, "secret", "MQTTSPEC", "CONNACK 82"},
      {Rule::client_method_checked, 0x18, "secret", "OTHER", "CONNACK 82"}};
  for (auto& [rule, code, secret, method, answer] : cases) {
    Login right, wrong(Rules{rule});
    right.asked();
    wrong.asked();
    EXPECT_EQ(right.say(code, secret, method), Names{answer}) << row(rule).name;
    EXPECT_TRUE(right.bench.closed(right.a)) << row(rule).name;
    EXPECT_EQ(wrong.say(code, secret, method), Names{"CONNACK"}) << row(rule).name;
  }
}

TEST(EnhancedAuthentication, KnowsOneMethod) {
  Login right({}, "OTHER"), wrong(Rules{Rule::method_known}, "OTHER");
  EXPECT_EQ(right.bench.names(right.a), Names{"CONNACK 8c"});
  EXPECT_TRUE(right.bench.closed(right.a));
  EXPECT_EQ(wrong.bench.names(wrong.a), Names{"CONNACK"});
}

TEST(EnhancedAuthentication, TakesNothingElseBeforeConnack) {
  for (bool kept : {true, false}) {
    Login login(kept ? Rules{} : Rules{Rule::only_auth_until_connack});
    login.asked();
    login.bench.send(login.a, mqtt::Publish{false, 1, false, "t", 1, {}, {}});
    EXPECT_EQ(login.bench.names(login.a), Names{kept ? "CONNACK 82" : "PUBACK"});
    EXPECT_EQ(login.bench.closed(login.a), kept);
  }
}

TEST(EnhancedAuthentication, IsRepeatedOnDemand) {
  Login login;
  login.asked();
  login.say(0x18);
  login.bench.send(login.a, mqtt::Auth{0x19, {{0x15, std::string("MQTTSPEC")}}});
  EXPECT_EQ(login.asked().reason_code, 0x18);
  EXPECT_EQ(login.challenge, "challenge-2");
  EXPECT_EQ(login.say(0x18), Names{"AUTH"});
  EXPECT_TRUE(login.bench.goes_on(login.a));
}

TEST(EnhancedAuthentication, RepeatedWithAWrongProofCloses) {
  for (bool kept : {true, false}) {
    Login login(kept ? Rules{} : Rules{Rule::failed_reauthentication_closes});
    login.asked();
    login.say(0x18);
    login.bench.send(login.a, mqtt::Auth{0x19, {{0x15, std::string("MQTTSPEC")}}});
    login.asked();
    EXPECT_EQ(login.say(0x18, "guess"), kept ? Names{"DISCONNECT 87"} : Names{});
    EXPECT_EQ(login.bench.closed(login.a), kept);
  }
}

TEST(EnhancedAuthentication, IsNotForWhoDidNotAsk) {
  Bench right(Version::v5_0), wrong(Version::v5_0, Rule::auth_needs_method);
  auto a = right.connect("a"), b = wrong.connect("b");
  right.send(a, mqtt::Auth{0x19, {{0x15, std::string("MQTTSPEC")}}});
  EXPECT_EQ(right.names(a), Names{"DISCONNECT 82"});
  EXPECT_TRUE(right.closed(a));
  wrong.send(b, mqtt::Auth{0x19, {{0x15, std::string("MQTTSPEC")}}});
  EXPECT_TRUE(wrong.goes_on(b));
}

}  // namespace
}  // namespace reference::authentication_test
