#include "harness/net/websocket.h"

#include <boost/asio/error.hpp>

namespace net {

namespace {

enum Code : std::uint16_t { normal = 1000, protocol_error = 1002, unsupported_data = 1003, too_big = 1009 };   // RFC 6455, 7.4.1

std::uint16_t code_for(Trouble trouble) { return trouble == Trouble::text_frame ? unsupported_data : protocol_error; }

}  // namespace

WebSocket::WebSocket(std::unique_ptr<Stream> under, Side side, asio::any_io_executor executor, Manners manners)
    : under_(std::move(under)), side_(side), manners_(std::move(manners)), outbox_(*under_, std::move(executor)) {
  if (side == Side::refused) end_ = asio::error::eof;
}

asio::awaitable<Stream::Read> WebSocket::read_some(asio::mutable_buffer into) {
  for (;;) {
    if (!data_.empty()) {
      const auto size = asio::buffer_copy(into, asio::buffer(data_));
      data_.erase(0, size);
      co_return Read{{}, size};
    }
    if (end_) co_return Read{end_, 0};
    auto frame = reader_.next();
    if (frame) {
      co_await take(std::move(*frame));
      continue;
    }
    if (reader_.lost()) {
      co_await fail(Trouble::long_frame, too_big);
      continue;
    }
    const auto read = co_await under_->read_some(asio::buffer(raw_));
    if (read.error) end_ = read.error;
    if (read.error == asio::error::eof && !std::exchange(finished_, true)) co_await under_->finish();   // a server may wait for our side of TLS to end
    reader_.feed({raw_.data(), read.size});
  }
}

asio::awaitable<void> WebSocket::take(Frame frame) {
  const auto wrong = wrong_with(frame);
  const bool data = frame.opcode == Opcode::binary || frame.opcode == Opcode::continuation;
  if (seen && (!data || wrong)) seen(frame);
  if (wrong) {
    co_await fail(*wrong, code_for(*wrong));
    co_return;
  }
  if (frame.is_control()) {
    co_await take_control(std::move(frame));
    co_return;
  }
  if (frame.opcode == Opcode::reserved) co_return;
  in_message_ = !frame.final;
  data_ += manners_.taken ? manners_.taken(frame) : frame.payload;
}

std::optional<Trouble> WebSocket::wrong_with(const Frame& frame) const {
  const bool server = side_ == Side::server;
  if (server && !frame.masked && manners_.refuses_unmasked) return Trouble::unmasked_frame;
  if (!server && frame.masked) return Trouble::masked_frame;
  if (frame.reserved) return Trouble::broken_frame;
  if (frame.opcode == Opcode::reserved || frame.opcode > Opcode::pong) return manners_.refuses_reserved ? std::optional(Trouble::broken_frame) : std::nullopt;
  if (frame.is_control()) {
    if (in_message_ && !manners_.control_between_fragments) return Trouble::broken_frame;
    return !frame.final || frame.payload.size() > 125 ? std::optional(Trouble::broken_frame) : std::nullopt;
  }
  if (frame.opcode == Opcode::text && manners_.refuses_text) return Trouble::text_frame;
  if ((frame.opcode == Opcode::continuation) != in_message_) return Trouble::broken_frame;
  return std::nullopt;
}

asio::awaitable<void> WebSocket::take_control(Frame frame) {
  if (frame.opcode == Opcode::ping && manners_.answers_ping) {
    co_await outbox_.post(encoded({Opcode::pong, manners_.repeats_ping ? frame.payload : "pong"}));
  } else if (frame.opcode == Opcode::close) {
    end_ = asio::error::eof;
    const auto code = close_code(frame);
    if (!std::exchange(sent_close_, true) && manners_.answers_close) co_await outbox_.post(encoded({Opcode::close, code ? closing(*code) : ""}));
    if (!std::exchange(finished_, true)) co_await under_->finish();
  }
}

asio::awaitable<void> WebSocket::fail(Trouble trouble, std::uint16_t code) {
  end_ = trouble;
  if (!std::exchange(sent_close_, true)) co_await outbox_.post(encoded({Opcode::close, closing(code)}));
  if (!std::exchange(finished_, true)) co_await under_->finish();
}

std::string WebSocket::encoded(Frame frame) {
  frame.masked = side_ != Side::server;
  const auto mask = static_cast<std::uint32_t>(random_());
  return to_bytes(frame, {std::uint8_t(mask >> 24), std::uint8_t(mask >> 16), std::uint8_t(mask >> 8), std::uint8_t(mask)});
}

asio::awaitable<error_code> WebSocket::write(asio::const_buffer all) {
  if (sent_close_ || finished_ || side_ == Side::refused) co_return asio::error::broken_pipe;
  if (all.size() == 0) co_return error_code{};
  const auto opcode = manners_.sends_binary ? Opcode::binary : Opcode::text;
  const auto error = co_await outbox_.write(encoded({opcode, {static_cast<const char*>(all.data()), all.size()}}));
  co_return error;
}

asio::awaitable<error_code> WebSocket::send(Frame frame) {
  if (finished_ || side_ == Side::refused) co_return asio::error::broken_pipe;
  if (frame.opcode == Opcode::close) sent_close_ = true;
  const auto mask = static_cast<std::uint32_t>(random_());
  const auto error = co_await outbox_.write(to_bytes(frame, {std::uint8_t(mask >> 24), std::uint8_t(mask >> 16), std::uint8_t(mask >> 8), std::uint8_t(mask)}));
  co_return error;
}

asio::awaitable<error_code> WebSocket::finish() {
  if (std::exchange(sent_close_, true) || side_ == Side::refused) co_return error_code{};
  const auto error = co_await outbox_.write(encoded({Opcode::close, closing(normal)}));
  co_return error;
}

}  // namespace net
