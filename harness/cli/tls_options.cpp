#include "harness/cli/tls_options.h"

namespace cli {

void tls_options(CLI::App& app, net::TlsOptions& tls) {
  app.add_option("--cafile", tls.ca_file, "PEM file of the authorities to trust instead of the system's (mqtts, wss)");
  app.add_option("--capath", tls.ca_path, "folder of such files, named by their hashes as `openssl rehash` does");
  app.add_option("--cert", tls.certificate, "PEM file with the certificate to show to the broker");
  app.add_option("--key", tls.key, "PEM file with its key, not encrypted");
  app.add_option("--tls-alpn", tls.alpn, "application protocol to offer, may be repeated");
  app.add_option("--tls-min-version", tls.minimum_version, "oldest TLS to speak: 1.0, 1.1, 1.2 or 1.3 (default: what OpenSSL is set to)");
  app.add_flag("--insecure", tls.insecure, "trust whoever answers: neither certificate nor host name are checked");
}

void tls_server_options(CLI::App& app, net::TlsOptions& tls) {
  app.add_option("--cert", tls.certificate, "PEM file with the certificate of the listeners mqtts and wss");
  app.add_option("--key", tls.key, "PEM file with its key, not encrypted");
  app.add_option("--cafile", tls.ca_file, "PEM file of authorities: clients must show a certificate of one of them, and need no account then");
  app.add_option("--tls-alpn", tls.alpn, "application protocol to accept, may be repeated");
  app.add_option("--tls-min-version", tls.minimum_version, "oldest TLS to speak: 1.0, 1.1, 1.2 or 1.3");
}

}  // namespace cli
