// `mqttspec serve` as its user meets it: what it prints, what it refuses, how it ends. And the tools of serve_test.h.
#include "harness/cli/serve_test.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace cli::serve_test {

using testing::HasSubstr;
using testing::StartsWith;
constexpr auto healthy = 60s;   // all that is awaited here takes a small part of it, also on a busy machine

asio::awaitable<void> Client::open(net::Endpoint where) {
  net::Opened opened = co_await net::open(std::move(where));
  if (opened.error) throw std::runtime_error("the broker cannot be reached: " + opened.error.message());
  stream = std::move(opened.stream);
  framer_ = {};
}

asio::awaitable<bool> Client::write(mqtt::Bytes bytes) {
  auto what = asio::buffer(bytes);
  net::error_code error = co_await stream->write(what);
  co_return !error;
}

asio::awaitable<void> Client::send(mqtt::Packet packet) {
  auto bytes = mqtt::encode_bytes(packet, version);
  bool sent = co_await write(bytes);
  if (!sent) throw std::runtime_error("a well-behaved client's connection was ended");
}

asio::awaitable<std::optional<mqtt::Packet>> Client::next() {
  mqtt::Bytes buffer(65536);
  for (;;) {
    auto frame = framer_.next();
    if (frame) co_return mqtt::decode(*frame, version, mqtt::Sender::broker, mqtt::Detail::packet_only).packet;
    auto into = asio::buffer(buffer);
    net::Stream::Read got = co_await stream->read_some(into);
    if (got.error == asio::error::eof) co_return std::nullopt;
    if (got.error) throw std::runtime_error("the connection broke: " + got.error.message());
    framer_.feed(mqtt::View(buffer).first(got.size));
  }
}

mqtt::Packet Client::connect_packet(std::string client_id, bool clean_start) const {
  mqtt::Connect connect;
  connect.protocol_name = version == mqtt::Version::v3_1 ? "MQIsdp" : "MQTT";
  connect.protocol_level = version == mqtt::Version::v3_1 ? 3 : version == mqtt::Version::v3_1_1 ? 4 : 5;
  connect.client_id = std::move(client_id);
  connect.clean_start = clean_start;
  return connect;
}

asio::awaitable<void> Client::connect(net::Endpoint where, std::string client_id, bool clean_start) {
  co_await open(std::move(where));
  auto packet = connect_packet(std::move(client_id), clean_start);
  co_await send(std::move(packet));
  auto answer = co_await next();
  auto connack = answer ? std::get_if<mqtt::Connack>(&*answer) : nullptr;
  if (!connack || connack->reason_code) throw std::runtime_error("CONNECT was not accepted");
}

asio::awaitable<void> Client::subscribe(std::string filter, std::uint8_t qos) {
  mqtt::Subscribe subscribe;
  subscribe.packet_id = ++packet_id_;
  subscribe.filters = {{std::move(filter), qos}};
  co_await send(subscribe);
  auto answer = co_await next();
  auto suback = answer ? std::get_if<mqtt::Suback>(&*answer) : nullptr;
  if (!suback || suback->reason_codes != std::vector<std::uint8_t>{qos}) throw std::runtime_error("SUBSCRIBE was not granted");
}

asio::awaitable<void> Client::round_trip(std::string topic) {
  mqtt::Publish publish;
  publish.topic = topic;
  publish.qos = 1;
  publish.packet_id = ++packet_id_;
  publish.payload = {std::uint8_t(packet_id_ >> 8), std::uint8_t(packet_id_)};
  co_await send(publish);
  for (bool acknowledged = false, came = false; !acknowledged || !came;) {
    auto packet = co_await next();
    if (!packet) throw std::runtime_error("a well-behaved client's connection was ended");
    if (auto puback = std::get_if<mqtt::Puback>(&*packet)) acknowledged = puback->packet_id == publish.packet_id;
    auto copy = std::get_if<mqtt::Publish>(&*packet);
    if (!copy) continue;
    if (copy->topic != topic || copy->payload != publish.payload) throw std::runtime_error("a wrong message came: " + copy->topic);
    came = true;
    mqtt::Puback thanks;
    thanks.packet_id = copy->packet_id;
    if (copy->qos) co_await send(thanks);
  }
}

Serve::Serve() {
  folder = (std::filesystem::path(testing::TempDir()) / "serve-XXXXXX").string();
  auto name = folder.string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
  folder = name;
}

Serve::~Serve() {
  child.reset();
  std::filesystem::remove_all(folder);
}

