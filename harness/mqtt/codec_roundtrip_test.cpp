// What holds for every packet: it comes back as it went, its fields lie in order, and no cut of it passes for a whole one.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/generated_packets.h"
#include "harness/mqtt/property_table.h"
#include "harness/mqtt/rules.h"

namespace mqtt::codec_roundtrip_test {
namespace {

std::string told(const std::vector<Fault>& faults) {
  std::string all;
  for (auto& each : faults) all += "@" + std::to_string(each.offset) + " " + each.text + "\n";
  return all;
}

std::string placed(const std::vector<Fault>& faults) {
  std::string all;
  for (auto& each : faults) all += std::to_string(each.offset) + "+" + std::to_string(each.size) + " " + std::string(name(each.rule)) + each.text + "\n";
  return all;
}

template <class Check> void for_all_packets(int rounds, Check check) {
  for (auto version : all_versions)
    for (auto type : PacketGenerator::types(version))
      for (int round = 0; round < rounds; ++round) {
        SCOPED_TRACE(std::string(name(type)) + " in " + std::string(name(version)) + ", round " + std::to_string(round));
        PacketGenerator generator(std::uint32_t(round * 1000 + int(type) * 10 + int(version)));
        check(generator.packet(type, version), version);
        if (testing::Test::HasFatalFailure()) return;
      }
}

void expect_in_order(const Decoded& decoded, std::size_t size) {
  std::size_t end = 0;
  for (auto& field : decoded.fields) {
    ASSERT_GE(field.offset, end) << field.path;
    ASSERT_GT(field.size, 0u) << field.path;
    end = field.offset + field.size;
    ASSERT_LE(end, size) << field.path;
  }
  for (auto& fault : decoded.faults) ASSERT_LE(fault.offset + fault.size, size) << fault.text;
}

TEST(Codec, GivesBackWhatItWasGiven) {
  for_all_packets(40, [](const Generated& made, Version version) {
    auto frame = encode(made.packet, version);
    auto decoded = decode(frame.bytes, version, made.sender);
    ASSERT_EQ(told(decoded.faults), "") << hex(frame.bytes);
    ASSERT_TRUE(decoded.clean());
    ASSERT_EQ(decoded.packet, made.packet) << hex(frame.bytes);
    ASSERT_EQ(decoded.fields, frame.fields);
    ASSERT_EQ(encode_bytes(made.packet, version), frame.bytes);
    auto quick = decode(frame.bytes, version, made.sender, Detail::packet_only);
    ASSERT_EQ(quick.packet, made.packet);
    ASSERT_TRUE(quick.clean());
    ASSERT_TRUE(quick.fields.empty());
  });
}

TEST(Codec, NamesEveryByteOfAGoodFrame) {
  for_all_packets(20, [](const Generated& made, Version version) {
    auto frame = encode(made.packet, version);
    std::size_t end = 0;
    for (auto& field : frame.fields) {
      ASSERT_EQ(field.offset, end) << field.path;
      end += field.size;
    }
    ASSERT_EQ(end, frame.bytes.size());
  });
}

TEST(Codec, SeesThatAFrameIsCutWhereverItIsCut) {
  for_all_packets(5, [](const Generated& made, Version version) {
    auto frame = encode(made.packet, version).bytes;
    for (std::size_t size = 0; size < std::min<std::size_t>(frame.size(), 300); ++size) {
      Bytes cut(frame.begin(), frame.begin() + std::ptrdiff_t(size));   // its own memory, so that a sanitizer sees a byte read too far
      auto decoded = decode(cut, version, made.sender);
      ASSERT_FALSE(decoded.clean()) << hex(cut);
      ASSERT_FALSE(decoded.faults.empty());
      expect_in_order(decoded, size);
    }
  });
}

// The body is cut and the Remaining Length agrees: what is left may be a packet again, but only if it is one that encodes to itself.
TEST(Codec, SeesThatABodyIsCut) {
  for_all_packets(6, [](const Generated& made, Version version) {
    auto frame = encode(made.packet, version);
    auto start = frame.fields[1].offset + frame.fields[1].size;
    auto body = View(frame.bytes).subspan(start);
    for (std::size_t size = 0; size < std::min<std::size_t>(body.size(), 120); ++size) {
      Bytes cut{frame.bytes[0], std::uint8_t(size)};
      cut.insert(cut.end(), body.begin(), body.begin() + std::ptrdiff_t(size));
      auto decoded = decode(cut, version, made.sender);
      expect_in_order(decoded, cut.size());
      ASSERT_TRUE(decoded.packet);
      if (decoded.clean()) { ASSERT_EQ(decode(encode_bytes(*decoded.packet, version), version, made.sender).packet, decoded.packet) << hex(cut); }
    }
  });
}

TEST(Codec, SurvivesBitsThatFlip) {
  for_all_packets(1, [](const Generated& made, Version version) {
    auto frame = encode(made.packet, version).bytes;
    for (std::size_t bit = 0; bit < std::min<std::size_t>(frame.size(), 60) * 8; ++bit) {
      auto bent = frame;
      bent[bit / 8] ^= std::uint8_t(1 << bit % 8);
      for (auto read_as : all_versions) {
        auto decoded = decode(bent, read_as, made.sender);
        expect_in_order(decoded, bent.size());
        auto quick = decode(bent, read_as, made.sender, Detail::packet_only);
        ASSERT_EQ(quick.packet, decoded.packet);
        for (auto& fault : decoded.faults) fault.text.clear();
        ASSERT_EQ(placed(quick.faults), placed(decoded.faults));
      }
    }
  });
}

TEST(Codec, SurvivesNoise) {
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    Bytes noise(random() % 40);
    for (auto& each : noise) each = std::uint8_t(random() % 4 ? random() % 8 : random());
    if (noise.size() > 2) noise[0] = std::uint8_t(random()), noise[1] = std::uint8_t(noise.size() - 2);
    for (auto version : all_versions) expect_in_order(decode(noise, version, random() % 2 ? Sender::client : Sender::broker), noise.size());
  }
}

// ---- every property in every packet

Packet carrying(Type type, const Properties& properties, bool will) {
  switch (type) {
    case Type::connect: {
      Connect p;
      p.protocol_level = 5;
      p.client_id = "c";
      if (will) p.will = Will{"t", {}, 0, false, properties};
      else p.properties = properties;
      return p;
    }
    case Type::connack: return Connack{false, 0, properties};
    case Type::publish: return Publish{false, 0, false, "t", 0, properties, {}};
    case Type::puback: return Puback{1, 0, properties};
    case Type::pubrec: return Pubrec{1, 0, properties};
    case Type::pubrel: return Pubrel{1, 0, properties};
    case Type::pubcomp: return Pubcomp{1, 0, properties};
    case Type::subscribe: return Subscribe{1, properties, {{"t", 0}}};
    case Type::suback: return Suback{1, properties, {0}};
    case Type::unsubscribe: return Unsubscribe{1, properties, {"t"}};
    case Type::unsuback: return Unsuback{1, properties, {0}};
    case Type::disconnect: return Disconnect{0x80, properties};
    default: return Auth{0x18, properties};
  }
}

Property sample(const PropertyRow& row) {
  switch (row.kind) {
    case Kind::utf8: return {row.id, std::string("x")};
    case Kind::binary: return {row.id, Bytes{1, 2}};
    case Kind::pair: return {row.id, Pair{"k", "v"}};
    default: return {row.id, std::uint32_t(1)};
  }
}

// Table 2-4 of the standard, typed once more in another form: the packets each property may stand in.
constexpr auto allowed_by_hand = std::to_array<std::pair<std::uint8_t, std::string_view>>({
    {0x01, "PUBLISH WILL"}, {0x02, "PUBLISH WILL"}, {0x03, "PUBLISH WILL"}, {0x08, "PUBLISH WILL"}, {0x09, "PUBLISH WILL"},
    {0x0b, "PUBLISH SUBSCRIBE"}, {0x11, "CONNECT CONNACK DISCONNECT"}, {0x12, "CONNACK"}, {0x13, "CONNACK"},
    {0x15, "CONNECT CONNACK AUTH"}, {0x16, "CONNECT CONNACK AUTH"}, {0x17, "CONNECT"}, {0x18, "WILL"}, {0x19, "CONNECT"}, {0x1a, "CONNACK"},
    {0x1c, "CONNACK DISCONNECT"}, {0x1f, "CONNACK PUBACK PUBREC PUBREL PUBCOMP SUBACK UNSUBACK DISCONNECT AUTH"},
    {0x21, "CONNECT CONNACK"}, {0x22, "CONNECT CONNACK"}, {0x23, "PUBLISH"}, {0x24, "CONNACK"}, {0x25, "CONNACK"},
    {0x26, "CONNECT CONNACK PUBLISH WILL PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK DISCONNECT AUTH"},
    {0x27, "CONNECT CONNACK"}, {0x28, "CONNACK"}, {0x29, "CONNACK"}, {0x2a, "CONNACK"},
});

TEST(Properties, StandOnlyInTheirPackets) {
  ASSERT_EQ(std::size(allowed_by_hand), 27u);
  ASSERT_EQ(std::size(property_table), 27u);
  for (auto& [id, allowed] : allowed_by_hand) {
    auto& row = *property_row(id);
    for (auto type : PacketGenerator::types(Version::v5_0)) {
      if (type == Type::pingreq || type == Type::pingresp) continue;
      for (bool will : {false, true}) {
        if (will && type != Type::connect) continue;
        auto place = will ? std::string("WILL") : std::string(name(type));
        SCOPED_TRACE(std::string(row.name) + " in " + place);
        bool fits = (" " + std::string(allowed) + " ").find(" " + place + " ") != std::string::npos;
        auto sender = type == Type::publish || type == Type::connack || type == Type::suback || type == Type::unsuback ? Sender::broker : Sender::client;
        auto frame = encode(carrying(type, {sample(row)}, will), Version::v5_0);
        auto decoded = decode(frame.bytes, Version::v5_0, sender);
        ASSERT_EQ(*decoded.packet, carrying(type, {sample(row)}, will));
        std::string prefix = will ? "will.properties." : "properties.";
        if (fits && id == 0x16) {
          EXPECT_EQ(told(decoded.faults).find("needs an authentication_method beside it") != std::string::npos, true);
        } else if (fits) {
          EXPECT_EQ(told(decoded.faults), "");
        } else {
          ASSERT_EQ(decoded.faults.size(), 1u) << told(decoded.faults);
          EXPECT_EQ(decoded.faults[0].rule, Rule::property_not_allowed);
          EXPECT_EQ(decoded.faults[0].text, prefix + std::string(row.name) + ".id: this property is not allowed here");
        }
        auto twice = decode(encode_bytes(carrying(type, {sample(row), sample(row)}, will), Version::v5_0), Version::v5_0, sender);
        bool complains = told(twice.faults).find(std::string(row.name) + "[1].id: stands more than once") != std::string::npos;
        EXPECT_EQ(complains, fits && id != 0x26 && !(id == 0x0b && type == Type::publish)) << told(twice.faults);
      }
    }
  }
}

}  // namespace
}  // namespace mqtt::codec_roundtrip_test
