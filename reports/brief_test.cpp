#include "reports/brief.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::brief_test {
namespace {

using record::Event;
using record::Outcome;
using record::What;
using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr auto v4 = mqtt::Version::v3_1_1;
const mqtt::Bytes publish{0x30, 0x05, 0x00, 0x01, 'a', 'h', 'i'}, pingreq{0xc0, 0x00};

Event event(What what, mqtt::Bytes bytes = {}, int step = -1, bool fence = false) { return {1ms, what, "A", v4, step, std::move(bytes), "", fence}; }

record::Result traced(record::Trace trace) {
  record::Result result;
  result.trace = std::move(trace);
  return result;
}

std::string told_briefly(mqtt::Bytes bytes, mqtt::Version version = v4) {
  auto one = event(What::received, std::move(bytes));
  one.version = version;
  const auto result = traced({one});
  const Brief told = brief(moments(result)[0].packets.at(0), 8, 40);
  return told.parts + " | " + told.hex;
}

TEST(Brief, APartHasAGroup) {
  EXPECT_EQ(told_briefly(publish), "PUBLISH \xc2\xb7 topic 'a' \xc2\xb7 payload 'hi' | 3005 000161 6869");
  EXPECT_EQ(told_briefly({0x32, 0x09, 0x00, 0x01, 'a', 0x00, 0x07, 0x00, 0x01, 0x02, 0x03}), "PUBLISH qos=1 \xc2\xb7 topic 'a' \xc2\xb7 packet_id 7 \xc2\xb7 payload '\\u0000\\u0001\\u0002\\u0003' | 3209 000161 0007 00 (3 bytes more)");
  EXPECT_EQ(told_briefly({0x20, 0x06, 0x00, 0x00, 0x03, 0x21, 0x00, 0x0a}, mqtt::Version::v5_0),
            "CONNACK \xc2\xb7 acknowledge_flags 0 \xc2\xb7 reason_code 0x00 Success \xc2\xb7 receive_maximum 10 | 2006 00 0003 21000a");
  EXPECT_EQ(told_briefly({0x30, 0x05, 0x00, 0x03, 0xc2, 0xb7, 'b'}), "PUBLISH \xc2\xb7 topic '\\u00b7b' | 3005 0003c2b762");
}

TEST(Brief, OfManyPartsSomeAreCounted) {
  mqtt::Bytes subscribe{0x82, 0, 0x00, 0x01};
  for (int i = 0; i < 20; ++i) subscribe.insert(subscribe.end(), {0x00, 0x01, 'a', 0x00});
  subscribe[1] = static_cast<std::uint8_t>(subscribe.size() - 2);
  const auto text = told_briefly(subscribe);
  EXPECT_THAT(text, testing::HasSubstr("filters[6].options 0 \xc2\xb7 26 more fields | 8252 0001 000161 00 (76 bytes more)"));
}

std::vector<std::string> lines(const record::Result& result) { return brief_story(result, moments(result), "scenarios/a.json"); }

TEST(Brief, ACaseInLines) {
  mqtt::Bytes both = publish, broken{0x36, 0x05, 0x00, 0x01, 'a', 0x00, 0x01};
  both.insert(both.end(), pingreq.begin(), pingreq.end());
  auto result = traced({event(What::opened, {}, 0), event(What::sent, both, 1), event(What::sent, broken, 1), event(What::sent, pingreq, 2, true), event(What::ended, {}, 3)});
  result.steps = {{"scenarios/a.json:4:5", "open A", Outcome::held, 0us, 0us}, {"scenarios/a.json:5:5", "send A: PUBLISH with topic 'a'", Outcome::held, 0us, 0us},
                  {"scenarios/a.json:5:5", "expect A: nothing", Outcome::held, 0us, 0us}, {"scenarios/b.json:6:5", "expect A: closed", Outcome::held, 0us, 34ms, 2s},
                  {"scenarios/a.json:7:5", "drop A", Outcome::not_reached, 0us, 0us}};
  EXPECT_THAT(lines(result), ElementsAre("1. open A \xc2\xb7 line 4",
                                         "\u20031.000 A connection opened",
                                         "2. send A: PUBLISH \xc2\xb7 line 5",
                                         "\u20031.000 A \xe2\x86\x92 PUBLISH \xc2\xb7 topic 'a' \xc2\xb7 payload 'hi' | 3005 000161 6869",
                                         "\u2003\u2003+ PINGREQ | c000",
                                         "\u20031.000 A \xe2\x86\x92 PUBLISH qos=3 \xc2\xb7 topic 'a' \xc2\xb7 packet_id 1 | 3605 000161 0001",
                                         testing::StartsWith("\u2003\u2003! Sent with a fault on purpose, at byte 0: "),
                                         "3. expect A: nothing",
                                         "\u2003~1.000 A \xe2\x86\x92 PINGREQ | c000",
                                         "4. expect A: closed \xc2\xb7 after 34 of 2,000 ms, scenarios/b.json:6:5",
                                         "\u20031.000 A broker ended the connection (FIN)",
                                         "5. drop A \xc2\xb7 not reached \xc2\xb7 line 7"));
}

TEST(Brief, ALongCaseIsCountedOut) {
  const auto all = lines(traced(record::Trace(most_brief_events + 1'234, event(What::received, publish))));
  EXPECT_EQ(all.size(), most_brief_events + 1u);
  EXPECT_EQ(all.back(), "\u2003and 1,234 further events: the record has them");
}

TEST(Brief, NothingOfABrokerMakesALine) {
  auto torn = event(What::refused);
  torn.text = "a\n9. open B\n\u2003";
  EXPECT_EQ(lines(traced({torn})).size(), 1u);
}

}  // namespace
}  // namespace reports::brief_test
