// The independent witness: every packet in three versions through Wireshark's dissector.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/generated_packets.h"

namespace mqtt::tshark_test {
namespace {

constexpr std::uint16_t mqtt_port = 1883;

class TemporaryFolder {
public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "mqttspec-tshark-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

// A capture of TCP segments without their handshakes (LINKTYPE_RAW: IPv4 at once).
class Capture {
public:
  Capture() {
    for (auto word : {0xa1b2c3d4u, 0x00040002u, 0u, 0u, 262144u, 101u}) little(word, 4);
  }
  // One segment of a client on this port, in its own or in the broker's direction.
  void add(std::uint16_t client_port, Sender sender, const Bytes& payload) {
    auto& numbers = sequence_[client_port];
    auto own = sender == Sender::client ? 0 : 1;
    bool from_client = own == 0;
    Bytes segment;
    auto big = [&](std::uint32_t value, int size) {
      while (size--) segment.push_back(std::uint8_t(value >> 8 * size));
    };
    big(0x4500, 2), big(std::uint32_t(40 + payload.size()), 2), big(0, 4), big(0x4006, 2), big(0, 2);     // IPv4, TTL 64, TCP
    big(from_client ? 0x0a000001 : 0x0a000002, 4), big(from_client ? 0x0a000002 : 0x0a000001, 4);
    big(from_client ? client_port : mqtt_port, 2), big(from_client ? mqtt_port : client_port, 2);
    big(numbers[std::size_t(own)], 4), big(numbers[std::size_t(1 - own)], 4), big(0x5018, 2), big(65535, 2), big(0, 4);  // PSH, ACK
    segment.insert(segment.end(), payload.begin(), payload.end());
    numbers[std::size_t(own)] += std::uint32_t(payload.size());
    little(++seconds_, 4), little(0, 4), little(std::uint32_t(segment.size()), 4), little(std::uint32_t(segment.size()), 4);
    file_.insert(file_.end(), segment.begin(), segment.end());
  }
  void save(const std::filesystem::path& path) const {
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(file_.data()), std::streamsize(file_.size()));
  }
private:
  Bytes file_;
  std::uint32_t seconds_ = 0;
  std::map<std::uint16_t, std::array<std::uint32_t, 2>> sequence_;
  void little(std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) file_.push_back(std::uint8_t(value >> 8 * i));
  }
};

std::string output_of(const std::string& command) {
  std::string text;
  auto pipe = popen(command.c_str(), "r");
  if (!pipe) return text;
  std::array<char, 65536> piece;
  while (auto size = fread(piece.data(), 1, piece.size(), pipe)) text.append(piece.data(), size);
  pclose(pipe);
  return text;
}

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == by) parts.emplace_back();
    else parts.back() += c;
  }
  return parts;
}

using Numbers = std::vector<std::uint32_t>;
Numbers numbers_in(const std::string& column) {
  Numbers all;
  for (auto& each : split(column, ','))
    if (!each.empty()) all.push_back(std::uint32_t(std::stoul(each, nullptr, 0)));
  return all;
}

// One line a frame, one column a field, all occurrences with commas between them.
constexpr const char* columns[] = {"mqtt.msgtype", "mqtt.len", "mqtt.msgid", "mqtt.topic_len", "mqtt.topic", "mqtt.property_id", "mqtt.msg", "codes",
                                   "options", "mqtt.ver", "mqtt.kalive", "mqtt.clientid_len", "mqtt.willtopic_len", "_ws.expert.message"};
enum Column { type, length, packet_id, topic_size, topic, property_id, payload, codes, options, level, keep_alive, client_id_size, will_topic_size, expert };
constexpr const char* code_fields[] = {"mqtt.conack.val", "mqtt.connack.reason_code", "mqtt.puback.reason_code", "mqtt.pubrec.reason_code",
                                       "mqtt.pubrel.reason_code", "mqtt.pubcomp.reason_code", "mqtt.suback.qos", "mqtt.suback.reason_code",
                                       "mqtt.unsuback.reason_code", "mqtt.disconnect.reason_code", "mqtt.auth.reason_code"};
