#pragma once
// What a connection can fail by beside what the system knows: each check of TLS and of the WebSocket handshake has its own name and sentence.
#include <boost/system/error_code.hpp>

namespace net {

enum class Trouble {
  certificate_expired = 1, certificate_not_yet_valid, wrong_host, unknown_authority, certificate_refused,
  client_certificate_wanted, client_certificate_refused, protocol_version, no_common_cipher, no_application_protocol, no_tls, tls_failed,
  no_http, http_status, wrong_accept, no_subprotocol, wrong_subprotocol,
  text_frame, unmasked_frame, masked_frame, broken_frame, long_frame,
};

// Made an error_code, its message is a sentence without a full stop that says what failed and what a person can do about it.
boost::system::error_code make_error_code(Trouble trouble);

}  // namespace net

template <> struct boost::system::is_error_code_enum<net::Trouble> : std::true_type {};
