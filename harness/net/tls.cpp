#include "harness/net/tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstring>
#include <span>
#include <stdexcept>

#include "harness/net/outbox.h"
#include "harness/net/trouble.h"

namespace net {

struct TlsContext {
  explicit TlsContext(const SSL_METHOD* method) : ssl(SSL_CTX_new(method)) {}
  ~TlsContext() { SSL_CTX_free(ssl); }
  TlsContext(const TlsContext&) = delete;
  SSL_CTX* ssl;
  bool insecure = false;
  std::string alpn;                     // as it stands on the wire: a length byte before each
};

namespace {

struct ByResult { long result; Trouble trouble; };
constexpr ByResult by_verification[] = {
  {X509_V_ERR_CERT_HAS_EXPIRED, Trouble::certificate_expired},
  {X509_V_ERR_CERT_NOT_YET_VALID, Trouble::certificate_not_yet_valid},
  {X509_V_ERR_HOSTNAME_MISMATCH, Trouble::wrong_host},
  {X509_V_ERR_IP_ADDRESS_MISMATCH, Trouble::wrong_host},
  {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, Trouble::unknown_authority},
  {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, Trouble::unknown_authority},
  {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Trouble::unknown_authority},
  {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Trouble::unknown_authority},
  {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, Trouble::unknown_authority},
};
constexpr ByResult by_reason[] = {
  {SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, Trouble::client_certificate_wanted},
  {SSL_R_TLSV1_ALERT_UNKNOWN_CA, Trouble::client_certificate_refused},
  {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, Trouble::client_certificate_refused},
  {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, Trouble::client_certificate_refused},
  {SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, Trouble::client_certificate_refused},
  {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, Trouble::client_certificate_refused},
  {SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, Trouble::client_certificate_refused},
  {SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, Trouble::protocol_version},
  {SSL_R_UNSUPPORTED_PROTOCOL, Trouble::protocol_version},
  {SSL_R_NO_PROTOCOLS_AVAILABLE, Trouble::protocol_version},
  {SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, Trouble::no_common_cipher},
  {SSL_R_NO_SHARED_CIPHER, Trouble::no_common_cipher},
  {SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, Trouble::no_application_protocol},
  {SSL_R_WRONG_VERSION_NUMBER, Trouble::no_tls},
  {SSL_R_HTTP_REQUEST, Trouble::no_tls},
  {SSL_R_PACKET_LENGTH_TOO_LONG, Trouble::no_tls},
};

std::optional<Trouble> named(std::span<const ByResult> rows, long result) {
  for (const auto& row : rows)
    if (row.result == result) return row.trouble;
  return std::nullopt;
}

struct Version { std::string_view name; int number; };
constexpr Version versions[] = {{"1.0", TLS1_VERSION}, {"1.1", TLS1_1_VERSION}, {"1.2", TLS1_2_VERSION}, {"1.3", TLS1_3_VERSION}};

std::string why() {
  const auto error = ERR_peek_error();
  if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
  const auto* reason = ERR_reason_error_string(error);
  return reason ? reason : "unknown reason";
}

void require(bool done, std::string_view option, const std::string& file) {
  if (!done) throw std::runtime_error(fmt::format("{} {}: {}", option, file, why()));
}

int note_encryption(char*, int, int, void* encrypted) {   // where OpenSSL would ask for a passphrase on the terminal
  *static_cast<bool*>(encrypted) = true;
  return -1;
}

void use_key(SSL_CTX* context, const std::string& file) {
  bool encrypted = false;
  SSL_CTX_set_default_passwd_cb(context, note_encryption);
  SSL_CTX_set_default_passwd_cb_userdata(context, &encrypted);
  const bool done = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (encrypted) throw std::runtime_error(fmt::format("--key {0}: it is encrypted, and nobody is asked for its passphrase; write it in the clear to a file only you can read: "
                                                      "(umask 077; openssl pkey -in {0} -out plain.key)", file));
  require(done, "--key", file);
}

std::string printed(const ASN1_TIME* time) {
  BIO* out = BIO_new(BIO_s_mem());
  ASN1_TIME_print(out, time);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out, &text);
  std::string result(text, static_cast<std::size_t>(size));
  BIO_free(out);
  return result;
}

// "DNS:localhost, IP Address:127.0.0.1"; without such names the subject's.
std::string names_in(const X509* certificate) {
  BIO* out = BIO_new(BIO_s_mem());
  const int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
  if (at >= 0) X509V3_EXT_print(out, X509_get_ext(certificate, at), 0, 0);
  else X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out, &text);
  std::string result(text, static_cast<std::size_t>(size));
  BIO_free(out);
  return result;
}

std::string one_line(X509_NAME* name) {
  char text[256];
  X509_NAME_oneline(name, text, sizeof text);
  return text;
}

