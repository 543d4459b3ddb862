#include "fuzz/network/scenario_file.h"

#include <gmock/gmock.h>

#include "fuzz/network/maker.h"
#include "harness/mqtt/raw.h"
#include "harness/scenario/loader.h"

namespace network::scenario_file_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using What = Act::What;

const spec::Catalogue& catalogue() {
  static const auto all = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  return all;
}

const engine::Account account{"user", "0123456789abcdef0123456789abcdef"};

mqtt::Bytes raw(const std::string& text) { return mqtt::parse_raw(text).bytes; }

Session session(const std::string& packet) {
  auto connect = "10 r s'MQTT' 05 c2 003c 00 s'fz000007A' s'user' s'" + stand_in(account.password) + "'";
  return {7, mqtt::Version::v5_0, {{What::open, 0, {}}, {What::send, 0, raw(connect)}, {What::send, 0, raw(packet)}, {What::send, 0, raw("c0 00")}, {What::finish, 0, {}}}};
}

Charge charge(Verdict verdict, const std::string& packet, std::string statement) {
  Charge made;
  made.sessions = {session(packet)};
  made.judged = {verdict, 0, "PUBLISH: something; the broker went on", std::move(statement), first_offence(sent_by(0, made.sessions[0]), mqtt::Version::v5_0)};
  return made;
}

TEST(ScenarioFile, SaysWhatAnUnsoundBrokerHasToDo) {
  auto text = scenario_text(charge(Verdict::unsound, "30 r s3 eda080 00", "5.0:MQTT-1.5.4-1"), account, catalogue());
  EXPECT_EQ(text,
            "{ \"title\": \"A client is refused that sends PUBLISH: topic: ill-formed UTF-8 at byte 0 of the text\",\n"
            "  \"about\": \"Found by mqttspec fuzz in session 7: PUBLISH: something; the broker went on.\",\n"
            "  \"versions\": [\"5.0\"],\n"
            "  \"tags\": [\"fuzz\"],\n"
            "  \"steps\": [\n"
            "    {\"open\":\"A\"},\n"
            "    {\"send\":\"A\",\"packet\":{\"CONNECT\":{\"clean_start\":true,\"client_id\":\"${A}\",\"keep_alive\":60,\"properties\":{},\"protocol_level\":5,\"protocol_name\":\"MQTT\"}}},\n"
            "    {\"send\":\"A\",\"raw\":\"30 06 00 03 ed a0 80 00\"},\n"
            "    {\"expect\":\"A\",\"closed\":true,\"skipping\":[\"CONNACK\",\"PUBLISH\",\"PUBACK\",\"PUBREC\",\"PUBREL\",\"PUBCOMP\",\"SUBACK\",\"UNSUBACK\",\"PINGRESP\",\"AUTH\"],\"checks\":[\"5.0:MQTT-1.5.4-1\"]} ] }\n");
}

TEST(ScenarioFile, PutsABystanderBesideWhatHarms) {
  auto text = scenario_text(charge(Verdict::died, "30 r s'fz000007/a' 00 'x'*70", "5.0:MQTT-3.12.4-1"), account, catalogue());
  EXPECT_THAT(text, HasSubstr("{\"connect\":\"Z\"},\n    {\"open\":\"A\"}"));
  EXPECT_THAT(text, HasSubstr("\"topic\":\"${T}/a\""));
  EXPECT_THAT(text, HasSubstr("{\"close\":\"A\"},\n    {\"ping\":\"Z\",\"checks\":[\"5.0:MQTT-3.12.4-1\"]},\n    {\"ping\":\"Z\",\"checks\":[\"5.0:MQTT-3.12.4-1\"]} ] }"));
  EXPECT_THAT(text, HasSubstr("\"intrusive\""));
}

TEST(ScenarioFile, KeepsOneClientIdentifierForWhoComesBack) {
  Charge made;
  made.sessions = {{7, mqtt::Version::v3_1_1, {}}};
  for (int client : {0, 1}) {
    made.sessions[0].acts.push_back({What::open, client, {}});
    made.sessions[0].acts.push_back({What::send, client, raw("10 r s'MQTT' 04 00 003c s'fz000007A'")});
  }
  made.judged = {Verdict::died, 0, "x", "3.1.1:MQTT-3.12.4-1", {}};
  auto text = scenario_text(made, {}, catalogue());
  EXPECT_THAT(text, HasSubstr(R"({"open":"B"})"));
  std::size_t named = 0;
  for (auto at = text.find(R"("client_id":"${A}")"); at != text.npos; at = text.find(R"("client_id":"${A}")", at + 1)) ++named;
  EXPECT_EQ(named, 2u) << text;
}

