#pragma once
// One network connection of one client: writes in a queue, reads without end, and what must be known of both to place a fence.
#include <algorithm>
#include <deque>
#include <memory>

#include "harness/engine/arrival.h"
#include "harness/engine/pace.h"
#include "harness/engine/recorder.h"
#include "harness/mqtt/framer.h"
#include "harness/net/websocket.h"

namespace engine {

namespace asio = boost::asio;

class Connection : public std::enable_shared_from_this<Connection> {
public:
  Connection(std::string client, mqtt::Version version, std::unique_ptr<net::Stream> stream, std::shared_ptr<Recorder> recorder, Pace& pace);
  // Begins to read. `answer`: of a WebSocket's handshake, to be found in the inbox.
  void start(asio::any_io_executor executor, const std::optional<net::Upgraded>& answer = {});

  void send(mqtt::Bytes bytes, bool fence = false);
  void send_frame(net::Frame frame);           // exactly this one, of a WebSocket
  void read(bool on);                          // off: after what is being read at this moment nothing more is taken from the network
  void finish();                               // FIN, after what is queued
  void drop();                                 // RST, at once
  void let_go();                               // the case is over: ends what still runs, without a record

  bool reads() const { return reads_; }
  bool idle() const { return queue_.empty() && !writing_; }
  std::size_t queued() const { return queue_.size(); }
  bool ended() const { return ended_; }        // by the broker
  bool over() const { return ended_ || left_; }
  bool done() const { return done_ && idle(); }  // nothing of it runs any more
  bool owes_fence() const { return std::find(pings_.begin(), pings_.end(), true) != pings_.end(); }
  // May a PINGREQ be sent as a probe? Only by an admitted client, at a packet's border, that has not said goodbye.
  bool can_fence() const { return admitted_ && !said_goodbye_ && !over() && !outgoing_.lost() && outgoing_.held().empty(); }

  const std::string client;
  const mqtt::Version version;
  std::vector<Arrival> inbox;
  std::size_t next = 0;                        // first arrival that no expectation has looked at
private:
  struct Outgoing { mqtt::Bytes bytes; bool fence; bool fin; std::optional<net::Frame> frame = {}; };
  asio::awaitable<void> read_all();
  asio::awaitable<void> write_all();
  asio::awaitable<void> write_frame(net::Frame frame);
  void saw(nlohmann::json what, std::string text);
  void received(mqtt::Bytes frame);
  void arrived_end(boost::system::error_code error);
  record::Event event_of(record::What what, mqtt::Bytes bytes = {}, std::string text = {}, bool fence = false) const;
  void note_outgoing(mqtt::View bytes, bool fence);
  mqtt::Version version_of(mqtt::View frame) const;
  void queue(Outgoing outgoing);

  asio::any_io_executor executor_;
  std::unique_ptr<net::Stream> stream_;
  std::shared_ptr<Recorder> recorder_;
  Pace& pace_;
  std::optional<record::Microseconds> asked_;  // when the last packet went out that no answer came to yet
  mqtt::Framer incoming_, outgoing_;
  std::deque<Outgoing> queue_;
  std::deque<bool> pings_;                     // PINGREQs not answered yet; true: a fence
  std::size_t received_bytes_ = 0;
  bool writing_ = false, admitted_ = false, said_goodbye_ = false, reads_ = true, reading_ = false, ended_ = false, left_ = false, aborted_ = false, other_protocol_ = false, done_ = false, lost_told_ = false;
};

}  // namespace engine