constexpr const char* option_fields[] = {"mqtt.sub.qos", "mqtt.subscription_options"};

struct Dissected { std::vector<std::string> column; };

std::vector<Dissected> dissect(const std::filesystem::path& capture) {
  std::string command = "tshark -r '" + capture.string() + "' -T fields -E separator=/t -E occurrence=a -E aggregator=,";
  std::size_t before_codes = 0, before_options = 0, count = 0;
  auto ask = [&](const char* field) { command += std::string(" -e ") + field, ++count; };
  for (auto each : columns) {
    if (each == std::string("codes")) {
      before_codes = count;
      for (auto field : code_fields) ask(field);
    } else if (each == std::string("options")) {
      before_options = count;
      for (auto field : option_fields) ask(field);
    } else {
      ask(each);
    }
  }
  std::vector<Dissected> all;
  for (auto& line : split(output_of(command + " 2>/dev/null"), '\n')) {
    auto parts = split(line, '\t');
    if (parts.size() < count) continue;
    auto merge = [&](std::size_t from, std::size_t n) {   // only one of them is filled
      std::string merged;
      for (std::size_t i = from; i < from + n; ++i) merged += parts[i];
      return merged;
    };
    auto codes_text = merge(before_codes, std::size(code_fields)), options_text = merge(before_options, std::size(option_fields));
    parts.erase(parts.begin() + std::ptrdiff_t(before_codes), parts.begin() + std::ptrdiff_t(before_options + std::size(option_fields)));
    parts.insert(parts.begin() + std::ptrdiff_t(before_codes), {codes_text, options_text});
    all.push_back({std::move(parts)});
  }
  return all;
}

struct Expected {
  Numbers packet_id, topic_sizes, property_ids, codes, options;
  std::vector<std::string> topics;
  Bytes payload;
};

void add_ids(Expected& to, const Properties& properties) {
  for (auto& each : properties) to.property_ids.push_back(each.id);
}

// The dissector shows passwords and authentication data as text and complains about a zero byte in them; the standard does not.
void without_zero_bytes(Bytes& bytes) { std::replace(bytes.begin(), bytes.end(), std::uint8_t(0), std::uint8_t('0')); }
void without_zero_bytes(Packet& packet) {
  std::visit([](auto& p) {
    if constexpr (requires { p.password; })
      if (p.password) without_zero_bytes(*p.password);
    if constexpr (requires { p.properties; })
      for (auto& each : p.properties)
        if (auto bytes = std::get_if<Bytes>(&each.value)) without_zero_bytes(*bytes);
  }, packet);
}

// What the dissector shows of a packet.
Expected expected_of(const Packet& packet, Version version) {
  Expected to;
  bool v5 = version == Version::v5_0;
  auto add_topic = [&](const std::string& text) {
    to.topics.push_back(text);
    to.topic_sizes.push_back(std::uint32_t(text.size()));
  };
  std::visit([&]<class P>(const P& p) {
    if constexpr (requires { p.properties; }) add_ids(to, p.properties);
    if constexpr (requires { p.packet_id; })
      if (p.packet_id) to.packet_id.push_back(p.packet_id);
    if constexpr (P::type == Type::connect)
      if (p.will) add_ids(to, p.will->properties);
    if constexpr (P::type == Type::publish) {
      add_topic(p.topic);
      to.payload = p.payload;
    }
    if constexpr (P::type == Type::subscribe)
      for (auto& each : p.filters) add_topic(each.filter), to.options.push_back(each.options);
    if constexpr (P::type == Type::unsubscribe)
      for (auto& each : p.filters) add_topic(each);
    if constexpr (requires { p.reason_codes; })
      for (auto each : p.reason_codes) to.codes.push_back(each);
    if constexpr (requires { p.reason_code; }) {
      bool left_out = !v5 || (p.reason_code == 0 && p.properties.empty());
      if (P::type == Type::connack || !left_out) to.codes.push_back(p.reason_code);
    }
  }, packet);
  return to;
}

bool plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("/+#$").find(c) != std::string_view::npos; });
}

