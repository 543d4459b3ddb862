// Load and ill will: whatever others do to `mqttspec serve`, a well-behaved client is served all the time.
#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>
#include <random>
#include <set>

#include "harness/cli/serve_test.h"
#include "harness/mqtt/generated_packets.h"

namespace cli::serve_hostile_test {
namespace {

using serve_test::Client;
using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr mqtt::Version versions[] = {mqtt::Version::v3_1, mqtt::Version::v3_1_1, mqtt::Version::v5_0};

void limit_files(rlim_t soft) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min(soft, files.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &files);
}

class Load : public serve_test::Serve {};

// Everybody asks before anybody looks at an answer.
TEST_F(Load, AThousandConnectionsAtOnce) {
  limit_files(256);          // serve raises its own limit
  start();
  limit_files(4096);
  constexpr int count = 1000;
  std::vector<Client> clients;
  for (int i = 0; i < count; ++i) clients.emplace_back(versions[i % 3]);
  auto own = [](int i) { return fmt::format("own/{}", i); };
  play([&]() -> asio::awaitable<void> {
    for (auto& client : clients) co_await client.open(at);
    for (int i = 0; i < count; ++i) {
      mqtt::Packet connect = clients[i].connect_packet(fmt::format("client-{}", i));
      co_await clients[i].send(connect);
    }
    for (auto& client : clients) {
      auto answer = co_await client.next();
      auto connack = answer ? std::get_if<mqtt::Connack>(&*answer) : nullptr;
      EXPECT_TRUE(connack && connack->reason_code == 0);
    }
    mqtt::Subscribe subscribe;
    subscribe.packet_id = 1;
    for (int i = 0; i < count; ++i) {
      subscribe.filters = {{own(i), 0}, {"all", 0}};
      co_await clients[i].send(subscribe);
    }
    for (auto& client : clients) {
      auto suback = co_await client.next();
      EXPECT_TRUE(suback && std::holds_alternative<mqtt::Suback>(*suback));
    }
    mqtt::Publish publish;
    for (int i = 0; i < count; ++i) {
      publish.topic = own(i);
      co_await clients[i].send(publish);
    }
    publish.topic = "all";
    co_await clients[0].send(publish);
    for (int i = 0; i < count; ++i) {
      std::set<std::string> topics;
      for (int messages = 0; messages < 2; ++messages) {
        auto came = co_await clients[i].next();
        auto message = came ? std::get_if<mqtt::Publish>(&*came) : nullptr;
        if (message) topics.insert(message->topic);
      }
      EXPECT_EQ(topics, (std::set<std::string>{own(i), "all"}));
    }
  });
  stop();
}

class Hostile : public serve_test::Serve {
protected:
  // The well-behaved client is served before, between and after what `body(round)` does.
  template <class Body> void beside_a_good_client(int rounds, Body body) {
    start();
    play([&]() -> asio::awaitable<void> {
      Client good;
      co_await good.connect(at, "well-behaved");
      co_await good.subscribe("good/own", 1);
      for (int round = 0; round < rounds; ++round) {
        co_await body(round);
        co_await good.round_trip("good/own");
      }
      Client newcomer;
      co_await newcomer.connect(at, "newcomer");
    });
    stop();
  }
  std::uint32_t below(std::uint32_t limit) { return std::uint32_t(random() % limit); }