std::shared_ptr<TlsContext> context_of(const SSL_METHOD* method, const TlsOptions& options) {
  ERR_clear_error();
  auto made = std::make_shared<TlsContext>(method);
  SSL_CTX_set_options(made->ssl, SSL_OP_NO_RENEGOTIATION);
  if (!options.minimum_version.empty()) {
    int number = 0;
    for (const auto& row : versions)
      if (row.name == options.minimum_version) number = row.number;
    if (!number) throw std::runtime_error(fmt::format("--tls-min-version {}: expected 1.0, 1.1, 1.2 or 1.3", options.minimum_version));
    SSL_CTX_set_min_proto_version(made->ssl, number);
    if (number < TLS1_2_VERSION) SSL_CTX_set_security_level(made->ssl, 0);   // which forbids them otherwise
  }
  if (!options.ca_file.empty()) require(SSL_CTX_load_verify_file(made->ssl, options.ca_file.c_str()) == 1, "--cafile", options.ca_file);
  if (!options.ca_path.empty()) require(SSL_CTX_load_verify_dir(made->ssl, options.ca_path.c_str()) == 1, "--capath", options.ca_path);
  if (options.certificate.empty() != options.key.empty()) throw std::runtime_error("--cert and --key go together: a certificate is of no use without its key");
  if (!options.certificate.empty()) {
    require(SSL_CTX_use_certificate_chain_file(made->ssl, options.certificate.c_str()) == 1, "--cert", options.certificate);
    use_key(made->ssl, options.key);
  }
  for (const auto& name : options.alpn) {
    if (name.empty() || name.size() > 255) throw std::runtime_error("--tls-alpn: the name of a protocol has 1 to 255 bytes");
    made->alpn += static_cast<char>(name.size()) + name;
  }
  return made;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered, unsigned int offered_size, void* context) {
  const auto& ours = static_cast<const TlsContext*>(context)->alpn;
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(ours.data()), static_cast<unsigned>(ours.size()), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// OpenSSL works on two buffers in memory; this class carries their bytes to and from the stream below.
class TlsStream final : public Stream {
public:
  TlsStream(std::unique_ptr<Stream> under, std::shared_ptr<const TlsContext> context, asio::any_io_executor executor)
      : under_(std::move(under)), context_(std::move(context)), outbox_(*under_, std::move(executor)), ssl_(SSL_new(context_->ssl)),
        in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_app_data(ssl_, this);
  }
  ~TlsStream() override { SSL_free(ssl_); }

  void be_client(const std::string& host) {
    SSL_set_connect_state(ssl_);
    unsigned char address[sizeof(in6_addr)];
    const bool is_address = ::inet_pton(AF_INET, host.c_str(), address) == 1 || ::inet_pton(AF_INET6, host.c_str(), address) == 1;
    if (!is_address) SSL_set_tlsext_host_name(ssl_, host.c_str());
    if (is_address) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
    else SSL_set1_host(ssl_, host.c_str());
    SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set_verify(ssl_, context_->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, note_verification);
    SSL_set_cert_cb(ssl_, note_request, this);
    if (!context_->alpn.empty()) SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(context_->alpn.data()), static_cast<unsigned>(context_->alpn.size()));
  }
  void be_server() { SSL_set_accept_state(ssl_); }

  asio::awaitable<error_code> handshake() {
    for (;;) {
      ERR_clear_error();
      const int result = SSL_do_handshake(ssl_);
      const auto trouble = result == 1 ? error_code{} : trouble_of(result);
      const auto unsent = co_await outbox_.write(pending());
      if (result == 1 || trouble != asio::error::would_block) co_return trouble;
      if (unsent) co_return unsent;
      const auto error = co_await feed();
      if (!error) continue;
      detail_ = "in the TLS handshake; does this port speak TLS?";
      co_return error;
    }
  }

  asio::awaitable<Read> read_some(asio::mutable_buffer into) override {
    for (;;) {
      ERR_clear_error();
      std::size_t size = 0;
      const int result = SSL_read_ex(ssl_, into.data(), into.size(), &size);
      const auto trouble = result == 1 ? error_code{} : trouble_of(result);
      co_await outbox_.post(pending());
      if (trouble != asio::error::would_block) co_return Read{trouble, size};
      const auto error = co_await feed();
      if (error) co_return Read{error, 0};
    }
  }

  asio::awaitable<error_code> write(asio::const_buffer all) override {
    if (all.size() == 0) co_return error_code{};
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_write_ex(ssl_, all.data(), all.size(), &size);
    if (result != 1) co_return SSL_get_shutdown(ssl_) & SSL_SENT_SHUTDOWN ? asio::error::make_error_code(asio::error::broken_pipe) : trouble_of(result);
    const auto error = co_await outbox_.write(pending());
    co_return error;
  }

  asio::awaitable<error_code> finish() override {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    const auto unsent = co_await outbox_.write(pending());
    const auto error = co_await under_->finish();
    co_return unsent ? unsent : error;
  }
  void abort() noexcept override { under_->abort(); }

  std::string detail() const { return detail_; }

