#include "harness/engine/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/utf8.h"
#include "harness/net/trouble.h"
#include "harness/scenario/describe.h"

namespace engine {
namespace {

constexpr std::size_t most_received = 64u << 20;  // bytes a case may make us read before we leave
constexpr std::size_t read_size = 16384;

mqtt::Type type_of(mqtt::View frame) { return mqtt::Type(frame[0] >> 4); }

bool admits(mqtt::View frame) { return type_of(frame) == mqtt::Type::connack && frame.size() > 3 && frame[3] == 0; }

// Does a CONNECT begin as one of this version does: protocol name, then protocol level?
bool speaks(mqtt::View frame, mqtt::Version version) {
  std::size_t at = 1;
  while (at < frame.size() && frame[at] >= 128) ++at;
  const auto name = mqtt::protocol_name_of(version);
  if (frame.size() < at + 4 + name.size() || frame[at + 1] * 256u + frame[at + 2] != name.size()) return false;
  frame = frame.subspan(at + 3);
  return std::equal(name.begin(), name.end(), frame.begin()) && frame[name.size()] == std::uint8_t(version);
}

nlohmann::json frame_of(mqtt::View frame) {
  std::size_t size = 1;
  while (frame[size] >= 128) ++size;
  return {{"length", frame.size()}, {"header", frame[0]}, {"remaining_length", frame.size() - 1 - size}, {"remaining_length_size", size}};
}

constexpr std::pair<net::Opcode, const char*> opcodes[] = {
    {net::Opcode::continuation, "continuation"}, {net::Opcode::text, "text"}, {net::Opcode::binary, "binary"}, {net::Opcode::reserved, "reserved"},
    {net::Opcode::close, "close"}, {net::Opcode::ping, "ping"}, {net::Opcode::pong, "pong"}};

nlohmann::json to_json(const net::Frame& frame) {
  std::string name = "unknown";
  for (auto& [opcode, text] : opcodes)
    if (opcode == frame.opcode) name = text;
  nlohmann::json fields = nlohmann::json::object();
  auto code = net::close_code(frame);
  if (frame.opcode == net::Opcode::close && code) fields["code"] = *code;
  else if (!frame.payload.empty()) fields["payload"] = mqtt::ill_formed_at(frame.payload) ? mqtt::hex(mqtt::bytes_of(frame.payload)) : frame.payload;
  return {{name, fields}};
}

bool answers(mqtt::Type type) {
  using enum mqtt::Type;
  return type == connack || type == puback || type == pubrec || type == pubcomp || type == suback || type == unsuback || type == pingresp;
}

}  // namespace

Connection::Connection(std::string client_name, mqtt::Version speaks, std::unique_ptr<net::Stream> stream, std::shared_ptr<Recorder> recorder,
                       Pace& pace)
    : client(std::move(client_name)), version(speaks), stream_(std::move(stream)), recorder_(std::move(recorder)), pace_(pace) {
  if (auto* socket = stream_->websocket())
    socket->seen = [this](const net::Frame& frame) {
      auto told = to_json(frame);
      saw(told, scenario::describe_frame(told));
    };
}

void Connection::start(asio::any_io_executor executor, const std::optional<net::Upgraded>& answer) {
  executor_ = executor;
  recorder_->append(event_of(record::What::opened));
  if (answer) {
    nlohmann::json fields{{"status", answer->status}};
    if (answer->subprotocol) fields["subprotocol"] = *answer->subprotocol;
    saw({{"answer", fields}}, scenario::describe_frame({{"answer", fields}}));
  }
  read(true);
}

void Connection::read(bool on) {
  reads_ = on;
  if (!on || reading_ || done_) return;
  reading_ = true;
  asio::co_spawn(executor_, [self = shared_from_this()] { return self->read_all(); }, asio::detached);
}

record::Event Connection::event_of(record::What what, mqtt::Bytes bytes, std::string text, bool fence) const {
  record::Event event;
  event.what = what;
  event.client = client;
  event.version = version;
  event.bytes = std::move(bytes);
  event.text = std::move(text);
  event.fence = fence;
  return event;
}

void Connection::send(mqtt::Bytes bytes, bool fence) { queue({std::move(bytes), fence, false}); }
void Connection::send_frame(net::Frame frame) { queue({{}, false, false, std::move(frame)}); }
void Connection::finish() { queue({{}, false, true}); }

void Connection::drop() {
  if (left_) return;
  left_ = aborted_ = true;
  done_ = done_ || !reading_;
  recorder_->append(event_of(record::What::dropped));
  stream_->abort();
}

void Connection::let_go() {
  left_ = aborted_ = true;
  if (!done()) stream_->abort();
}

void Connection::queue(Outgoing outgoing) {
  if (left_) return;
  queue_.push_back(std::move(outgoing));
  if (writing_) return;
  writing_ = true;
  asio::co_spawn(executor_, [self = shared_from_this()] { return self->write_all(); }, asio::detached);
}

asio::awaitable<void> Connection::write_all() {
  while (!queue_.empty() && !left_) {
    auto outgoing = std::move(queue_.front());
    queue_.pop_front();
    if (outgoing.fin) {
      left_ = true;
      recorder_->append(event_of(record::What::finished));
      boost::system::error_code ignored = co_await stream_->finish();
      (void)ignored;  // the read side tells how the connection ended
      continue;
    }
    if (outgoing.frame) {
      co_await write_frame(std::move(*outgoing.frame));
      continue;
    }
    note_outgoing(outgoing.bytes, outgoing.fence);
    recorder_->append(event_of(record::What::sent, outgoing.bytes, {}, outgoing.fence));
    asked_ = recorder_->now();
    auto buffer = asio::buffer(outgoing.bytes);
    boost::system::error_code ignored = co_await stream_->write(buffer);
    (void)ignored;
  }
  queue_.clear();
  writing_ = false;
  recorder_->changed.raise();
}

asio::awaitable<void> Connection::write_frame(net::Frame frame) {
  auto told = to_json(frame).begin().key() + std::string(frame.final ? " frame" : " frame, not the last of its message") + (frame.masked ? "" : ", without a mask");
  if (frame.is_control() || frame.opcode == net::Opcode::reserved) {
    recorder_->append(event_of(record::What::frame_sent, mqtt::bytes_of(frame.payload), told));
  } else {
    auto bytes = mqtt::bytes_of(frame.payload);
    note_outgoing(bytes, false);
    recorder_->append(event_of(record::What::sent, bytes, "in a " + told));
    asked_ = recorder_->now();
  }
  auto* socket = stream_->websocket();
  if (socket) co_await socket->send(std::move(frame));
}

void Connection::saw(nlohmann::json what, std::string text) {
  Arrival arrival;
  arrival.at = recorder_->now();
  arrival.carrier = true;
  arrival.packet = std::move(what);
  arrival.event = recorder_->append(event_of(record::What::frame_received, {}, std::move(text)));
  inbox.push_back(std::move(arrival));
}

void Connection::note_outgoing(mqtt::View bytes, bool fence) {
  outgoing_.feed(bytes);
  while (auto frame = outgoing_.next()) {
    if (type_of(*frame) == mqtt::Type::pingreq) pings_.push_back(fence);
    if (type_of(*frame) == mqtt::Type::disconnect) said_goodbye_ = true;
    if (type_of(*frame) == mqtt::Type::connect && !admitted_) other_protocol_ = !speaks(*frame, version);
  }
}

asio::awaitable<void> Connection::read_all() {
  mqtt::Bytes buffer(read_size);
  while (reads_) {
    auto into = asio::buffer(buffer);
    net::Stream::Read read = co_await stream_->read_some(into);
    if (read.error) {
      arrived_end(read.error);
      done_ = true;
      break;
    }
    received_bytes_ += read.size;
    incoming_.feed(mqtt::View(buffer).first(read.size));
    while (auto frame = incoming_.next()) received(std::move(*frame));
    if (incoming_.lost() && !lost_told_) {
      lost_told_ = true;
      auto held = incoming_.held();
      Arrival arrival;
      auto text = "no packet: a Remaining Length of more than four bytes";
      arrival.event = recorder_->append(event_of(record::What::received, {held.begin(), held.end()}, text));
      arrival.at = recorder_->now();
      arrival.faults = mqtt::decode(held, version, mqtt::Sender::broker).faults;
      inbox.push_back(std::move(arrival));
    }
    if (received_bytes_ > most_received) drop();
  }
  reading_ = false;
  recorder_->changed.raise();
}

void Connection::received(mqtt::Bytes frame) {
  Arrival arrival;
  arrival.at = recorder_->now();
  if (type_of(frame) == mqtt::Type::pingresp && !pings_.empty()) {
    arrival.fence = pings_.front();
    pings_.pop_front();
  }
  if (admits(frame)) admitted_ = true;
  if (asked_ && answers(type_of(frame))) {
    pace_.observe(arrival.at - *asked_);
    asked_.reset();
  }
  auto speaks = version_of(frame);
  auto decoded = mqtt::decode(frame, speaks, mqtt::Sender::broker);
  if (decoded.packet) {
    arrival.type = mqtt::type_of(*decoded.packet);
    arrival.packet = mqtt::to_json(*decoded.packet, speaks);
  }
  arrival.frame = frame_of(frame);
  arrival.fields = std::move(decoded.fields);
  arrival.faults = std::move(decoded.faults);
  auto event = event_of(record::What::received, std::move(frame), {}, arrival.fence);
  event.version = speaks;
  arrival.event = recorder_->append(std::move(event));
  inbox.push_back(std::move(arrival));
}

// To a CONNECT of a protocol or level it does not know, a broker may answer in the form of any version it speaks: the length tells which.
mqtt::Version Connection::version_of(mqtt::View frame) const {
  if (!other_protocol_ || type_of(frame) != mqtt::Type::connack) return version;
  return frame[1] == 2 ? mqtt::Version::v3_1_1 : mqtt::Version::v5_0;
}

void Connection::arrived_end(boost::system::error_code error) {
  if (aborted_ && error != asio::error::eof) return;  // our own doing; a reset that answers our FIN is the broker's
  auto rest = incoming_.held();
  if (!rest.empty() && !incoming_.lost())
    recorder_->append(event_of(record::What::received, {rest.begin(), rest.end()}, "the beginning of a packet that was never finished"));
  ended_ = true;
  Arrival arrival;
  arrival.at = recorder_->now();
  arrival.what = error == asio::error::eof ? record::What::ended : record::What::reset;
  if (error.category() == make_error_code(net::Trouble::tls_failed).category()) arrival.trouble = error.message();
  arrival.event = recorder_->append(event_of(arrival.what, {}, error == asio::error::eof ? "" : error.message()));
  inbox.push_back(std::move(arrival));
}

}  // namespace engine
