#include "harness/engine/secrets.h"

#include <gmock/gmock.h>

#include "harness/mqtt/codec.h"

namespace engine::secrets_test {
namespace {

record::Event sent(mqtt::Bytes bytes, const std::string& client = "A") {
  record::Event event;
  event.what = record::What::sent;
  event.client = client;
  event.bytes = std::move(bytes);
  return event;
}
record::Event opened() {
  record::Event event;
  event.what = record::What::opened;
  event.client = "A";
  return event;
}
mqtt::Bytes connect(const std::string& password) {
  mqtt::Connect packet;
  packet.client_id = "ab";
  packet.username = "ab";
  packet.password = mqtt::bytes_of(password);
  return mqtt::encode(packet, mqtt::Version::v5_0).bytes;
}
// What client A has sent by the trace.
std::string masked(record::Trace trace, const std::string& secret) {
  record::Result result;
  result.trace = std::move(trace);
  mask(result, secret);
  std::string all;
  for (auto& event : result.trace)
    if (event.client == "A") all += mqtt::text_of(event.bytes);
  return all;
}
std::string text(const mqtt::Bytes& bytes) { return mqtt::text_of(bytes); }

TEST(Secrets, AreMaskedWhereverTheyStand) {
  EXPECT_EQ(masked({sent(connect("hunter22"))}, "hunter22"), text(connect("********")));
  EXPECT_EQ(masked({sent(connect("wrong hunter22"))}, "hunter22"), text(connect("wrong ********")));
  EXPECT_EQ(masked({sent(connect("hunter2"))}, "hunter22"), text(connect("hunter2"))) << "another one";
}

TEST(Secrets, AreMaskedWhereTheyAreCutIntoSeveralWrites) {
  for (std::string secret : {"hunter22", "ab"}) {
    const auto whole = connect(secret);
    record::Trace byte_by_byte{opened()};
    for (auto byte : whole) byte_by_byte.push_back(sent({byte}));
    EXPECT_EQ(masked(byte_by_byte, secret), text(connect(std::string(secret.size(), '*'))));
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
      const record::Trace two{opened(), sent({whole.begin(), whole.begin() + std::ptrdiff_t(cut)}), sent({1, 2, 3}, "B"), sent({whole.begin() + std::ptrdiff_t(cut), whole.end()})};
      EXPECT_TRUE(masked(two, secret).ends_with(std::string(secret.size(), '*'))) << secret << " cut behind " << cut;
    }
  }
}

TEST(Secrets, ThatAreShortAreMaskedInTheirFieldOnly) {
  EXPECT_EQ(masked({sent(connect("ab"))}, "ab"), text(connect("**"))) << "the client identifier and the user name stay";
  EXPECT_EQ(masked({sent({'a', 'b'})}, "ab"), "ab");
  EXPECT_EQ(masked({opened(), sent(connect("x")), opened(), sent(connect("ab"))}, "ab"), text(connect("x")) + text(connect("**")));
}

TEST(Secrets, AreMaskedInTexts) {
  record::Result result;
  result.reason = "no hunter22";
  result.log = {"password hunter22 is wrong"};
  record::Finding finding;
  finding.expected = "a hunter22", finding.actual = "the hunter22";
  result.findings = {finding};
  record::Event event;
  event.text = "of hunter22";
  result.trace = {event};
  mask(result, "hunter22");
  EXPECT_EQ(result.reason, "no ********");
  EXPECT_EQ(result.log[0], "password ******** is wrong");
  EXPECT_EQ(result.findings[0].expected, "a ********");
  EXPECT_EQ(result.findings[0].actual, "the ********");
  EXPECT_EQ(result.trace[0].text, "of ********");
}

}  // namespace
}  // namespace engine::secrets_test
