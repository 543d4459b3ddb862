#pragma once
// Which broker a command is to meet: a URL, a profile or a command line that says how to start one, or, without these, the embedded reference broker.
#include <CLI/CLI.hpp>

#include "harness/cli/tls_options.h"
#include "harness/engine/instance.h"

namespace cli {

struct TargetOptions {
  std::string url, profile, start, transport, username, password_file, profiles;
  net::TlsOptions tls;
  std::vector<std::string> broken;   // rules of the embedded broker
  bool exclusive = false;
  bool may_break = false;            // --i-may-break-this-broker
  void options(CLI::App& app);
};

using MakeInstance = std::function<engine::asio::awaitable<std::unique_ptr<engine::Instance>>(std::string setup)>;

struct Choice {
  MakeInstance make;       // the setup is empty for the broker as it comes; may be called again for scenarios that ask for a broker of their own
  bool ours = false;       // started by the harness
  int instances = 0;       // as Plan::instances
  bool exclusive = false;  // nobody else uses it
  bool may_break = false;  // ours, on loopback, or the user says so: what may harm a broker is played
  std::string profile;     // name, or empty
  std::vector<std::string> chosen_by{};   // the options that chose it, where `--broker` and the profile's name would not do so again
};
// Throws std::runtime_error that says what is wrong with the URL, the profile or the password file.
Choice choose(const TargetOptions& options, net::Clock& clock);

}  // namespace cli
