// mosquitto's command line clients against `mqttspec serve`: they were written by others, from the same standards.
#include <csignal>

#include "harness/cli/serve_test.h"

namespace cli::serve_interop_test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

class Mosquitto : public serve_test::Serve, public testing::WithParamInterface<const char*> {
protected:
  Words client(const char* program, const Words& more) const {
    Words all{program, "-h", "127.0.0.1", "-p", at.port, "-V", GetParam()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void publish(const Words& more) { EXPECT_EQ(run(client("mosquitto_pub", more)), 0) << said; }

  // A mosquitto_sub whose subscriptions stand: the retained message on `ready` comes behind the SUBACK. Lines are topic|qos|retain|payload.
  std::unique_ptr<net::Child> subscriber(const std::string& name, const Words& more) {
    if (!std::exchange(ready_, true)) publish({"-t", "ready", "-m", "now", "-r"});
    auto words = client("mosquitto_sub", {"-F", "%t|%q|%r|%p", "-t", "ready"});
    words.insert(words.end(), more.begin(), more.end());
    auto started = start_program(words, name);
    await_printed(name, "ready|");
    return started;
  }
  // Everything but the line about `ready`.
  std::string heard(const std::string& name) const {
    auto all = read(name);
    auto from = all.find("ready|"), to = all.find('\n', from);
    return all.erase(from, to + 1 - from);
  }
  bool five() const { return std::string_view(GetParam()) == "mqttv5"; }
private:
  bool ready_ = false;
};

TEST_P(Mosquitto, EachQosArrivesAsGranted) {
  start();
  auto two = subscriber("two", {"-q", "2", "-t", "t/#", "-C", "4"}), one = subscriber("one", {"-q", "1", "-t", "t/#", "-C", "4"}),
       zero = subscriber("zero", {"-q", "0", "-t", "t/#", "-C", "4"});
  for (auto qos : {"0", "1", "2"}) publish({"-q", qos, "-t", std::string("t/") + qos, "-m", "hello"});
  for (auto each : {two.get(), one.get(), zero.get()}) {
    await_end(*each);
    EXPECT_EQ(each->how_it_ended(), "exited with status 0");
  }
  EXPECT_EQ(heard("two"), "t/0|0|0|hello\nt/1|1|0|hello\nt/2|2|0|hello\n");
  EXPECT_EQ(heard("one"), "t/0|0|0|hello\nt/1|1|0|hello\nt/2|1|0|hello\n");
  EXPECT_EQ(heard("zero"), "t/0|0|0|hello\nt/1|0|0|hello\nt/2|0|0|hello\n");
  stop();
}

TEST_P(Mosquitto, RetainedMessagesComeUntilTheyAreCleared) {
  start();
  publish({"-q", "1", "-t", "r/a", "-m", "old", "-r"});
  publish({"-q", "1", "-t", "r/a", "-m", "kept", "-r"});
  publish({"-q", "1", "-t", "r/b", "-m", "cleared", "-r"});
  publish({"-q", "1", "-t", "r/b", "-n", "-r"});
  auto listens = subscriber("listens", {"-q", "1", "-t", "r/#", "-C", "3"});
  publish({"-q", "1", "-t", "r/c", "-m", "live", "-r"});
  await_end(*listens);
  EXPECT_EQ(heard("listens"), "r/a|1|1|kept\nr/c|1|0|live\n");
  stop();
}

TEST_P(Mosquitto, WildcardsMatchLevels) {
  start();
  auto listens = subscriber("listens", {"-t", "a/+/c", "-t", "b/#", "-t", "end", "-C", "5"});
  for (auto topic : {"a/x/c", "a/x/y/c", "a/c", "b", "bb", "b/1/2", "a//c", "end"}) publish({"-t", topic, "-m", "m"});
  await_end(*listens);
  EXPECT_EQ(heard("listens"), "a/x/c|0|0|m\nb|0|0|m\nb/1/2|0|0|m\na//c|0|0|m\n");
  stop();
}

TEST_P(Mosquitto, TheWillOfAKilledClientIsPublished) {
  start();
  auto listens = subscriber("listens", {"-q", "2", "-t", "will/#", "-C", "2"});
  auto dies = subscriber("dies", {"--will-topic", "will/t", "--will-payload", "gone", "--will-qos", "2"});
  dies->signal(SIGKILL);
  await_end(*listens);
  EXPECT_EQ(heard("listens"), "will/t|2|0|gone\n");
  stop();
}

TEST_P(Mosquitto, ASessionKeepsMessagesForItsClient) {
  start();
  Words session{"-c", "-i", "keeps", "-q", "2", "-t", "s/#"};
  if (five()) session.insert(session.end(), {"-x", "100"});
  auto makes = session, resumes = session;
  makes.push_back("-E");
  EXPECT_EQ(run(client("mosquitto_sub", makes)), 0) << said;
  for (auto qos : {"1", "2"}) publish({"-q", qos, "-t", std::string("s/") + qos, "-m", "waited"});
  resumes.insert(resumes.end(), {"-F", "%t|%q|%r|%p", "-C", "2", "-W", "60"});
  EXPECT_EQ(run(client("mosquitto_sub", resumes)), 0);
  EXPECT_EQ(said, "s/1|1|0|waited\ns/2|2|0|waited\n");
  stop();
}

TEST_P(Mosquitto, AMegabyteArrivesWhole) {
  start();
  std::string payload(1u << 20, 'x');
  EXPECT_EQ(run({"sh", "-c", "head -c 1048576 /dev/zero | tr '\\0' x > large"}), 0);
  auto listens = subscriber("listens", {"-q", "1", "-t", "large", "-C", "2"});
  publish({"-q", "1", "-t", "large", "-f", "large"});
  await_end(*listens);
  EXPECT_EQ(heard("listens"), "large|1|0|" + payload + "\n");
  stop();
}

TEST_P(Mosquitto, OnlyAnAccountIsAdmitted) {
  start({"--user", "ann:secret"});
  publish({"-t", "t", "-m", "m", "-u", "ann", "-P", "secret"});
  auto refused = [&](const Words& more) {
    auto words = client("mosquitto_pub", {"-t", "t", "-m", "m"});
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_NE(run(words), 0);
    return said;
  };
  auto bad_account = HasSubstr(five() ? "Bad User Name or Password" : "bad user name or password");
  EXPECT_THAT(refused({"-u", "ann", "-P", "wrong"}), bad_account);
  EXPECT_THAT(refused({"-u", "bob", "-P", "secret"}), bad_account);
  EXPECT_THAT(refused({}), HasSubstr(five() ? "Not authorized" : "not authorised"));
  stop();
}

INSTANTIATE_TEST_SUITE_P(InEachVersion, Mosquitto, testing::Values("mqttv31", "mqttv311", "mqttv5"), [](auto& each) { return each.param; });

class MosquittoFive : public Mosquitto {};

TEST_P(MosquittoFive, ASharedSubscriptionTakesTurns) {
  start();
  auto one = subscriber("one", {"-q", "1", "-t", "$share/g/t", "-C", "3"}), two = subscriber("two", {"-q", "1", "-t", "$share/g/t", "-C", "3"});
  for (auto text : {"1", "2", "3", "4"}) publish({"-q", "1", "-t", "t", "-m", text});
  await_end(*one);
  await_end(*two);
  EXPECT_EQ(heard("one"), "t|1|0|1\nt|1|0|3\n");
  EXPECT_EQ(heard("two"), "t|1|0|2\nt|1|0|4\n");
  stop();
}

TEST_P(MosquittoFive, PropertiesPassThrough) {
  start();
  auto listens = subscriber("listens", {"-t", "p", "-C", "2", "-F", "%t|%C|%R|%D|%P"});
  publish({"-t", "p", "-m", "m", "-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "answer", "-D", "publish",
           "correlation-data", "42", "-D", "publish", "user-property", "colour", "green"});
  await_end(*listens);
  EXPECT_THAT(heard("listens"), HasSubstr("p|text/plain|answer|42|colour:green"));
  stop();
}

INSTANTIATE_TEST_SUITE_P(Only, MosquittoFive, testing::Values("mqttv5"), [](auto& each) { return each.param; });

}  // namespace
}  // namespace cli::serve_interop_test