  // Ends a connection in one of three ways.
  asio::awaitable<void> leave(Client& client) {
    auto way = below(3);
    if (way == 0) co_await client.stream->finish();
    if (way == 1) client.stream->abort();
    client.stream.reset();
  }
  mqtt::Bytes connect(mqtt::Version version) {
    return mqtt::encode_bytes(PacketGenerator(random()).packet(mqtt::Type::connect, version).packet, version);
  }
  mqtt::Bytes plain_connect(mqtt::Version version) {       // some meet each other's sessions
    auto clean_start = below(2) == 1;
    return mqtt::encode_bytes(Client(version).connect_packet(fmt::format("h{}", below(20)), clean_start), version);
  }
  mqtt::Bytes packet(mqtt::Version version) {
    auto types = PacketGenerator::types(version);
    return mqtt::encode_bytes(PacketGenerator(random()).packet(types[below(std::uint32_t(types.size()))], version).packet, version);
  }
  void bend(mqtt::Bytes& bytes) {
    for (auto times = 1 + below(3); times-- && !bytes.empty();) {
      auto where = bytes.begin() + below(std::uint32_t(bytes.size()));
      switch (below(4)) {
        case 0: *where ^= std::uint8_t(1u << below(8)); break;
        case 1: *where = std::uint8_t(below(256)); break;
        case 2: bytes.erase(where); break;
        default: bytes.insert(where, std::uint8_t(below(256)));
      }
    }
  }
  using PacketGenerator = mqtt::PacketGenerator;
  std::mt19937 random{20240607};
};

TEST_F(Hostile, RandomBytes) {
  beside_a_good_client(200, [&](int round) -> asio::awaitable<void> {
    Client client;
    co_await client.open(at);
    auto bytes = round % 2 ? plain_connect(versions[round % 3]) : mqtt::Bytes{};
    for (auto size = below(3000); size--;) bytes.push_back(std::uint8_t(below(256)));
    co_await client.write(bytes);
    co_await leave(client);
  });
}

TEST_F(Hostile, BentPackets) {
  beside_a_good_client(300, [&](int round) -> asio::awaitable<void> {
    auto version = versions[round % 3];
    Client client;
    co_await client.open(at);
    auto bytes = below(4) ? plain_connect(version) : connect(version);
    if (below(10) == 0) bend(bytes);
    for (auto count = 1 + below(10); count--;) {
      auto one = packet(version);
      if (below(3) == 0) bend(one);
      bytes.insert(bytes.end(), one.begin(), one.end());
    }
    co_await client.write(bytes);
    co_await leave(client);
  });
}

TEST_F(Hostile, HalfPackets) {
  std::vector<Client> open;      // they stay, with their half of a packet
  beside_a_good_client(200, [&](int round) -> asio::awaitable<void> {
    auto version = versions[round % 3];
    Client client;
    co_await client.open(at);
    auto first = plain_connect(version), second = packet(version);
    if (round % 2) first.resize(below(std::uint32_t(first.size())));
    else second.resize(below(std::uint32_t(second.size())));
    co_await client.write(first);
    if (round % 2 == 0) co_await client.write(second);
    if (below(2)) open.push_back(std::move(client));
    else co_await leave(client);
  });
}

TEST_F(Hostile, ResetsAmidstAnExchange) {
  beside_a_good_client(200, [&](int round) -> asio::awaitable<void> {
    Client client(versions[round % 3]);
    co_await client.connect(at, fmt::format("resets-{}", round % 5), round % 2);
    mqtt::Subscribe subscribe;
    subscribe.packet_id = 1;
    subscribe.filters = {{"exchange", 2}};
    mqtt::Publish publish;
    publish.topic = "exchange";
    publish.qos = 2;
    publish.packet_id = 2;
    publish.payload.resize(below(50000));
    co_await client.send(subscribe);
    co_await client.send(publish);
    client.stream->abort();
  });
}

// The most memory the process has had, in MiB. Sanitizers keep what is freed: nothing is said of them.
long peak(pid_t pid) {
#if defined(__SANITIZE_ADDRESS__)
  return 1;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return 1;
#endif
#endif
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib / 1024;
  }
  return -1;
}

TEST_F(Hostile, WhoeverNeverReadsIsDropped) {
  Client deaf, publisher;
  mqtt::Publish publish;
  publish.topic = "flood";
  publish.payload.resize(1u << 20);
  beside_a_good_client(90, [&](int round) -> asio::awaitable<void> {
    if (round == 0) {
      co_await deaf.connect(at, "deaf");
      co_await publisher.connect(at, "publisher");
      co_await deaf.subscribe("flood", 0);
    }
    co_await publisher.send(publish);
    co_await publisher.write({0xc0, 0});
    auto pong = co_await publisher.next();
    if (!pong) throw std::runtime_error("the publisher was ended");
    if (round < 89) co_return;
    auto most = peak(child->pid());
    EXPECT_GT(most, 0);
    EXPECT_LT(most, 400) << "MiB";
    int came = 0;
    std::string end;
    try {
      for (auto more = co_await deaf.next(); more; ++came) more = co_await deaf.next();
    } catch (const std::runtime_error& error) {
      end = error.what();
    }
    EXPECT_EQ(end, "the connection broke: Connection reset by peer");
    EXPECT_LT(came, 20) << "no more than its socket held";
  });
}

TEST_F(Hostile, PingsWhoseAnswersNobodyReadsCostLittle) {
  mqtt::Bytes pings;
  for (int i = 0; i < 50000; ++i) pings.insert(pings.end(), {0xc0, 0});
  Client deaf;
  beside_a_good_client(10, [&](int round) -> asio::awaitable<void> {
    if (round == 0) co_await deaf.connect(at, "deaf");
    bool sent = co_await deaf.write(pings);
    EXPECT_TRUE(sent);
    if (round == 9) EXPECT_LT(peak(child->pid()), 40) << "MiB";
  });
}

}  // namespace
}  // namespace cli::serve_hostile_test
