#pragma once
// Joins a reference broker, which has no I/O, with streams and a clock.
#include <deque>
#include <map>
#include <memory>

#include "harness/cli/planted.h"
#include "harness/net/clock.h"
#include "harness/net/stream.h"
#include "harness/reference/broker.h"

namespace cli {

// The rules with these names broken. Throws std::runtime_error for a name that is none, with the nearest one.
reference::Rules broken_rules(const std::vector<std::string>& names);

class Driver : public std::enable_shared_from_this<Driver> {
public:
  Driver(reference::Options options, reference::Rules rules, net::Clock& clock, net::asio::any_io_executor executor);
  void start();                                    // keeps the broker's deadlines
  void serve(std::unique_ptr<net::Stream> stream, bool anonymous = false);  // a client has connected; anonymous: it needs no account
  void stop();                                     // ends all connections at once; nothing of it runs afterwards

  void shut_down();                                // the broker is stopped in an orderly way: DISCONNECT 8B to 5.0 clients, FIN to all
  net::asio::awaitable<bool> all_gone(net::Time deadline);   // have the clients closed their side too? false: not before the deadline
  void kill();                                     // it is gone without a word
  void start_again();
  bool up() const { return up_; }
  std::size_t connections() const { return broker_.connections(); }
  std::optional<Planted> planted;
private:
  struct Link {
    reference::Handle handle;
    std::unique_ptr<net::Stream> stream;
    mqtt::Bytes outbox;                            // waits for the write under way
    bool writing = false;
    bool closing = false;                          // FIN follows the outbox, and no byte after it
  };
  struct Leaving { net::Time until; std::weak_ptr<Link> link; };
  net::asio::awaitable<void> keep_deadlines();
  net::asio::awaitable<void> read_all(std::shared_ptr<Link> link);
  net::asio::awaitable<void> write_all(std::shared_ptr<Link> link);
  void carry_out(reference::Actions actions);
  void leave(const std::shared_ptr<Link>& link);
  bool ignores(const Link& link, mqtt::View bytes);   // a planted fault has it so
  void flush(const std::shared_ptr<Link>& link);
  std::optional<net::Time> drop_who_stays();       // the next time it has to be called
  net::Time next_deadline() const;
  void tick_if_due();

  reference::Broker broker_;
  net::Clock& clock_;
  net::asio::any_io_executor executor_;
  net::Signal deadline_changed_, gone_;
  std::map<reference::Handle, std::shared_ptr<Link>> links_;
  net::Time due_{};                                // the broker's next deadline when it was last asked; asking costs a look at each connection
  std::deque<Leaving> leaving_;                    // by time
  bool up_ = true, stopped_ = false;
  bool killed_ = false;                            // when it went down
};

}  // namespace cli
