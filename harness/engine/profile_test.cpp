#include "harness/engine/profile.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

namespace engine::profile_test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::Pair;

// Without the line and the caret that follow each complaint.
std::string complaints(const std::string& text) {
  try {
    parse_profile("p.json", text);
  } catch (const std::runtime_error& error) {
    std::string first, all = error.what();
    for (std::size_t at = 0, number = 0; at <= all.size(); ++number) {
      const auto end = std::min(all.find('\n', at), all.size());
      if (number % 3 == 0) first += (first.empty() ? "" : "\n") + all.substr(at, end - at);
      at = end + 1;
    }
    return first;
  }
  return "";
}
std::string with(const std::string& more) { return "{\"name\": \"b\", \"title\": \"B\",\n" + more + "}"; }

TEST(Profile, of_mosquitto_is_right) {
  const auto profile = load_profile(SOURCE_DIR "/ci/brokers/mosquitto.json");
  EXPECT_EQ(profile.name, "mosquitto");
  EXPECT_EQ(profile.title, "Eclipse Mosquitto");
  EXPECT_THAT(profile.install, ElementsAre("mosquitto", "openssl"));
  EXPECT_THAT(profile.versions, ElementsAre(mqtt::Version::v3_1, mqtt::Version::v3_1_1, mqtt::Version::v5_0));
  EXPECT_EQ(profile.patience, 5s);
  EXPECT_THAT(profile.start, ElementsAre("mosquitto", "-c", "{dir}/mosquitto.conf"));
  EXPECT_THAT(profile.listeners, testing::Contains(Pair("default", "mqtt://127.0.0.1:{port}")));
  EXPECT_THAT(profile.listeners, testing::Contains(Pair("anonymous", "mqtt://127.0.0.1:{anonymous_port}")));
  EXPECT_EQ(profile.files.at("passwd"), "{username}:{password}\n");
  for (auto& command : profile.prepare)
    for (auto& argument : command) EXPECT_THAT(argument, testing::Not(testing::HasSubstr("{password}"))) << "it would stand in the list of processes";
}

TEST(Profile, of_every_broker_is_right) {
  int count = 0;
  for (auto& each : fs::directory_iterator(SOURCE_DIR "/ci/brokers")) {
    if (each.path().extension() != ".json" || each.path().stem().extension() == ".expect") continue;
    const auto profile = load_profile(each.path());
    EXPECT_EQ(profile.name, each.path().stem());
    EXPECT_TRUE(profile.listeners.contains("default")) << profile.name;
    EXPECT_FALSE(profile.install.empty() && profile.npm.empty()) << profile.name;
    auto commands = profile.prepare;
    commands.push_back(profile.start);
    for (auto& command : commands)
      for (auto& argument : command) EXPECT_THAT(argument, testing::Not(testing::HasSubstr("{password}"))) << profile.name;
    ++count;
  }
  EXPECT_GE(count, 6);
}

TEST(Profile, reads_every_key) {
  const auto profile = parse_profile("p.json", with(R"json("about": "why", "install": ["i"], "npm": ["n@1"], "versions": ["5.0"], "patience": "1.5s", "instances": 4, "start_within": "1s", "stop_within": "500ms",
    "version_command": ["v"], "version_pattern": "(.)", "username": "u", "ports": ["one", "two"], "files": {"a/b": "text {one}", "c": ["1", "2"]},
    "environment": {"E": "{dir}"}, "prepare": [["p", "{two}"]], "start": ["s"], "log": "{dir}/log", "listeners": {"default": "unix:{dir}/s"}, "lacks": {"qos2": "because"})json"));
  EXPECT_EQ(profile.file, "p.json");
  EXPECT_EQ(profile.about, "why");
  EXPECT_THAT(profile.npm, ElementsAre("n@1"));
  EXPECT_THAT(profile.versions, ElementsAre(mqtt::Version::v5_0));
  EXPECT_EQ(profile.patience, 1500ms);
  EXPECT_EQ(profile.instances, 4);
  EXPECT_EQ(profile.start_within, 1s);
  EXPECT_EQ(profile.stop_within, 500ms);
  EXPECT_THAT(profile.version_command, ElementsAre("v"));
  EXPECT_EQ(profile.version_pattern, "(.)");
  EXPECT_EQ(profile.username, "u");
  EXPECT_THAT(profile.ports, ElementsAre("one", "two"));
  EXPECT_THAT(profile.files, ElementsAre(Pair("a/b", "text {one}"), Pair("c", "1\n2\n")));
  EXPECT_THAT(profile.environment, ElementsAre(Pair("E", "{dir}")));
  EXPECT_THAT(profile.prepare, ElementsAre(ElementsAre("p", "{two}")));
  EXPECT_EQ(profile.log, "{dir}/log");
  EXPECT_THAT(profile.lacks, ElementsAre(Pair("qos2", "because")));
}

TEST(Profile, may_say_only_what_a_broker_is_able_to_do) {
  const auto profile = parse_profile("p.json", with(R"json("lacks": {"shared": "it has none"})json"));
  EXPECT_TRUE(profile.start.empty());
  EXPECT_EQ(profile.versions.size(), 3u);
  EXPECT_EQ(profile.patience, 5s);
  EXPECT_EQ(profile.start_within, 30s);
}

TEST(Profile, shows_the_line_and_a_caret) {
  try {
    parse_profile("ci/brokers/b.json", "{\"name\": \"b\", \"title\": \"B\",\n  \"lackz\": {}}");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "ci/brokers/b.json:2:3: unknown key 'lackz'; did you mean 'lacks'?\n  \"lackz\": {}}\n  ^");
  }
}

