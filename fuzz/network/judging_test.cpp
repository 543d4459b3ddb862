#include "fuzz/network/judging.h"

#include <gtest/gtest.h>

#include "harness/mqtt/raw.h"
#include "harness/mqtt/rules.h"
#include "harness/spec/catalogue.h"

namespace network::judging_test {
namespace {

using namespace std::chrono_literals;
using mqtt::Version;
constexpr auto v311 = Version::v3_1_1, v5 = Version::v5_0;
constexpr const char *connect311 = "10 r s'MQTT' 04 02 003c s'c' ; ", *connect5 = "10 r s'MQTT' 05 02 003c 00 s'c' ; ";

mqtt::Bytes raw(const std::string& text) {
  auto parsed = mqtt::parse_raw(text);
  EXPECT_FALSE(parsed.error) << text;
  return parsed.bytes;
}

struct Exchange { Version version; std::string sent, received; bool ended = true; Duration took = 1ms; };

Judged judged(const Exchange& each) {
  Session session{1, each.version, {{Act::What::open, 0, {}}, {Act::What::send, 0, raw(each.sent)}, {Act::What::finish, 0, {}}}};
  Played played{{{true, raw(each.received), each.ended, false}}, each.took, {}};
  return judge(session, played, 2s);
}

std::string told(const Exchange& each) {
  auto found = judged(each);
  std::string text(name(found.verdict));
  if (!found.text.empty()) text += ": " + found.text + " (" + found.statement + ")";
  return text;
}

TEST(Judging, LeavesABrokerAloneThatDoesWhatItMay) {
  EXPECT_EQ(told({v311, connect311 + std::string("c0 00"), "20 02 00 00 d0 00"}), "answered");
  EXPECT_EQ(told({v311, connect311 + std::string("c0 00"), "20 02 00 05"}), "refused");
  EXPECT_EQ(told({v5, connect5 + std::string("30 r s3 eda080 00 ; c0 00"), "20 03 00 00 00 e0 01 81"}), "refused");
  EXPECT_EQ(told({v311, connect311 + std::string("30 r s3 eda080 ; c0 00"), "20 02 00 00"}), "closed");
  EXPECT_EQ(told({v311, "c0 00", ""}), "closed");
  EXPECT_EQ(told({v5, "c0 00", "e0 01 82"}), "refused") << "a DISCONNECT before CONNECT is for another rule";
}

TEST(Judging, SeesWhatTheBrokerSendsIllFormed) {
  EXPECT_EQ(told({v311, connect311 + std::string("c0 00"), "20 02 00 00 d1 00"}), "malformed: the broker sent PINGRESP: header: flags 1 instead of 0 (3.1.1:MQTT-2.2.2-1)");
  EXPECT_EQ(told({v5, connect5, "20 02 00 00"}), "malformed: the broker sent CONNACK: properties_length: missing (5.0:MQTT-4.13.1-1)");
  EXPECT_EQ(told({v5, "10 r s'MQTT' 07 02 003c 00 s'c'", "20 02 00 01"}), "refused") << "to a level it does not know it may answer in any version";
}

TEST(Judging, SeesAClientServedThatHasToBeRefused) {
  const std::string surrogate = connect311 + std::string("c0 00 30 r s3 eda080 ; c0 00");
  EXPECT_EQ(told({v311, surrogate, "20 02 00 00 d0 00"}), "answered") << "the PINGREQ before the offence is answered, the one behind it is not";
  EXPECT_EQ(told({v311, surrogate, "20 02 00 00 d0 00 d0 00"}),
            "unsound: PUBLISH: topic: ill-formed UTF-8 at byte 0 of the text; the broker went on and answered a later PINGREQ (3.1.1:MQTT-1.5.3-1)");
  EXPECT_EQ(told({v311, "c0 00", "d0 00"}), "unsound: a first packet that is no CONNECT: PINGREQ; the broker answered by PINGRESP (3.1.1:MQTT-3.1.0-1)");
  EXPECT_EQ(told({v5, "10 r s'MQTT' 05 03 003c 00 s'c'", "20 03 00 00 00"}),
            "unsound: CONNECT: connect_flags: the reserved bit is set; the broker admitted the client (5.0:MQTT-3.1.2-3)");
  EXPECT_EQ(told({v311, connect311 + std::string(connect311) + "c0 00", "20 02 00 00 d0 00"}),
            "unsound: CONNECT: a second one; the broker went on and answered a later PINGREQ (3.1.1:MQTT-3.1.0-2)");
  EXPECT_EQ(told({v311, connect311 + std::string("d0 00 c0 00"), "20 02 00 00 d0 00"}),
            "unsound: PINGRESP: a packet that only a broker may send; the broker went on and answered a later PINGREQ (3.1.1:MQTT-4.8.0-1)");
}

TEST(Judging, NamesWhatABrokerBreaksThatServes) {
  EXPECT_EQ(told({v311, connect311 + std::string("c1 00 c0 00"), "20 02 00 00 d0 00 d0 00"}),
            "unsound: PINGREQ: header: flags 1 instead of 0; the broker went on and answered a later PINGREQ (3.1.1:MQTT-2.2.2-2)");
  EXPECT_EQ(told({v5, connect5 + std::string("00 00 c0 00"), "20 03 00 00 00 d0 00"}),
            "unsound: packet type 0: header: packet type 0 does not exist in MQTT 5.0; the broker went on and answered a later PINGREQ (5.0:MQTT-4.13.1-1)");
  EXPECT_EQ(told({v5, "00 00", "00 00"}), "unsound: a first packet that is no CONNECT: packet type 0; the broker answered by packet type 0 (5.0:MQTT-3.1.0-1)");
}

TEST(Judging, TakesForOneFindingWhatBreaksOneRuleInOneKindOfPacket) {
  auto kind = [](const std::string& sent) { return judged({v5, connect5 + sent + " c0 00", "20 03 00 00 00 d0 00 d0 00"}).kind(); };
  EXPECT_EQ(kind("30 r s'a' 04 01 00 01 00 ;"), "unsound PUBLISH property_twice 5.0");
  EXPECT_EQ(kind("30 r s'a' 02 7f 00 ;"), "unsound PUBLISH property_unknown 5.0") << "the same statement";
  EXPECT_EQ(kind("40 r m1 00 00 'x' ;"), kind("40 r m2 00 00 'xy' ;"));
  EXPECT_EQ(kind("d0 00"), "unsound PINGRESP from_client 5.0");
  EXPECT_EQ(kind(connect5), "unsound CONNECT second 5.0");
  EXPECT_EQ(judged({v311, "c0 00", "d0 00"}).kind(), "unsound PINGREQ comes_first 3.1.1");
  EXPECT_EQ(judged({v311, connect311 + std::string("c0 00"), "20 02 00 00 d1 00"}).kind(), "malformed PINGRESP header_flags 3.1.1");
  EXPECT_EQ(judged({v311, connect311 + std::string("c0 00"), "20 02 00 00", false}).kind(), "silent");
}

TEST(Judging, LetsACodeRefuseWhatACodeMayRefuse) {
  const std::string subscribe = connect5 + std::string("82 r m7 00 s'a' 00 s'b#' 00 ; c0 00");
  EXPECT_EQ(told({v5, subscribe, "20 03 00 00 00 90 r m7 00 00 8f ; d0 00"}), "refused");
  EXPECT_EQ(told({v5, subscribe, "20 03 00 00 00 90 r m7 00 00 00 ; d0 00"}),
            "unsound: SUBSCRIBE: filters[1].filter: '#' is not a level of its own at the end; the broker granted it (5.0:MQTT-4.7.1-1)");
  const std::string published = connect5 + std::string("32 r s'a' m7 00 ; 32 r s'a/#' m7 00 ; c0 00");
  EXPECT_EQ(told({v5, published, "20 03 00 00 00 40 02 00 07 d0 00"}), "answered") << "that PUBACK is for the good one before it";
  EXPECT_EQ(judged({v5, published, "20 03 00 00 00 40 02 00 07 40 02 00 07 d0 00"}).verdict, Verdict::unsound);
}

TEST(Judging, SaysNothingWhereTheStandardDoesNot) {
  EXPECT_EQ(told({Version::v3_1, "10 r s'MQIsdp' 03 02 003c s'c' ; c1 00 c0 00", "20 02 00 00 d0 00"}), "answered");
  EXPECT_EQ(told({v311, connect311 + std::string("c0 80 00 c0 00"), "20 02 00 00 d0 00 d0 00"}), "answered");
  EXPECT_EQ(told({Version::v3_1, "10 r s'MQIsdp' 03 02 003c s'c' ; 82 r m1 ; c0 00", "20 02 00 00 90 02 00 01 d0 00"}), "answered") << "no filters, no codes";
  EXPECT_EQ(told({v5, connect5 + std::string("a2 r m1 00 s'a#' ; c0 00"), "20 03 00 00 00 b0 04 00 01 00 11 d0 00"}), "answered");
}

TEST(Judging, SaysNothingWhereTheCatalogueGradesSoftly) {
  const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  for (auto& row : mqtt::all_rules())
    for (auto version : {v311, v5}) {
      auto statement = catalogue.find(mqtt::statement(row.rule, version));
      ASSERT_TRUE(statement) << row.name;
      if (statement->grade != spec::Grade::firm) EXPECT_TRUE(may_pass(row.rule)) << row.name;
    }
  EXPECT_FALSE(may_pass(mqtt::Rule::utf8));
  EXPECT_EQ(told({v311, connect311 + std::string("38 r s'a' 'x' ; c0 00"), "20 02 00 00 d0 00"}), "answered") << "DUP with QoS 0";
}

TEST(Judging, SaysNothingOfTimeWhenTheMachineHeldUsUp) {
  Session session{1, v311, {{Act::What::open, 0, {}}, {Act::What::send, 0, raw(connect311 + std::string("c0 00"))}, {Act::What::finish, 0, {}}}};
  Played late{{{true, raw("20 02 00 00"), false, false}}, 2s, 400ms};
  EXPECT_EQ(judge(session, late, 2s).verdict, Verdict::closed);
  late.held_up = 20ms;
  EXPECT_EQ(judge(session, late, 2s).verdict, Verdict::silent);
}

TEST(Judging, SeesSilenceAndSlowness) {
  EXPECT_EQ(told({v311, connect311 + std::string("c0 00"), "20 02 00 00", false}),
            "silent: the broker neither answered nor ended the connection within 2.0 s after the client's last byte and FIN (3.1.1:MQTT-3.12.4-1)");
  EXPECT_EQ(told({v311, connect311 + std::string("c0 00"), "20 02 00 00 d0 00", true, 1300ms}),
            "slow: the broker took 1.3 s to answer and to end the connections (3.1.1:MQTT-3.12.4-1)");
  EXPECT_EQ(told({v311, connect311 + std::string("c0 00"), "20 02 00 00 d0 00", false, 2s}), "answered") << "no statement tells it to end a connection that it serves";
}

TEST(Judging, TakesTheWorstOfSeveralClients) {
  Session session{1, v311, {{Act::What::open, 0, {}}, {Act::What::open, 1, {}}, {Act::What::send, 0, raw(connect311 + std::string("c0 00"))}, {Act::What::send, 1, raw("c0 00")}}};
  Played played{{{true, raw("20 02 00 00 d0 00"), true, false}, {true, raw("d0 00"), true, false}}, 1ms, {}};
  auto found = judge(session, played, 2s);
  EXPECT_EQ(found.verdict, Verdict::unsound);
  EXPECT_EQ(found.client, 1);
}

TEST(Behaviour, IsTheSameWhereTheBrokerAnswersAlike) {
  Session session{1, v311, {{Act::What::send, 0, raw(connect311)}}};
  auto heard = [](const char* text) { return Played{{{true, raw(text), true, false}}, 1ms, {}}; };
  auto once = behaviour(session, heard("20 02 00 00 30 r s'a' 'x'"), Verdict::answered);
  EXPECT_EQ(once, behaviour(session, heard("20 02 00 00 30 r s'b' 'yz'"), Verdict::answered)) << "what a message holds is no behaviour";
  EXPECT_NE(once, behaviour(session, heard("20 02 00 05"), Verdict::refused));
  EXPECT_NE(once, behaviour(session, heard("20 02 00 00 30 r s'a' 'x'"), Verdict::closed));
}

}  // namespace
}  // namespace network::judging_test
