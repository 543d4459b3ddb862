// Our side of TLS against Asio's, which knows nothing of tls.cpp: each check fails by its own name.
#include "harness/net/tls.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "harness/net/certificates_for_test.h"
#include "harness/net/memory_stream.h"
#include "harness/net/quietly.h"
#include "harness/net/trouble.h"

namespace net::tls_test {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
namespace ssl = asio::ssl;
using Socket = ssl::stream<tcp::socket>;

const Certificates& certificates() {
  static Certificates* made = nullptr;
  if (!made) {
    made = new Certificates;
    made->issue("other", "DNS:other.example,IP:192.0.2.1");
    made->issue("expired", "DNS:localhost,IP:127.0.0.1", -1);
    static const std::unique_ptr<Certificates> owner(made);
  }
  return *made;
}

class Tls : public testing::Test {
protected:
  void serve(const std::string& certificate = "server") {
    context.use_certificate_chain_file(certificates().path(certificate + ".crt"));
    context.use_private_key_file(certificates().path(certificate + ".key"), ssl::context::pem);
  }
  void demand_certificate() {
    context.load_verify_file(certificates().path("ca.crt"));
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  TlsOptions trusting() const {
    TlsOptions options;
    options.ca_file = certificates().path("ca.crt");
    return options;
  }
  template <class Body> void play(Body body) {
    std::exception_ptr thrown;
    asio::co_spawn(io, body, [&](std::exception_ptr it) { thrown = it; });
    io.run_for(60s);
    if (thrown) std::rethrow_exception(thrown);
  }
  // Opens, reads once (with TLS 1.3 a server looks at the client's certificate after the handshake), and tells what went wrong.
  std::string trouble(TlsOptions options, const std::string& host = "localhost") {
    std::string told;
    play([&]() -> asio::awaitable<void> {
      asio::co_spawn(io, echo(), asio::detached);
      Endpoint to{Transport::tls, host, std::to_string(acceptor.local_endpoint().port()), "", {}, {}, tls_client(options)};
      auto opened = co_await open(to, clock, clock.now() + 30s);
      if (opened.error) {
        told = opened.trouble();
        co_return;
      }
      co_await opened.stream->write(asio::buffer("ping", 4));
      std::array<char, 10> buffer{};
      const auto read = co_await opened.stream->read_some(asio::buffer(buffer));
      told = read.error ? read.error.message() : std::string(buffer.data(), read.size);
    });
    return told;
  }
  asio::awaitable<void> echo() {
    auto [error, socket] = co_await acceptor.async_accept(quietly);
    Socket peer(std::move(socket), context);
    const auto [failed] = co_await peer.async_handshake(ssl::stream_base::server, quietly);
    std::array<char, 10> buffer{};
    const auto [ended, size] = co_await peer.async_read_some(asio::buffer(buffer), quietly);
    if (failed || ended) co_return;
    server_name = SSL_get_servername(peer.native_handle(), TLSEXT_NAMETYPE_host_name) ? SSL_get_servername(peer.native_handle(), TLSEXT_NAMETYPE_host_name) : "";
    version = SSL_get_version(peer.native_handle());
    co_await asio::async_write(peer, asio::buffer(buffer, size), quietly);
    co_await peer.async_read_some(asio::buffer(buffer), quietly);
  }

  asio::io_context io;
  RealClock clock;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  ssl::context context{ssl::context::tls_server};
  std::string server_name, version;
};

TEST_F(Tls, CarriesBytesToWhomItTrusts) {
  serve();
  EXPECT_EQ(trouble(trusting()), "ping");
  EXPECT_EQ(server_name, "localhost") << "SNI";
  EXPECT_EQ(version, "TLSv1.3");
}

TEST_F(Tls, KnowsAddressesOfCertificates) {
  serve();
  EXPECT_EQ(trouble(trusting(), "127.0.0.1"), "ping");
  EXPECT_EQ(server_name, "") << "an address is no server name";
}

TEST_F(Tls, RefusesAnUnknownAuthority) {
  serve();
  EXPECT_EQ(trouble({}), "the server's certificate comes from an authority that is not trusted (--cafile FILE names one to trust, --insecure trusts everybody): "
                         "/CN=mqttspec test authority");
}

TEST_F(Tls, RefusesAnotherHost) {
  serve("other");
  EXPECT_EQ(trouble(trusting()), "the server's certificate is not for this host (--insecure passes over it): it is for DNS:other.example, IP Address:192.0.2.1");
}

TEST_F(Tls, RefusesAnotherAddress) {
  serve("other");
  EXPECT_EQ(trouble(trusting(), "127.0.0.1"), "the server's certificate is not for this host (--insecure passes over it): it is for DNS:other.example, IP Address:192.0.2.1");
}

TEST_F(Tls, RefusesAnExpiredCertificate) {
  serve("expired");
  EXPECT_THAT(trouble(trusting()), testing::MatchesRegex("the server's certificate has expired \\(--insecure passes over it\\): on [A-Z].* 20.* GMT"));
}

TEST_F(Tls, TrustsAnybodyWhenToldTo) {
  serve("expired");
  TlsOptions insecure;
  insecure.insecure = true;
  EXPECT_EQ(trouble(insecure), "ping");
}

TEST_F(Tls, TellsThatAClientCertificateIsWanted) {
  serve();
  demand_certificate();
  EXPECT_EQ(trouble(trusting()), "the server wants a client certificate (--cert FILE and --key FILE give one)");
}

TEST_F(Tls, TellsThatAClientCertificateIsWantedInTls12) {
  serve();
  demand_certificate();
  context.set_options(ssl::context::no_tlsv1_3);
  EXPECT_EQ(trouble(trusting()), "the server wants a client certificate (--cert FILE and --key FILE give one)");
}

TEST_F(Tls, ShowsItsCertificate) {
  serve();
  demand_certificate();
  auto options = trusting();
  options.certificate = certificates().path("client.crt");
  options.key = certificates().path("client.key");
  EXPECT_EQ(trouble(options), "ping");
}

TEST_F(Tls, TellsThatItsCertificateIsNotAccepted) {
  serve();
  demand_certificate();
  auto options = trusting();
  options.certificate = certificates().path("expired.crt");
  options.key = certificates().path("expired.key");
  EXPECT_EQ(trouble(options), "the server does not accept the certificate of --cert");
}

TEST_F(Tls, TellsThatNoVersionIsInCommon) {
  serve();
  context.set_options(ssl::context::no_tlsv1_3);
  auto options = trusting();
  options.minimum_version = "1.3";
  EXPECT_EQ(trouble(options), "the server and we have no version of TLS in common (--tls-min-version lowers ours)");
}

TEST_F(Tls, SpeaksTheVersionsItIsAllowed) {
  serve();
  context.set_options(ssl::context::no_tlsv1_3);
  auto options = trusting();
  options.minimum_version = "1.2";
  EXPECT_EQ(trouble(options), "ping");
  EXPECT_EQ(version, "TLSv1.2");
}

// A plain MQTT broker closes on a ClientHello, and a chatty server says something that is no TLS.
TEST_F(Tls, TellsThatNobodySpeaksTls) {
  for (const std::string& said : {std::string(), std::string("220 mail.example ready for whatever you have\r\n")}) {
    std::string told;
    play([&]() -> asio::awaitable<void> {
      asio::co_spawn(io, [&]() -> asio::awaitable<void> {
        auto [error, socket] = co_await acceptor.async_accept(quietly);
        co_await asio::async_write(socket, asio::buffer(said), quietly);
        socket.shutdown(asio::socket_base::shutdown_send);
        std::array<char, 1000> buffer;
        co_await socket.async_read_some(asio::buffer(buffer), quietly);
      }, asio::detached);
      Endpoint to{Transport::tls, "127.0.0.1", std::to_string(acceptor.local_endpoint().port()), "", {}, {}, tls_client(trusting())};
      auto opened = co_await open(to, clock, clock.now() + 30s);
      told = opened.trouble();
    });
    io.restart();
    EXPECT_EQ(told, said.empty() ? "End of file: in the TLS handshake; does this port speak TLS?" : "what answers does not speak TLS");
  }
}

TEST_F(Tls, GivesUpOnAMuteServerAtTheDeadline) {
  error_code error;
  play([&]() -> asio::awaitable<void> {
    Endpoint to{Transport::tls, "127.0.0.1", std::to_string(acceptor.local_endpoint().port()), "", {}, {}, tls_client(trusting())};
    auto opened = co_await open(to, clock, clock.now() + 50ms);   // the kernel accepts, nobody answers
    error = opened.error;
  });
  EXPECT_EQ(error, asio::error::timed_out);
}

std::string refusal(const TlsOptions& options, bool server = false) {
  try {
    if (server) tls_server(options);
    else tls_client(options);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "taken";
}

TEST(TlsOptions, ThatCannotBeUsedAreNamed) {
  EXPECT_EQ(refusal({.ca_file = "/none.crt", .ca_path = {}, .certificate = {}, .key = {}, .minimum_version = {}, .alpn = {}}), "--cafile /none.crt: No such file or directory");
  EXPECT_EQ(refusal({.ca_file = {}, .ca_path = {}, .certificate = "/none.crt", .key = {}, .minimum_version = {}, .alpn = {}}), "--cert and --key go together: a certificate is of no use without its key");
  EXPECT_EQ(refusal({.ca_file = {}, .ca_path = {}, .certificate = certificates().path("client.crt"), .key = certificates().path("server.key"), .minimum_version = {}, .alpn = {}}),
            "--key " + certificates().path("server.key") + ": key values mismatch");
  EXPECT_EQ(refusal({.ca_file = {}, .ca_path = {}, .certificate = {}, .key = {}, .minimum_version = "2", .alpn = {}}), "--tls-min-version 2: expected 1.0, 1.1, 1.2 or 1.3");
  EXPECT_EQ(refusal({.ca_file = {}, .ca_path = {}, .certificate = {}, .key = {}, .minimum_version = {}, .alpn = {""}}), "--tls-alpn: the name of a protocol has 1 to 255 bytes");
  EXPECT_EQ(refusal({}, true), "a TLS listener needs a certificate: --cert FILE and --key FILE");
}

TEST(TlsOptions, AnEncryptedKeyIsRefusedAndNobodyIsAskedForItsPassphrase) {
  const auto file = certificates().path("encrypted.key");
  ASSERT_EQ(run_to_end({{"openssl", "pkey", "-in", certificates().path("client.key"), "-aes256", "-passout", "pass:secret", "-out", file}, {}, {}, {}}), 0);
  EXPECT_EQ(refusal({.ca_file = {}, .ca_path = {}, .certificate = certificates().path("client.crt"), .key = file, .minimum_version = {}, .alpn = {}}),
            "--key " + file + ": it is encrypted, and nobody is asked for its passphrase; write it in the clear to a file only you can read: "
            "(umask 077; openssl pkey -in " + file + " -out plain.key)");
}

// Both sides ours, over memory streams.
struct Pair {
  asio::io_context io;
  std::unique_ptr<Stream> client, server;
  Opened opened, accepted;
  std::array<char, 40000> buffer{};

  Pair(TlsOptions ours, TlsOptions theirs) {
    auto [one, other] = memory_streams(io.get_executor());
    asio::co_spawn(io, accept_tls(std::move(other), tls_server(theirs)), [&](std::exception_ptr, Opened made) { accepted = std::move(made); });
    asio::co_spawn(io, connect_tls(std::move(one), tls_client(ours), "localhost"), [&](std::exception_ptr, Opened made) { opened = std::move(made); });
    io.run();
    client = std::move(opened.stream);
    server = std::move(accepted.stream);
  }
  template <class Body> void play(Body body) {
    io.restart();
    std::exception_ptr thrown;
    asio::co_spawn(io, body, [&](std::exception_ptr it) { thrown = it; });
    io.run();
    if (thrown) std::rethrow_exception(thrown);
  }
};

TlsOptions ours() {
  TlsOptions options;
  options.ca_file = certificates().path("ca.crt");
  return options;
}
TlsOptions theirs() {
  TlsOptions options;
  options.certificate = certificates().path("server.crt");
  options.key = certificates().path("server.key");
  return options;
}

TEST(TlsStream, EndsInAnOrderlyWayOnEachSideAlone) {
  Pair pair(ours(), theirs());
  pair.play([&]() -> asio::awaitable<void> {
    const auto finished = co_await pair.client->finish();
    EXPECT_FALSE(finished);
    const auto end = co_await pair.server->read_some(asio::buffer(pair.buffer));
    EXPECT_EQ(end.error, asio::error::eof);
    const auto refused = co_await pair.client->write(asio::buffer("x", 1));
    EXPECT_EQ(refused, asio::error::broken_pipe);
    const auto still = co_await pair.server->write(asio::buffer("more", 4));
    EXPECT_FALSE(still);
    const auto read = co_await pair.client->read_some(asio::buffer(pair.buffer));
    EXPECT_EQ(std::string(pair.buffer.data(), read.size), "more");
  });
}

TEST(TlsStream, TellsAReset) {
  Pair pair(ours(), theirs());
  pair.play([&]() -> asio::awaitable<void> {
    pair.client->abort();
    const auto end = co_await pair.server->read_some(asio::buffer(pair.buffer));
    EXPECT_EQ(end.error, asio::error::connection_reset);
  });
}

TEST(TlsStream, MakesEachWriteARecordOfItsOwn) {
  Pair pair(ours(), theirs());
  pair.play([&]() -> asio::awaitable<void> {
    for (const char* text : {"a", "bc", "def"}) co_await pair.client->write(asio::buffer(text, std::string_view(text).size()));
    for (const char* text : {"a", "bc", "def"}) {   // SSL_read never joins records
      const auto read = co_await pair.server->read_some(asio::buffer(pair.buffer));
      EXPECT_EQ(std::string(pair.buffer.data(), read.size), text);
    }
  });
}

TEST(TlsStream, CarriesLargeWrites) {
  Pair pair(ours(), theirs());
  const std::string large(3'000'000, 'x');
  std::string got;
  pair.play([&]() -> asio::awaitable<void> {
    const auto error = co_await pair.client->write(asio::buffer(large));
    EXPECT_FALSE(error);
    while (got.size() < large.size()) {
      const auto read = co_await pair.server->read_some(asio::buffer(pair.buffer));
      if (read.error) break;
      got.append(pair.buffer.data(), read.size);
    }
  });
  EXPECT_EQ(got, large);
}

TEST(TlsStream, AgreesOnAnApplicationProtocol) {
  auto offering = ours(), choosing = theirs();
  offering.alpn = {"mqtt", "x-amzn-mqtt-ca"};
  choosing.alpn = {"x-amzn-mqtt-ca"};
  Pair pair(offering, choosing);
  EXPECT_TRUE(pair.client && pair.server);
  choosing.alpn = {"h2"};
  Pair none(offering, choosing);
  EXPECT_EQ(none.opened.trouble(), "the server knows none of the protocols of --tls-alpn");
  EXPECT_FALSE(none.client);
}

}  // namespace
}  // namespace net::tls_test