private:
  static int note_verification(int good, X509_STORE_CTX* store) {
    if (good) return good;
    auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* certificate = X509_STORE_CTX_get_current_cert(store);
    auto& detail = static_cast<TlsStream*>(SSL_get_app_data(ssl))->detail_;
    const long result = X509_STORE_CTX_get_error(store);
    switch (named(by_verification, result).value_or(Trouble::certificate_refused)) {
      case Trouble::certificate_expired: detail = "on " + printed(X509_get0_notAfter(certificate)); break;
      case Trouble::certificate_not_yet_valid: detail = "before " + printed(X509_get0_notBefore(certificate)); break;
      case Trouble::wrong_host: detail = "it is for " + names_in(certificate); break;
      case Trouble::unknown_authority: detail = one_line(X509_get_issuer_name(certificate)); break;
      default: detail = X509_verify_cert_error_string(result);
    }
    return good;
  }
  static int note_request(SSL*, void* self) {
    static_cast<TlsStream*>(self)->asked_for_certificate_ = true;
    return 1;
  }

  // would_block: bytes of the peer are wanted. To be asked for at once after OpenSSL gave the result.
  error_code trouble_of(int result) {
    const int kind = SSL_get_error(ssl_, result);
    if (kind == SSL_ERROR_WANT_READ) return asio::error::would_block;
    if (kind == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
    const long verification = SSL_get_verify_result(ssl_);
    if (verification != X509_V_OK && !SSL_is_server(ssl_) && !context_->insecure)
      return named(by_verification, verification).value_or(Trouble::certificate_refused);
    const auto reason = ERR_GET_REASON(ERR_peek_last_error());
    const bool without_certificate = asked_for_certificate_ && !SSL_get_certificate(ssl_);
    if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE && without_certificate) return Trouble::client_certificate_wanted;
    if (const auto trouble = named(by_reason, reason)) return *trouble;
    detail_ = why();
    return Trouble::tls_failed;
  }

  std::string pending() {
    std::string bytes(BIO_ctrl_pending(out_), '\0');
    if (!bytes.empty()) BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

  asio::awaitable<error_code> feed() {
    const auto read = co_await under_->read_some(asio::buffer(raw_));
    if (!read.error) BIO_write(in_, raw_.data(), static_cast<int>(read.size));
    co_return read.error;
  }

  std::unique_ptr<Stream> under_;
  std::shared_ptr<const TlsContext> context_;
  Outbox outbox_;
  SSL* ssl_;
  BIO *in_, *out_;                      // owned by ssl_
  std::array<char, 16384> raw_{};
  std::string detail_;
  bool asked_for_certificate_ = false;
};

}  // namespace

std::shared_ptr<const TlsContext> tls_client(const TlsOptions& options) {
  auto made = context_of(TLS_client_method(), options);
  made->insecure = options.insecure;
  if (options.ca_file.empty() && options.ca_path.empty()) SSL_CTX_set_default_verify_paths(made->ssl);
  return made;
}

std::shared_ptr<const TlsContext> tls_server(const TlsOptions& options) {
  if (options.certificate.empty()) throw std::runtime_error("a TLS listener needs a certificate: --cert FILE and --key FILE");
  auto made = context_of(TLS_server_method(), options);
  const bool wants_certificate = !options.ca_file.empty() || !options.ca_path.empty();
  if (wants_certificate) SSL_CTX_set_verify(made->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  static constexpr unsigned char sessions_of[] = "mqttspec";
  SSL_CTX_set_session_id_context(made->ssl, sessions_of, sizeof sessions_of - 1);
  if (!made->alpn.empty()) SSL_CTX_set_alpn_select_cb(made->ssl, choose_protocol, made.get());
  return made;
}

asio::awaitable<Opened> connect_tls(std::unique_ptr<Stream> under, std::shared_ptr<const TlsContext> context, std::string host) {
  const auto executor = co_await asio::this_coro::executor;
  auto stream = std::make_unique<TlsStream>(std::move(under), std::move(context), executor);
  stream->be_client(host);
  const auto error = co_await stream->handshake();
  Opened opened{error, nullptr, error ? stream->detail() : ""};
  if (!error) opened.stream = std::move(stream);
  co_return opened;
}

asio::awaitable<Opened> accept_tls(std::unique_ptr<Stream> under, std::shared_ptr<const TlsContext> context) {
  const auto executor = co_await asio::this_coro::executor;
  auto stream = std::make_unique<TlsStream>(std::move(under), std::move(context), executor);
  stream->be_server();
  const auto error = co_await stream->handshake();
  Opened opened{error, nullptr, error ? stream->detail() : ""};
  if (!error) opened.stream = std::move(stream);
  co_return opened;
}

}  // namespace net