void Serve::start(std::vector<std::string> more) {
  std::vector<std::string> arguments{MQTTSPEC_PROGRAM, "serve", "--listen", "mqtt://127.0.0.1:0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  child = start_program(arguments, "serve");
  await_printed("serve", "listening on ");
  auto text = printed();
  at = net::parse_url(text.substr(13, text.find('\n') - 13)).endpoint.value();
}

void Serve::stop() {
  EXPECT_EQ(child->how_it_ended(), "still running");
  child->signal(SIGTERM);
  await_end(*child);
  EXPECT_EQ(child->how_it_ended(), "exited with status 0") << printed();
}

int Serve::run(std::vector<std::string> arguments) {
  std::filesystem::remove(folder / "said");
  int code = net::run_to_end({std::move(arguments), {}, folder, folder / "said"});
  said = read("said");
  return code;
}

std::unique_ptr<net::Child> Serve::start_program(std::vector<std::string> arguments, const std::string& name) {
  return net::Child::start(io.get_executor(), {std::move(arguments), {}, folder, folder / name});
}

std::string Serve::read(const std::string& name) const {
  std::ifstream in(folder / name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Whole lines only.
asio::awaitable<void> Serve::until_printed(std::string name, std::string text) {
  net::Signal never(io.get_executor());
  for (auto found = std::string::npos; found == std::string::npos;) {
    auto all = read(name);
    found = all.find(text);
    if (found != all.npos) found = all.find('\n', found);
    if (found == all.npos) co_await clock.wait(never, clock.now() + 5ms);
  }
}

void Serve::await_end(net::Child& which) {
  play([&]() -> asio::awaitable<void> {
    bool ended = co_await which.ended(clock, clock.now() + healthy);
    EXPECT_TRUE(ended);
  });
}

void Serve::run_until(bool& over) {
  auto deadline = clock.now() + healthy;
  io.restart();
  try {
    while (!over && clock.now() < deadline) io.run_one_until(deadline);
  } catch (const std::exception& error) {
    ADD_FAILURE() << error.what();
  }
  if (!over) throw std::runtime_error("it takes too long");   // what it refers to is about to go
}

namespace {

TEST_F(Serve, SaysWhereItListensAndWhatIsBroken) {
  start({"--listen", "unix:" + (folder / "socket").string(), "--break", "second_connect_closes"});
  auto expected = fmt::format("listening on mqtt://127.0.0.1:{}\nlistening on unix:{}/socket\n"
                              "broken: second_connect_closes: a second CONNECT is ignored\n", at.port, folder.string());
  await_printed("serve", "broken: ");
  EXPECT_EQ(printed(), expected);
  auto unix_socket = *net::parse_url("unix:" + (folder / "socket").string()).endpoint;
  play([&]() -> asio::awaitable<void> {
    Client here, there;
    co_await here.connect(at, "here");
    co_await there.connect(unix_socket, "there");
    co_await here.subscribe("t", 1);
    mqtt::Publish publish;
    publish.topic = "t";
    co_await there.send(publish);
    auto came = co_await here.next();
    EXPECT_TRUE(came && std::holds_alternative<mqtt::Publish>(*came)) << "all listeners are of one broker";
  });
  stop();
}

TEST_F(Serve, TheBrokenRuleIsBroken) {
  for (bool broken : {false, true}) {
    start(broken ? std::vector<std::string>{"--break", "second_connect_closes"} : std::vector<std::string>{});
    play([&]() -> asio::awaitable<void> {
      Client client;
      co_await client.connect(at, "c");
      mqtt::Connect again;
      again.protocol_level = 5;
      co_await client.send(again);
      co_await client.write({0xc0, 0});
      auto answer = co_await client.next();
      bool pong = answer && std::holds_alternative<mqtt::Pingresp>(*answer), told = answer && std::holds_alternative<mqtt::Disconnect>(*answer);
      EXPECT_EQ(pong, broken);
      EXPECT_EQ(told, !broken);
    });
    stop();
    std::filesystem::remove(folder / "serve");
  }
}

TEST_F(Serve, TellsItsClientsThatItEnds) {
  start();
  play([&]() -> asio::awaitable<void> {
    Client five, three(mqtt::Version::v3_1_1), before_connect;
    co_await five.connect(at, "five");
    co_await three.connect(at, "three");
    co_await before_connect.open(at);
    child->signal(SIGTERM);
    auto last = co_await five.next();
    auto disconnect = last ? std::get_if<mqtt::Disconnect>(&*last) : nullptr;
    EXPECT_TRUE(disconnect && disconnect->reason_code == 0x8b);
    for (auto client : {&five, &three, &before_connect}) {
      auto nothing = co_await client->next();
      EXPECT_FALSE(nothing) << "FIN, and no other packet";
    }
  });
  await_end(*child);
  EXPECT_EQ(child->how_it_ended(), "exited with status 0");
}

TEST_F(Serve, EndsAlsoWhenAClientDoesNotCloseItsSide) {
  start();
  Client stays;
  play([&]() -> asio::awaitable<void> { co_await stays.connect(at, "stays"); });
  stop();
}

TEST_F(Serve, RefusesWhatItCannotServe) {
  start();
  auto taken = net::to_url(at);
  auto refused = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {MQTTSPEC_PROGRAM, "serve"});
    EXPECT_EQ(run(arguments), 2);
    return said;
  };
  EXPECT_EQ(refused({"--listen", taken}), "mqttspec: cannot listen on " + taken + ": somebody else does already; port 0 takes a free one\n");
  EXPECT_EQ(refused({"--listen", "mqtt://ann:secret@127.0.0.1:0"}),
            "mqttspec: --listen says where only; an account is made by --user NAME:PASSWORD\n");
  EXPECT_THAT(refused({"--listen", "http://127.0.0.1:0"}), StartsWith("mqttspec: --listen "));
  auto no_colon = "mqttspec: --user wants a name and a password with a colon between: --user ann:secret\n";
  EXPECT_EQ(refused({"--user", "ann"}), no_colon);
  EXPECT_EQ(refused({"--user", ":secret"}), no_colon);
  EXPECT_THAT(refused({"--listen", "mqtt://192.0.2.1:0"}), StartsWith("mqttspec: cannot listen on mqtt://192.0.2.1:0: "));
  stop();
}

TEST_F(Serve, HelpNamesEveryOption) {
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "serve", "--help"}), 0);
  for (auto option : {"--listen", "--break", "--user", "--list-rules", "port 0 takes a free one", "does exactly this wrong"})
    EXPECT_THAT(said, HasSubstr(option));
}

}  // namespace
}  // namespace cli::serve_test