TEST(Profile, has_a_number_of_instances_or_any) {
  EXPECT_EQ(parse_profile("p.json", with("\"about\": \"why\"")).instances, 0);
  for (auto wrong : {"0", "-1", "1001", "2.5", "\"4\""})
    EXPECT_EQ(complaints(with(std::string("\"instances\": ") + wrong)), std::string("p.json:2:14: expected a number from 1 to 1000, found ") + wrong);
}

TEST(Profile, has_all_certificates_or_none) {
  const auto profile = parse_profile("p.json", with(R"json("certificates": {"client": "{dir}/c", "expired": "{dir}/e", "unknown": "{dir}/u"})json"));
  EXPECT_THAT(profile.certificates, ElementsAre(Pair("client", "{dir}/c"), Pair("expired", "{dir}/e"), Pair("unknown", "{dir}/u")));
  EXPECT_EQ(complaints(with(R"json("certificates": {"client": "c", "expired": "e"})json")), "p.json:2:17: the certificate 'unknown' is missing: client, expired and unknown go together");
  EXPECT_EQ(complaints(with(R"json("certificates": {"client": "c", "expired": "e", "unknown": "u", "stolen": "s"})json")),
            "p.json:2:65: there is no certificate 'stolen'; expected client, expired or unknown");
}

TEST(Profile, complains_of_everything_at_once) {
  EXPECT_EQ(complaints(with(R"json("patience": "soon", "lacks": {"qos 2": "x"}, "versions": ["4"])json")),
            "p.json:2:13: expected a duration such as \"500ms\", \"2s\" or \"1.5s\", found \"soon\"\n"
            "p.json:2:31: unknown ability 'qos 2'; did you mean 'qos2'?\n"
            "p.json:2:59: unknown version '4'; expected 3.1, 3.1.1 or 5.0");
}

