#include "harness/net/url.h"

#include <gtest/gtest.h>

namespace net::url_test {
namespace {

Endpoint parsed(std::string_view url) {
  const auto result = parse_url(url);
  EXPECT_TRUE(result.endpoint) << url << ": " << result.error;
  return result.endpoint.value_or(Endpoint{});
}
std::string error(std::string_view url) {
  const auto result = parse_url(url);
  EXPECT_FALSE(result.endpoint) << url;
  return result.error;
}

std::string known(const std::string& said) { return said + "mqtt://host:1883, mqtts://host:8883, ws://host:80/mqtt, wss://host:443/mqtt, unix:/path/to/socket"; }

TEST(Url, takes_host_and_port) {
  const auto to = parsed("mqtt://broker.example:8883");
  EXPECT_EQ(to.transport, Transport::tcp);
  EXPECT_EQ(to.host, "broker.example");
  EXPECT_EQ(to.port, "8883");
  EXPECT_FALSE(to.username);
  EXPECT_FALSE(to.password);
}

TEST(Url, has_1883_without_a_port) {
  EXPECT_EQ(parsed("mqtt://h").port, "1883");
  EXPECT_EQ(parsed("mqtt://h/").port, "1883");
  EXPECT_EQ(parsed("MQTT://[::1]").port, "1883");
}

TEST(Url, takes_the_account_percent_decoded) {
  const auto to = parsed("mqtt://us%3aer:p%40ss%2Fw:%C3%BC%25@h:1");
  EXPECT_EQ(to.username, "us:er");
  EXPECT_EQ(to.password, "p@ss/w:ü%");
  EXPECT_EQ(to.host, "h");
  EXPECT_EQ(parsed("mqtt://u:p@ss@h").password, "p@ss") << "the last @ counts";
  EXPECT_EQ(parsed("mqtt://u@h").password, std::nullopt);
  EXPECT_EQ(parsed("mqtt://u:@h").password, "");
  EXPECT_EQ(parsed("mqtt://:p@h").username, "");
}

TEST(Url, takes_ipv6_in_brackets) {
  EXPECT_EQ(parsed("mqtt://u:p@[2001:db8::1]:99").host, "2001:db8::1");
  EXPECT_EQ(parsed("mqtt://[2001:db8::1]:99").port, "99");
  EXPECT_EQ(parsed("mqtt://[fe80::1%251]").host, "fe80::1%1");
}

TEST(Url, takes_unix_paths) {
  EXPECT_EQ(parsed("unix:/run/m.sock").transport, Transport::unix_);
  EXPECT_EQ(parsed("unix:/run/m.sock").path, "/run/m.sock");
  EXPECT_EQ(parsed("unix:///run/m%20x").path, "/run/m x");
  EXPECT_EQ(parsed("unix://u:p@/run/m").username, "u");
  EXPECT_EQ(parsed("unix://u:p@/run/m").path, "/run/m");
}

TEST(Url, has_the_transport_in_its_scheme) {
  EXPECT_EQ(parsed("mqtts://h").transport, Transport::tls);
  EXPECT_EQ(parsed("mqtts://h").port, "8883");
  EXPECT_EQ(parsed("ws://h").transport, Transport::ws);
  EXPECT_EQ(parsed("ws://h").port, "80");
  EXPECT_EQ(parsed("WSS://h").transport, Transport::wss);
  EXPECT_EQ(parsed("wss://h").port, "443");
  EXPECT_TRUE(uses_tls(Transport::wss) && uses_websocket(Transport::wss) && uses_tls(Transport::tls) && uses_websocket(Transport::ws));
  EXPECT_FALSE(uses_tls(Transport::ws) || uses_websocket(Transport::tls) || uses_tls(Transport::tcp) || uses_websocket(Transport::unix_));
  for (auto& name : transport_names()) EXPECT_EQ(scheme(transport_named(name).value()), name);
  EXPECT_EQ(transport_named("http"), std::nullopt);
}

TEST(Url, takes_a_websockets_path) {
  EXPECT_EQ(parsed("ws://h:9001").path, "/mqtt");
  EXPECT_EQ(parsed("ws://h:9001/").path, "/");
  EXPECT_EQ(parsed("ws://u:p@h:9001/a%20b?x=1").path, "/a%20b?x=1");
  EXPECT_EQ(parsed("ws://h?x").path, "/?x");
  EXPECT_EQ(to_url(parsed("wss://u:p@[::1]:99/a?b")), "wss://[::1]:99/a?b");
  EXPECT_EQ(error("ws://h/a#b"), "a WebSocket's path has no '#'");
  EXPECT_EQ(error("ws://h/a b"), "the path holds a blank or a control character");
  EXPECT_EQ(error("wss:h"), "'//' must follow the scheme; write wss://host:443/mqtt");
  EXPECT_EQ(error("mqtts://h/path"), "an mqtts URL ends after the port; '/path' is too much");
}

TEST(Url, says_what_is_wrong) {
  EXPECT_EQ(error("http://h:1"), known("unknown scheme 'http'; known are "));
  EXPECT_EQ(error("localhost:1883"), "'localhost:1883' has no scheme; did you mean mqtt://localhost:1883?");
  EXPECT_EQ(error("localhost"), "'localhost' has no scheme; did you mean mqtt://localhost?");
  EXPECT_EQ(error("/run/m.sock"), "'/run/m.sock' has no scheme; did you mean unix:/run/m.sock?");
  EXPECT_EQ(error(""), known("the scheme is missing; known are "));
  EXPECT_EQ(error("mqtt:h"), "'//' must follow the scheme; write mqtt://host:1883");
  EXPECT_EQ(error("mqtt://"), "the host is missing; write mqtt://host:1883");
  EXPECT_EQ(error("mqtt://u:p@:1883"), "the host is missing; write mqtt://host:1883");
  EXPECT_EQ(error("mqtt://a b"), "the host holds a blank or a control character");
  EXPECT_EQ(error("mqtt://h:70000"), "the port '70000' is no number from 1 to 65535");
  EXPECT_EQ(error("mqtt://h:0"), "the port '0' is no number from 1 to 65535");
  EXPECT_EQ(parse_place("mqtt://h:0").endpoint.value().port, "0") << "to listen, it takes a free one";
  EXPECT_EQ(parse_place("mqtt://h:70000").error, "the port '70000' is no number from 1 to 65535");
  EXPECT_EQ(error("mqtt://h:"), "the port '' is no number from 1 to 65535");
  EXPECT_EQ(error("mqtt://h:18x"), "the port '18x' is no number from 1 to 65535");
  EXPECT_EQ(error("mqtt://::1"), "an IPv6 address stands in brackets: mqtt://[::1]");
  EXPECT_EQ(error("mqtt://[::1"), "the bracket before the IPv6 address is not closed; write mqtt://[::1]:1883");
  EXPECT_EQ(error("mqtt://[::1]1883"), "after the bracket comes ':' and the port, not '1883'");
  EXPECT_EQ(error("mqtt://[1.2.3.4]"), "'1.2.3.4' is no IPv6 address");
  EXPECT_EQ(error("mqtt://h/path"), "an mqtt URL ends after the port; '/path' is too much");
  EXPECT_EQ(error("mqtt://h?x"), "an mqtt URL ends after the port; '?x' is too much");
  EXPECT_EQ(error("unix:m.sock"), "a unix URL names an absolute path: unix:/path/to/socket");
  EXPECT_EQ(error("unix://run/m.sock"), "a unix URL has no host, but an absolute path: unix:/run/m.sock");
  EXPECT_EQ(error("unix:/" + std::string(200, 'x')), "the path has 201 bytes; a Unix socket's has at most 107");
  EXPECT_EQ(error("unix:/a%00"), "the path holds a null byte");
}

TEST(Url, never_shows_the_password) {
  EXPECT_EQ(error("mqtt://u:s%zzcret@h"), "in the password two hex digits must follow '%'; a percent sign itself is written %25");
  EXPECT_EQ(error("mqtt://u%4:secret@h"), "in the user two hex digits must follow '%'; a percent sign itself is written %25");
  EXPECT_EQ(error("mqtt://u:sec/ret@h"), "in the user and the password '/', '?' and '#' are written %2F, %3F and %23");
  EXPECT_EQ(error("u:secret@h:1883"), known("the scheme is missing; known are "));
}

TEST(Url, is_written_without_the_account) {
  EXPECT_EQ(to_url(parsed("mqtt://u:p@h")), "mqtt://h:1883");
  EXPECT_EQ(to_url(parsed("mqtt://[fe80::1%251]:2")), "mqtt://[fe80::1%251]:2");
  EXPECT_EQ(to_url(parsed("unix:/a%20b%25")), "unix:/a%20b%25");
}

TEST(Url, knows_loopback) {
  for (const auto url : {"mqtt://127.0.0.1", "mqtt://127.9.9.9", "mqtt://[::1]", "mqtt://[::ffff:127.0.0.1]", "mqtt://LocalHost", "mqtt://a.localhost", "unix:/x"})
    EXPECT_TRUE(is_loopback(parsed(url))) << url;
  for (const auto url : {"mqtt://10.0.0.1", "mqtt://[::]", "mqtt://0.0.0.0", "mqtt://localhost.example", "mqtt://127.0.0.1.example"})
    EXPECT_FALSE(is_loopback(parsed(url))) << url;
}

}  // namespace
}  // namespace net::url_test
