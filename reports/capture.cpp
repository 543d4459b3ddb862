#include "reports/capture.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>

#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

using mqtt::Bytes;
using record::What;

constexpr std::uint32_t broker_address = 0x0a000001, first_client_address = 0x0a000002;   // 10.0.0.1, 10.0.0.2
constexpr std::uint16_t broker_port = 1883, first_client_port = 49152;
constexpr std::size_t most_in_a_segment = 1460;
enum Flag : std::uint8_t { fin = 1, syn = 2, rst = 4, psh = 8, ack = 16 };

void big(Bytes& out, std::uint64_t value, int size) {
  while (size--) out.push_back(static_cast<std::uint8_t>(value >> 8 * size));
}
void little(Bytes& out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

// RFC 1071.
std::uint16_t checksum(mqtt::View bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 ? bytes[i] : bytes[i] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}
void put_checksum(Bytes& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8), bytes[at + 1] = static_cast<std::uint8_t>(value);
}

// One side of a TCP connection.
struct Side { std::uint32_t address; std::uint16_t port; std::uint32_t next; };
struct Link { Side client, broker; };

class Capture {
public:
  explicit Capture(record::Microseconds begin) : begin_(begin) {
    little(file, 0xa1b2c3d4), little(file, 0x00040002), little(file, 0), little(file, 0), little(file, 262144), little(file, 1);
  }
  Bytes file;

  void add(const record::Event& event) {
    at_ = begin_ + event.at;
    const auto known = links_.find(event.client);
    if (event.what == What::control || event.what == What::frame_sent || event.what == What::frame_received || (known == links_.end() && event.what != What::opened && event.what != What::refused && event.bytes.empty())) return;
    Link& link = event.what == What::opened || event.what == What::refused || known == links_.end() ? make(event.client) : known->second;
    auto &client = link.client, &broker = link.broker;
    switch (event.what) {
      case What::opened: open(link); break;
      case What::refused: send(client, broker, syn, {}), send(broker, client, rst | ack, {}); break;
      case What::sent: write(client, broker, event.bytes); break;
      case What::received: write(broker, client, event.bytes); break;
      case What::ended: close(broker, client); break;
      case What::finished: close(client, broker); break;
      case What::reset: send(broker, client, rst | ack, {}); break;
      case What::dropped: send(client, broker, rst | ack, {}); break;
      case What::frame_sent:
      case What::frame_received:
      case What::control:
      case What::left_out: break;
    }
  }

private:
  Link& make(const std::string& client) {
    const auto address = addresses_.try_emplace(client, first_client_address + static_cast<std::uint32_t>(addresses_.size())).first->second;
    const auto number = count_++;
    const Link fresh{{address, static_cast<std::uint16_t>(first_client_port + number), 0x10000000 + number * 0x1000000}, {broker_address, broker_port, 0x80000000 + number * 0x1000000}};
    return links_.insert_or_assign(client, fresh).first->second;
  }
  void open(Link& link) {
    send(link.client, link.broker, syn, {});
    send(link.broker, link.client, syn | ack, {});
    send(link.client, link.broker, ack, {});
  }
  void close(Side& from, Side& to) {
    send(from, to, fin | ack, {});
    send(to, from, ack, {});
  }
  void write(Side& from, Side& to, mqtt::View bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += most_in_a_segment) send(from, to, psh | ack, bytes.subspan(at, std::min(most_in_a_segment, bytes.size() - at)));
    send(to, from, ack, {});
  }

  void send(Side& from, const Side& to, std::uint8_t flags, mqtt::View payload) {
    Bytes tcp;
    big(tcp, from.port, 2), big(tcp, to.port, 2), big(tcp, from.next, 4), big(tcp, flags & ack ? to.next : 0, 4);
    big(tcp, 0x50, 1), big(tcp, flags, 1), big(tcp, 65535, 2), big(tcp, 0, 4);
    tcp.insert(tcp.end(), payload.begin(), payload.end());
    const std::uint32_t pseudo = (from.address >> 16) + (from.address & 0xffff) + (to.address >> 16) + (to.address & 0xffff) + 6 + static_cast<std::uint32_t>(tcp.size());
    put_checksum(tcp, 16, checksum(tcp, pseudo));
    Bytes ip;
    big(ip, 0x4500, 2), big(ip, 20 + tcp.size(), 2), big(ip, identification_++, 2), big(ip, 0x4000, 2), big(ip, 0x4006, 2), big(ip, 0, 2);
    big(ip, from.address, 4), big(ip, to.address, 4);
    put_checksum(ip, 10, checksum(ip));
    Bytes frame;
    for (const auto address : {to.address, from.address}) big(frame, 0x0200, 2), big(frame, address, 4);   // locally administered
    big(frame, 0x0800, 2);
    frame.insert(frame.end(), ip.begin(), ip.end());
    frame.insert(frame.end(), tcp.begin(), tcp.end());
    const auto size = static_cast<std::uint32_t>(frame.size());
    little(file, static_cast<std::uint32_t>(at_.count() / 1'000'000)), little(file, static_cast<std::uint32_t>(at_.count() % 1'000'000)), little(file, size), little(file, size);
    file.insert(file.end(), frame.begin(), frame.end());
    from.next += static_cast<std::uint32_t>(payload.size()) + (flags & (syn | fin) ? 1 : 0);
  }

  record::Microseconds begin_, at_{};
  std::map<std::string, Link> links_;                  // the last connection of each client
  std::map<std::string, std::uint32_t> addresses_;
  std::uint32_t count_ = 0;
  std::uint16_t identification_ = 1;
};

// 0 where the header does not say it as the harness writes it.
record::Microseconds begin_of(const std::string& started) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(started.c_str(), "%d-%d-%dT%d:%d:%dZ", &year, &month, &day, &hour, &minute, &second) != 6) return {};
  const std::chrono::sys_days date{std::chrono::year{year} / month / day};
  return date.time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// As the page's anchors name the case; a name too long for a file ends with a number.
std::string file_name(const Case& each, std::size_t number) {
  constexpr std::size_t most = 180;
  const auto name = each.anchor.substr(std::string_view("case-").size());
  return name.size() <= most ? name : fmt::format("{}-{}", name.substr(0, most), number);
}

}  // namespace

mqtt::Bytes capture(const record::Result& result, record::Microseconds begin) {
  Capture made(begin);
  for (const auto& event : result.trace) made.add(event);
  return std::move(made.file);
}

std::size_t write_captures(const record::Run& run, const std::filesystem::path& folder) {
  const View view{run};
  const auto begin = begin_of(run.header.started);
  std::filesystem::create_directories(folder);
  std::size_t written = 0;
  for (const auto& each : view.cases) {
    if (each.verdict() == record::Verdict::pass) continue;
    const auto result = view.whole(each);
    if (result.trace.empty()) continue;
    const auto bytes = capture(result, begin + result.started);
    const auto file = folder / (file_name(each, written) + ".pcap");
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw std::runtime_error(fmt::format("{}: cannot be written", file.string()));
    ++written;
  }
  return written;
}

}  // namespace reports
