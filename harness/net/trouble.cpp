#include "harness/net/trouble.h"

#include <string>
#include <string_view>

namespace net {
namespace {

struct Row { Trouble trouble; std::string_view message; };

constexpr Row rows[] = {
  {Trouble::certificate_expired, "the server's certificate has expired (--insecure passes over it)"},
  {Trouble::certificate_not_yet_valid, "the server's certificate is not valid yet (--insecure passes over it)"},
  {Trouble::wrong_host, "the server's certificate is not for this host (--insecure passes over it)"},
  {Trouble::unknown_authority, "the server's certificate comes from an authority that is not trusted (--cafile FILE names one to trust, --insecure trusts everybody)"},
  {Trouble::certificate_refused, "the server's certificate does not pass (--insecure passes over it)"},
  {Trouble::client_certificate_wanted, "the server wants a client certificate (--cert FILE and --key FILE give one)"},
  {Trouble::client_certificate_refused, "the server does not accept the certificate of --cert"},
  {Trouble::protocol_version, "the server and we have no version of TLS in common (--tls-min-version lowers ours)"},
  {Trouble::no_common_cipher, "the server found no cipher suite in common, or refuses for a reason it does not give"},
  {Trouble::no_application_protocol, "the server knows none of the protocols of --tls-alpn"},
  {Trouble::no_tls, "what answers does not speak TLS"},
  {Trouble::tls_failed, "TLS failed"},
  {Trouble::no_http, "what answers does not speak HTTP, with which a WebSocket begins"},
  {Trouble::http_status, "the server does not open a WebSocket"},
  {Trouble::wrong_accept, "the server's Sec-WebSocket-Accept does not answer our key"},
  {Trouble::no_subprotocol, "the server opens a WebSocket, but names no sub-protocol, which must be 'mqtt'"},
  {Trouble::wrong_subprotocol, "the server opens a WebSocket with another sub-protocol than 'mqtt'"},
  {Trouble::text_frame, "a text frame came; MQTT goes in binary frames"},
  {Trouble::unmasked_frame, "a client's frame without a mask came"},
  {Trouble::masked_frame, "a server's frame with a mask came"},
  {Trouble::broken_frame, "a frame came that RFC 6455 does not allow"},
  {Trouble::long_frame, "a frame came that is longer than anybody needs"},
};

class Category final : public boost::system::error_category {
  const char* name() const noexcept override { return "transport"; }
  std::string message(int value) const override {
    for (const auto& row : rows)
      if (static_cast<int>(row.trouble) == value) return std::string(row.message);
    return "unknown trouble";
  }
};

}  // namespace

boost::system::error_code make_error_code(Trouble trouble) {
  static const Category category;
  return {static_cast<int>(trouble), category};
}

}  // namespace net
