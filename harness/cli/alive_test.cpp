// "Does the broker still serve a new client?", asked of the reference broker with one rule broken.
#include "harness/engine/probe.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "harness/cli/embedded.h"

namespace cli::alive_test {
namespace {

namespace asio = boost::asio;
using testing::StartsWith;

// What is said of the broker that breaks `rule`; before that it was seen to deliver, or not.
std::string look(const std::string& rule, bool delivers) {
  net::VirtualClock clock;
  asio::io_context io;
  Embedded broker(rule.empty() ? reference::Rules{} : broken_rules({rule}), "", clock, io.get_executor());
  broker.target.delivers = delivers;
  engine::Pace pace;
  const spec::Catalogue catalogue;
  engine::Stage stage{broker, clock, pace, catalogue, "run00", false, {}, {}};
  std::string trouble = "it was not looked at";
  asio::co_spawn(io, [&]() -> asio::awaitable<void> {
    trouble = co_await engine::probe_alive(stage);
    broker.stop();
  }, [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  clock.run(io);
  return trouble;
}

TEST(Alive, IsABrokerThatDoesAllThatANewClientAsksFor) { EXPECT_EQ(look("", true), ""); }

TEST(Alive, SaysWhichOfThemFailed) {
  EXPECT_EQ(look("connect_answered", true), "a new client is not admitted: expected A: CONNACK with reason_code 0 (Success); nothing came: waited 5 s");
  EXPECT_EQ(look("ping_answered", true), "a new client's PINGREQ is not answered: expected A: PINGRESP; nothing came: waited 5 s");
  EXPECT_THAT(look("suback_sent", true), StartsWith("a new client's subscription is not granted: expected A: SUBACK"));
  EXPECT_EQ(look("own_messages_come", true),
            "a new client does not receive its own message: expected A: PUBLISH with topic '${T}/own', payload 'own'; nothing came: waited 5 s");
}

TEST(Alive, IsABrokerThatHasNeverDeliveredToo) {
  EXPECT_EQ(look("own_messages_come", false), "") << "scenarios say that; it is no news after the run";
}

}  // namespace
}  // namespace cli::alive_test
