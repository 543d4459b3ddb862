// `mqttspec serve` over TLS and WebSocket: mosquitto's client over TLS, ours over each, and what a person is told when it does not work.
#include "harness/cli/serve_test.h"
#include "harness/net/certificates_for_test.h"
#include "harness/net/tls.h"

namespace cli::serve_transport_test {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

class OverTransports : public serve_test::Serve {
protected:
  static const net::Certificates& certificates() {
    static const net::Certificates made;
    return made;
  }
  static std::string file(const std::string& name) { return certificates().path(name); }
  void serve(const std::string& url, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--listen", url, "--cert", file("server.crt"), "--key", file("server.key")});
    start(more);
  }
  // Where the listener of this scheme is, by what the program printed, and trusted.
  net::Endpoint listener(const std::string& scheme) const {
    auto text = printed();
    auto from = text.find("listening on " + scheme + "://");
    if (from == text.npos) throw std::runtime_error("no listener " + scheme + " in: " + text);
    from += 13;
    auto endpoint = net::parse_url(text.substr(from, text.find('\n', from) - from)).endpoint.value();
    net::TlsOptions trust;
    trust.ca_file = file("ca.crt");
    endpoint.tls = net::tls_client(trust);
    return endpoint;
  }
};

TEST_F(OverTransports, EachCarriesASubscriptionAndAMessage) {
  for (const std::string scheme : {"mqtts", "ws", "wss"}) {
    serve(scheme + "://127.0.0.1:0");
    await_printed("serve", "listening on " + scheme);
    auto where = listener(scheme);
    play([&]() -> asio::awaitable<void> {
      serve_test::Client client;
      co_await client.connect(where, "a");
      co_await client.subscribe("t", 1);
      co_await client.round_trip("t");
    });
    stop();
  }
}

TEST_F(OverTransports, MosquittosClientPublishesOverTls) {
  serve("mqtts://127.0.0.1:0");
  await_printed("serve", "listening on mqtts");
  auto port = listener("mqtts").port;
  std::vector<std::string> publish{"mosquitto_pub", "-h", "localhost", "-p", port, "-V", "mqttv5", "-q", "2", "-t", "a", "-m", "hi", "--cafile", file("ca.crt")};
  EXPECT_EQ(run(publish), 0) << said;
  publish.back() = file("client.crt");   // an authority that did not make the server's certificate
  EXPECT_NE(run(publish), 0);
  stop();
}

TEST_F(OverTransports, AClientWithoutACertificateIsNotLetIn) {
  serve("mqtts://127.0.0.1:0", {"--cafile", file("ca.crt"), "--user", "ann:secret"});
  await_printed("serve", "listening on mqtts");
  auto port = listener("mqtts").port;
  std::vector<std::string> publish{"mosquitto_pub", "-h", "localhost", "-p", port, "-q", "1", "-t", "a", "-m", "hi", "--cafile", file("ca.crt")};
  EXPECT_NE(run(publish), 0);
  publish.insert(publish.end(), {"--cert", file("client.crt"), "--key", file("client.key")});
  EXPECT_EQ(run(publish), 0) << "its certificate stands for an account: " << said;
  stop();
}

TEST_F(OverTransports, RunTellsWhichCheckFailedAndWhatToDo) {
  serve("mqtts://127.0.0.1:0");
  await_printed("serve", "listening on mqtts");
  auto url = net::to_url(listener("mqtts"));
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "run", url, "--filter", "ping/*"}), 2);
  EXPECT_THAT(said, HasSubstr(url + " cannot be tested: a first client is not served"));
  EXPECT_THAT(said, HasSubstr("the server's certificate comes from an authority that is not trusted (--cafile FILE names one to trust, --insecure trusts everybody): "
                              "/CN=mqttspec test authority"));
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "run", url, "--cafile", "/no/such.crt"}), 2);
  EXPECT_THAT(said, HasSubstr("--cafile /no/such.crt: No such file or directory"));
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "run", "mqtt://127.0.0.1:1", "--insecure"}), 2);
  EXPECT_THAT(said, HasSubstr("mqtt://127.0.0.1:1 goes without TLS: its options are for mqtts:// and wss://"));
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "run", "--transport", "ws"}), 2);
  EXPECT_THAT(said, HasSubstr("--transport chooses among the listeners of a profile (--broker)"));
  stop();
}

TEST_F(OverTransports, RunChoosesAmongTheListenersOfAProfile) {
  for (const std::string transport : {"mqtts", "ws", "wss", "unix"}) {
    EXPECT_EQ(run({MQTTSPEC_PROGRAM, "run", "--broker", "mosquitto", "--transport", transport, "--filter", "connect/accepted", "--mqtt", "5.0", "--record", "record"}), 0) << said;
    EXPECT_THAT(read("record"), HasSubstr("\"transports\":[\"" + transport + "\"]"));
  }
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "run", "--broker", "mosquitto", "--transport", "quic", "--filter", "connect/accepted"}), 2);
  EXPECT_THAT(said, HasSubstr("the profile of mosquitto has no listener 'quic'"));
}

TEST_F(OverTransports, ATlsListenerNeedsACertificate) {
  EXPECT_EQ(run({MQTTSPEC_PROGRAM, "serve", "--listen", "wss://127.0.0.1:0"}), 2);
  EXPECT_THAT(said, HasSubstr("a TLS listener needs a certificate: --cert FILE and --key FILE"));
}

}  // namespace
}  // namespace cli::serve_transport_test
