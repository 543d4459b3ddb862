#pragma once
// The options about TLS, the same for every command that opens a URL or listens on one.
#include <CLI/CLI.hpp>

#include "harness/net/tls.h"

namespace cli {

void tls_options(CLI::App& app, net::TlsOptions& tls);          // of a client
void tls_server_options(CLI::App& app, net::TlsOptions& tls);

}  // namespace cli
