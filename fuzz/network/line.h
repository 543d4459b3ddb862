#pragma once
// One network connection to the broker, read all the time: what came so far, and whether the broker has ended it.
#include <memory>

#include "harness/engine/instance.h"
#include "harness/mqtt/bytes.h"

namespace network {

namespace asio = boost::asio;
using net::Duration;
using net::Time;

class Line : public std::enable_shared_from_this<Line> {
public:
  // No stream where the broker takes no connection. `changed` is raised when something came; it must outlive the line's reading.
  static asio::awaitable<std::shared_ptr<Line>> open(engine::Instance& instance, net::Clock& clock, std::shared_ptr<net::Signal> changed);

  // A broker that does not read so much within the patience is left: nothing more is sent to it.
  asio::awaitable<void> write(mqtt::Bytes bytes, Duration patience);
  asio::awaitable<void> finish();
  void abort();                      // RST; nothing more is noted

  mqtt::Bytes received;
  bool connected = false;
  bool ended = false;                // the broker ended the connection
  bool done = true;                  // nothing more will come
private:
  asio::awaitable<void> read_all();
  asio::awaitable<void> write_all(std::shared_ptr<mqtt::Bytes> bytes, std::shared_ptr<net::Signal> written);
  net::Clock* clock_ = nullptr;
  std::size_t sent_ = 0;             // bytes
  bool stuck_ = false;               // a write of ours that the broker has not read
  std::unique_ptr<net::Stream> stream_;
  std::shared_ptr<net::Signal> changed_;
  bool aborted_ = false;
};

}  // namespace network
