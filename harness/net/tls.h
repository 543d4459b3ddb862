#pragma once
// TLS over any stream, either side. OpenSSL is known to tls.cpp only.
#include <vector>

#include "harness/net/stream.h"

namespace net {

struct TlsOptions {
  std::string ca_file, ca_path;       // PEM file, folder of hashed ones: whose certificates to trust; a server then demands one of its clients
  std::string certificate, key;       // PEM files: our own; a server needs both
  std::string minimum_version;        // "1.0" to "1.3"; empty: what OpenSSL is set to
  std::vector<std::string> alpn;      // a client offers these, a server chooses among them
  bool insecure = false;              // a client trusts whoever answers

  bool given() const { return *this != TlsOptions{}; }
  bool operator==(const TlsOptions&) const = default;
};

// Made once for many connections. Each throws std::runtime_error that names the option and the file, and why it cannot be used.
std::shared_ptr<const TlsContext> tls_client(const TlsOptions& options);   // verifies; without ca_file and ca_path by the system's authorities
std::shared_ptr<const TlsContext> tls_server(const TlsOptions& options);

// The handshake. `host` is a name or an address: the certificate must be for it, and a name is also told to the server (SNI).
asio::awaitable<Opened> connect_tls(std::unique_ptr<Stream> under, std::shared_ptr<const TlsContext> context, std::string host);
asio::awaitable<Opened> accept_tls(std::unique_ptr<Stream> under, std::shared_ptr<const TlsContext> context);

}  // namespace net