TEST(ScenarioFile, AwaitsTheAnswerThatIsMalformedBeforeItSaysFin) {
  auto text = scenario_text(charge(Verdict::malformed, "82 06 0000 0001 'a' 00", "5.0:MQTT-2.2.1-3"), account, catalogue());
  EXPECT_THAT(text, HasSubstr("{\"expect\":\"A\",\"any_of\":[{\"packet\":\"PINGRESP\"},{\"closed\":true}],\"skipping\":[\"CONNACK\",\"PUBLISH\",\"PUBACK\",\"PUBREC\",\"PUBREL\",\"PUBCOMP\",\"SUBACK\",\"UNSUBACK\",\"AUTH\"]},\n"
                              "    {\"close\":\"A\"}"));
  auto died = scenario_text(charge(Verdict::died, "82 06 0000 0001 'a' 00", "5.0:MQTT-3.12.4-1"), account, catalogue());
  EXPECT_THAT(died, Not(HasSubstr("PINGRESP"))) << "whom it kills does not answer";
}

TEST(ScenarioFile, LetsACodeRefuseAFilter) {
  auto text = scenario_text(charge(Verdict::unsound, "82 r m1 00 s'fz000007/a' 00 s'$share/g' 00", "5.0:MQTT-4.8.2-2"), account, catalogue());
  EXPECT_THAT(text, HasSubstr(R"({"packet":{"SUBACK":{"reason_codes":[{"$any":true},{"$min":128}]}}})"));
}

TEST(ScenarioFile, IsWithoutComplaintWhateverTheSession) {
  Maker maker({}, [] { engine::Target target; target.account = account; return target; }());
  for (std::uint64_t seed = 1; seed < 50; ++seed)
    for (auto verdict : {Verdict::silent, Verdict::malformed, Verdict::harmed}) {
      Charge made;
      made.sessions = {maker.make(seed), maker.make(seed + 1000)};
      made.judged = {verdict, 0, "text with \"quotes\"", ping_statement(made.sessions[1].version), {}};
      auto text = scenario_text(made, account, catalogue());
      EXPECT_EQ(scenario::load_text("x", text, catalogue()).complaints.size(), 0u) << text;
      EXPECT_THAT(text, Not(HasSubstr("0123456789abcdef")));
    }
}

TEST(ScenarioFile, WritesAtOnceWhatTheSessionWroteAtOnce) {
  auto text = scenario_text(charge(Verdict::died, "30 r s'a' 00", "5.0:MQTT-3.12.4-1"), {}, catalogue(), Writes::together);
  EXPECT_THAT(text, HasSubstr(" 30 04 00 01 61 00 c0 00\"},\n    {\"close\":\"A\"}"));
}

TEST(HexDump, IsAPacketALine) {
  auto dumps = hex_dumps(charge(Verdict::died, "30 r s'a' 00", ""));
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_THAT(dumps[0], HasSubstr("\n30 04 00 01 61 00\nc0 00\n"));
}

TEST(FileName, SaysWhatIsWrong) {
  auto name = [](Judged judged) { Charge made;
    made.judged = std::move(judged);
    return file_name(made);
  };
  EXPECT_EQ(name({Verdict::unsound, 0, "PUBLISH: topic: x", "5.0:MQTT-1.5.4-1", {}, "PUBLISH header_flags"}), "unsound-publish-header_flags-5.0");
  EXPECT_EQ(name({Verdict::malformed, 0, "the broker sent packet type 0: x", "5.0:MQTT-4.13.1-1", {}, "packet type 0 packet_type"}), "malformed-packet-type-0-packet_type-5.0");
}

TEST(FileName, TakesTheLastPacketWhereNothingIsWrongWithOne) {
  EXPECT_EQ(file_name(charge(Verdict::died, "82 06 0001 0001 'a' 00", "5.0:MQTT-3.12.4-1")), "died-subscribe-5.0");
  EXPECT_EQ(file_name(charge(Verdict::silent, "c0 00", "5.0:MQTT-3.12.4-1")), "silent-connect-5.0");
  EXPECT_EQ(file_name(charge(Verdict::harmed, "00 00", "5.0:MQTT-3.12.4-1")), "harmed-packet-type-0-5.0");
}

}  // namespace
}  // namespace network::scenario_file_test
