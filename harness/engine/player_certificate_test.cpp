// A TLS handshake that fails is an end to expect where the case says which certificate the client shows; elsewhere it is a connection that cannot be had.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/player.h"
#include "harness/net/trouble.h"
#include "harness/scenario/loader.h"

namespace engine::player_certificate_test {
namespace {

using record::Verdict;
using record::What;

class Refusing final : public Instance {
public:
  std::vector<std::string> shown;
  asio::awaitable<net::Opened> open(Way way) override {
    shown.push_back(way.certificate);
    co_return net::Opened{net::Trouble::client_certificate_wanted, nullptr};
  }
  asio::awaitable<void> control(scenario::Control::Act) override { co_return; }
};

record::Result played(const std::string& open, Refusing& broker, const std::string& expected = R"("closed": true)") {
  const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  auto suite = scenario::load_text("t/a", R"({"title": "It is sent away", "versions": ["5.0"], "needs": ["client_certificates"], "steps": [
    {"open": "A", "listener": "certificates")" + open + R"(}, {"send": "A", "packet": "CONNECT"}, {"expect": "A", )" + expected + R"(, "checks": ["5.0:MQTT-3.1.4-2"]}]})", catalogue);
  EXPECT_THAT(suite.complaints, testing::IsEmpty());
  asio::io_context io;
  net::VirtualClock clock;
  Pace pace;
  Stage stage{broker, clock, pace, catalogue, "run00", false, {}, {}};
  record::Result result;
  asio::co_spawn(io, play(suite.cases.at(0), stage, "0001"), [&](std::exception_ptr, record::Result came) { result = std::move(came); });
  clock.run(io);
  return result;
}

TEST(PlayerWithCertificates, ExpectsTheEndOfAHandshake) {
  Refusing broker;
  const auto result = played(R"(, "certificate": "none")", broker);
  EXPECT_EQ(result.verdict, Verdict::pass) << result.reason;
  EXPECT_THAT(broker.shown, testing::ElementsAre("none"));
  const auto end = std::find_if(result.trace.begin(), result.trace.end(), [](auto& event) { return event.what == What::reset; });
  ASSERT_NE(end, result.trace.end());
  EXPECT_EQ(end->text, make_error_code(net::Trouble::client_certificate_wanted).message());
  EXPECT_EQ(result.steps.at(0).text, "open A at the listener 'certificates', without a certificate");
}

TEST(PlayerWithCertificates, TellsWhatTlsFoundWrong) {
  Refusing broker;
  const auto result = played(R"(, "certificate": "none")", broker, R"("packet": "CONNACK")");
  EXPECT_EQ(result.verdict, Verdict::fail);
  EXPECT_EQ(result.findings.at(0).actual, "the broker reset the connection: " + make_error_code(net::Trouble::client_certificate_wanted).message());
}

TEST(PlayerWithCertificates, IsWithoutAConnectionWhereNoneIsNamed) {
  Refusing broker;
  const auto result = played("", broker);
  EXPECT_EQ(result.verdict, Verdict::inconclusive);
  EXPECT_EQ(result.reason, "the preparation did not hold: expected open A at the listener 'certificates'; no connection: " + make_error_code(net::Trouble::client_certificate_wanted).message());
}

}  // namespace
}  // namespace engine::player_certificate_test