TEST(Profile, complains_of_shapes) {
  EXPECT_EQ(complaints("[]"), "p.json:1:1: a profile is an object");
  EXPECT_EQ(complaints("{\"name\": \"b\",}"), "p.json:1:14: a comma before this '}': nothing follows the last member");
  EXPECT_EQ(complaints("{}"), "p.json:1:1: a profile needs the key 'name'\np.json:1:1: a profile needs the key 'title'");
  EXPECT_EQ(complaints("{\"name\": \"\", \"title\": 1}"), "p.json:1:10: expected a text, found \"\"\np.json:1:23: expected a text, found 1");
  EXPECT_EQ(complaints(with(R"json("install": "mosquitto")json")), "p.json:2:12: expected a list of texts, found \"mosquitto\"");
  EXPECT_EQ(complaints(with(R"json("install": ["a", 2])json")), "p.json:2:18: expected a text, found 2");
  EXPECT_EQ(complaints(with(R"json("install": [])json")), "p.json:2:12: expected a list of texts, found []");
  EXPECT_EQ(complaints(with(R"json("prepare": {})json")), "p.json:2:12: expected a list of commands, each a list of texts, found {}");
  EXPECT_EQ(complaints(with(R"json("prepare": ["ls"])json")), "p.json:2:13: expected a list of texts, found \"ls\"");
  EXPECT_EQ(complaints(with(R"json("files": [])json")), "p.json:2:10: expected an object of file names, found []");
  EXPECT_EQ(complaints(with(R"json("files": {"a": 1})json")), "p.json:2:16: expected a text or a list of lines, found 1");
  EXPECT_EQ(complaints(with(R"json("files": {"../a": "", "/b": ""})json")), "p.json:2:11: a file's name stays within the scratch directory\n"
                                                                      "p.json:2:23: a file's name stays within the scratch directory");
  EXPECT_EQ(complaints(with(R"json("environment": {"A": 1}, "lacks": [])json")), "p.json:2:22: expected a text, found 1\n"
                                                                           "p.json:2:35: expected an object of texts, found []");
  EXPECT_EQ(complaints(with(R"json("version_pattern": "1.2")json")), "p.json:2:20: the pattern has no group ( ) around the version");
  EXPECT_THAT(complaints(with(R"json("version_pattern": "(")json")), testing::StartsWith("p.json:2:20: not a regular expression: "));
}

TEST(Profile, complains_of_listeners) {
  EXPECT_EQ(complaints(with(R"json("start": ["s"])json")), "p.json:1:1: a profile that starts a broker needs the listener 'default'");
  EXPECT_EQ(complaints(with(R"json("start": ["s"], "listeners": {"other": "mqtt://h"})json")), "p.json:2:30: a profile that starts a broker needs the listener 'default'");
  EXPECT_EQ(complaints(with(R"json("start": ["s"], "listeners": {"default": "http://h"})json")),
            "p.json:2:42: unknown scheme 'http'; known are mqtt://host:1883, mqtts://host:8883, ws://host:80/mqtt, wss://host:443/mqtt, unix:/path/to/socket");
}

TEST(Profile, says_whom_to_trust) {
  EXPECT_THAT(parse_profile("p.json", with(R"json("tls": {"cafile": "{dir}/ca.crt"})json")).tls, ElementsAre(Pair("cafile", "{dir}/ca.crt")));
  EXPECT_EQ(complaints(with(R"json("tls": {"caflie": "{dir}/ca.crt"})json")), "p.json:2:9: unknown key 'caflie'; expected cafile, cert or key");
  EXPECT_EQ(complaints(with(R"json("tls": {"cafile": "{dri}/ca.crt"})json")), "p.json:2:19: nothing replaces {dri}; did you mean {dir}?");
}

TEST(Profile, complains_of_placeholders_that_are_nearly_right) {
  EXPECT_EQ(complaints(with(R"json("ports": ["port"], "files": {"a": ["x {prot}"]})json")), "p.json:2:36: nothing replaces {prot}; did you mean {port}?");
  EXPECT_EQ(complaints(with(R"json("files": {"a": "{password}"})json")), "p.json:2:16: nothing replaces {password}: the profile names no 'username'");
  EXPECT_EQ(complaints(with(R"json("ports": ["port"], "files": {"a": "mqtt { host: {dir} } {something_else}"})json")), "") << "a configuration's own braces";
}

TEST(Profile, that_is_not_there) {
  try {
    load_profile("no/such.json");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no/such.json: the profile cannot be read");
  }
}

TEST(Expand, replaces_known_names_only) {
  const std::map<std::string, std::string> values{{"dir", "/d"}, {"port", "1"}};
  EXPECT_EQ(expand("{dir}/x:{port}{port}", values), "/d/x:11");
  EXPECT_EQ(expand("mqtt { port: {port} } {unknown} {", values), "mqtt { port: 1 } {unknown} {");
  EXPECT_EQ(expand("{{dir}}", values), "{/d}");
  EXPECT_EQ(expand("", values), "");
}

class FindProfile : public testing::Test {
protected:
  std::string folder = (fs::temp_directory_path() / "mqttspec-XXXXXX").string();
  void SetUp() override {
    ASSERT_TRUE(::mkdtemp(folder.data()));
    for (auto name : {"mosquitto.json", "mosquitto.expect.json", "nats.json", "README.md"}) std::ofstream(fs::path(folder) / name) << "{}";
  }
  void TearDown() override { fs::remove_all(folder); }
  std::string refusal(const std::string& asked, const std::string& where) {
    try {
      return find_profile(asked, where).string();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
};

TEST_F(FindProfile, by_name_or_path) {
  EXPECT_EQ(find_profile("nats", folder), fs::path(folder) / "nats.json");
  EXPECT_EQ(find_profile(folder + "/nats.json", "/nowhere"), fs::path(folder) / "nats.json");
}

TEST_F(FindProfile, says_which_there_are) {
  EXPECT_EQ(refusal("mosquito", folder), "there is no profile 'mosquito' (" + folder + " holds mosquitto, nats); did you mean 'mosquitto'?");
  EXPECT_EQ(refusal("hivemq", folder), "there is no profile 'hivemq' (" + folder + " holds mosquitto, nats)");
  EXPECT_EQ(refusal("mosquitto.expect", folder), "there is no profile 'mosquitto.expect' (" + folder + " holds mosquitto, nats)");
  EXPECT_EQ(refusal("nats", "/nowhere"), "there is no profile 'nats': /nowhere holds none");
  EXPECT_EQ(refusal("./nats.json", folder), "there is no profile ./nats.json");
}

}  // namespace
}  // namespace engine::profile_test