TEST(Tshark, ReadsEveryPacketAsWeDo) {
  ASSERT_NE(output_of("tshark --version 2>/dev/null"), "") << "tshark is not installed; this test needs it (Debian: apt-get install tshark)";
  struct Sent { Version version; Packet packet; Bytes bytes; };
  std::vector<Sent> sent;
  Capture capture;
  constexpr std::uint32_t rounds = 25;
  for (auto version : all_versions)
    for (std::uint32_t round = 0; round < rounds; ++round) {
      PacketGenerator generator(round);
      auto port = std::uint16_t(20000 + std::uint32_t(version) * 100 + round);   // a conversation begins with its CONNECT
      for (auto each : PacketGenerator::types(version)) {
        auto made = generator.packet(each, version);
        without_zero_bytes(made.packet);
        auto bytes = encode_bytes(made.packet, version);
        capture.add(port, made.sender, bytes);
        sent.push_back({version, made.packet, bytes});
      }
    }
  TemporaryFolder folder;
  capture.save(folder.path / "packets.pcap");
  auto seen = dissect(folder.path / "packets.pcap");
  ASSERT_EQ(seen.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    auto& [version, packet, bytes] = sent[i];
    auto& column = seen[i].column;
    SCOPED_TRACE("frame " + std::to_string(i + 1) + ", " + std::string(name(type_of(packet))) + " in " + std::string(name(version)) + ": " + hex(bytes));
    auto wanted = expected_of(packet, version);
    auto decoded = decode(bytes, version, Sender::client);
    EXPECT_EQ(column[expert], "");
    ASSERT_EQ(numbers_in(column[type]), Numbers{std::uint32_t(type_of(packet))});
    EXPECT_EQ(numbers_in(column[length]), Numbers{std::uint32_t(bytes.size() - decoded.fields[0].size - decoded.fields[1].size)});
    EXPECT_EQ(numbers_in(column[packet_id]), wanted.packet_id);
    EXPECT_EQ(numbers_in(column[topic_size]), wanted.topic_sizes);
    if (std::all_of(wanted.topics.begin(), wanted.topics.end(), plain)) {
      std::string joined;
      for (auto& each : wanted.topics) joined += (joined.empty() ? "" : ",") + each;
      EXPECT_EQ(column[topic], joined);
    }
    EXPECT_EQ(numbers_in(column[property_id]), wanted.property_ids);
    EXPECT_EQ(numbers_in(column[codes]), wanted.codes);
    EXPECT_EQ(numbers_in(column[options]), wanted.options);
    EXPECT_EQ(parse_hex(column[payload]), wanted.payload);
    if (auto connect = std::get_if<Connect>(&packet)) {
      EXPECT_EQ(numbers_in(column[level]), Numbers{std::uint32_t(version)});
      EXPECT_EQ(numbers_in(column[keep_alive]), Numbers{connect->keep_alive});
      EXPECT_EQ(numbers_in(column[client_id_size]), Numbers{std::uint32_t(connect->client_id.size())});
      EXPECT_EQ(numbers_in(column[will_topic_size]), connect->will ? Numbers{std::uint32_t(connect->will->topic.size())} : Numbers{});
    }
  }
}

// The witness must be able to object.
TEST(Tshark, ObjectsToAMalformedPacket) {
  ASSERT_NE(output_of("tshark --version 2>/dev/null"), "") << "tshark is not installed; this test needs it (Debian: apt-get install tshark)";
  Capture capture;
  Connect connect;
  connect.protocol_level = 5;
  capture.add(20000, Sender::client, encode_bytes(connect, Version::v5_0));
  capture.add(20000, Sender::client, encode(Publish{false, 0, false, "a", 0, {}, {}}, Version::v5_0, {{"topic", {0, 200, 'a'}}}).bytes);
  TemporaryFolder folder;
  capture.save(folder.path / "packets.pcap");
  auto seen = dissect(folder.path / "packets.pcap");
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].column[expert], "");
  EXPECT_NE(seen[1].column[expert], "");
}

}  // namespace
}  // namespace mqtt::tshark_test
