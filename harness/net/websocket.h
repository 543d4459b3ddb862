#pragma once
// A WebSocket over any stream, either side: what is written goes out as one binary frame a write, and the payload of data frames is what is read.
// Control frames are answered on the way. Both sides may be asked to do what RFC 6455 forbids: that is what a harness is for.
#include <functional>
#include <random>
#include <span>

#include "harness/net/frame.h"
#include "harness/net/outbox.h"
#include "harness/net/stream.h"
#include "harness/net/trouble.h"

namespace net {

// How a server behaves, rule by rule. As it stands it keeps them all.
struct Manners {
  // The sub-protocol that is returned ("": none is named); none: the handshake is refused.
  std::function<std::optional<std::string>(const std::vector<std::string>& offered)> choose;
  std::function<std::string(const Frame&)> taken;   // of a data frame: the bytes that count. None set: its payload
  bool refuses_text = true, refuses_unmasked = true, refuses_reserved = true, sends_binary = true;
  bool answers_ping = true, repeats_ping = true, answers_close = true, control_between_fragments = true;
};

class WebSocket final : public Stream {
public:
  enum class Side : std::uint8_t { client, server, refused };    // refused: a client that the server did not let in; it has ended
  WebSocket(std::unique_ptr<Stream> under, Side side, asio::any_io_executor executor, Manners manners = {});

  asio::awaitable<Read> read_some(asio::mutable_buffer into) override;   // eof: a close frame came, or FIN below
  asio::awaitable<error_code> write(asio::const_buffer all) override;
  asio::awaitable<error_code> finish() override;
  void abort() noexcept override { under_->abort(); }
  WebSocket* websocket() override { return this; }

  asio::awaitable<error_code> send(Frame frame);    // exactly this one, allowed or not
  std::function<void(const Frame&)> seen;           // every frame but binary data and its continuations, before it is answered
  void feed(std::string_view bytes) { reader_.feed(bytes); }   // what came behind the handshake

private:
  asio::awaitable<void> take(Frame frame);
  asio::awaitable<void> take_control(Frame frame);
  asio::awaitable<void> fail(Trouble trouble, std::uint16_t code);
  std::optional<Trouble> wrong_with(const Frame& frame) const;
  std::string encoded(Frame frame);

  std::unique_ptr<Stream> under_;
  const Side side_;
  const Manners manners_;
  Outbox outbox_;
  FrameReader reader_;
  std::string data_;                                // payload not read yet
  std::array<char, 16384> raw_{};
  std::minstd_rand random_;
  error_code end_;                                  // set: nothing more is to be read
  bool in_message_ = false, sent_close_ = false, finished_ = false;
};

// The handshake (RFC 6455, section 4). `host` is what the Host header says: "broker.example:8080".
asio::awaitable<Opened> connect_websocket(std::unique_ptr<Stream> under, std::string host, Upgrade upgrade);
// `path` is the only one that is served; others get 404.
asio::awaitable<Opened> accept_websocket(std::unique_ptr<Stream> under, std::string path, Manners manners = {});

}  // namespace net
