#pragma once
// A broker that the harness itself starts from a profile, in a scratch directory and on free ports, and that ends with the harness.
#include "harness/engine/instance.h"
#include "harness/engine/profile.h"
#include "harness/net/child.h"

namespace engine {

class ManagedBroker final : public Instance {
public:
  // Over `transport` ("ws"; empty: that of its listener 'default') clients reach it. Returns when every listener has answered a CONNECT with success. Throws std::runtime_error that says what went wrong, with the end
  // of the broker's log. `clock` must outlive the broker.
  static asio::awaitable<std::unique_ptr<ManagedBroker>> start(Profile profile, net::Clock& clock, std::string setup = {}, std::string transport = {});
  ~ManagedBroker() override;                       // kills it and removes the scratch directory

  asio::awaitable<net::Opened> open(Way way) override;
  asio::awaitable<void> control(scenario::Control::Act act) override;
  std::optional<std::string> death() override;     // none also where it was stopped or killed by control()
  asio::awaitable<std::optional<std::string>> death_by(Time deadline) override;
  std::vector<std::string> last_words() override;  // of its log, then of its stdout and stderr, since it was last started
  std::size_t log_position() override;             // bytes
  std::vector<std::string> log_since(std::size_t position) override;   // well-formed UTF-8, without the password; long ones lose their beginning

  net::Endpoint listener(const std::string& name) const;   // throws std::runtime_error where the profile has none of that name
  bool running() { return child_ && child_->running(); }
  std::string how_it_ended();                      // "was killed by signal 9 (Killed)", "exited with status 1", "never started"
  pid_t pid() const override { return child_ ? child_->pid() : -1; }
  const std::string& directory() const { return directory_; }
  const std::string& version() const { return version_; }   // empty: unknown
  const Profile& profile() const { return profile_; }

private:
  ManagedBroker(Profile profile, net::Clock& clock, const std::string& setup, const std::string& transport, asio::any_io_executor executor);
  asio::awaitable<void> prepare();                 // writes the files, runs the commands, learns the version
  asio::awaitable<void> launch();                  // starts the process and waits until it serves
  asio::awaitable<void> stop();
  void kill();
  bool lost_a_port();                              // somebody else took one before the broker could
  std::string listener_over(std::string transport, const std::string& name) const;   // "anonymous" over ws is "ws_anonymous"
  std::string expanded(std::string_view text) const { return expand(text, values_); }
  std::vector<std::string> expanded(const std::vector<std::string>& texts) const;
  std::string clean(std::string line) const;
  std::vector<std::string> last_lines(const std::string& file, std::size_t from, std::size_t most) const;
  std::string tail();                              // "\nits last log lines:\n  ..."
  std::string install_hint() const;
  const std::string& working_directory() const { return profile_.directory.empty() ? directory_ : profile_.directory; }

  Profile profile_;
  net::Clock& clock_;
  asio::any_io_executor executor_;
  std::string directory_, output_, log_, version_;
  std::map<std::string, std::string> values_;      // what stands for {dir}, {port}, ...
  std::shared_ptr<const net::TlsContext> tls_;     // of its listeners mqtts and wss
  std::map<std::string, std::shared_ptr<const net::TlsContext>> showing_;   // with each of the profile's certificates, and with "none"
  std::unique_ptr<net::Child> child_;
  std::size_t log_before_ = 0, output_before_ = 0; // their sizes when it was last started
  bool wanted_ = false;                            // to run: it was started and not stopped
};

}  // namespace engine
