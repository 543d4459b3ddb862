// The seeds are what the README promises: every packet type in every version, each rule broken once, all of them small.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "harness/mqtt/codec.h"
#include "harness/mqtt/rules.h"

namespace fuzz::seeds_test {
namespace {

namespace fs = std::filesystem;
using namespace mqtt;

const fs::path folder = SOURCE_DIR "/fuzz/seeds";

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Seeds, HoldEveryPacketTypeOfEveryVersionAndBreakEveryRule) {
  std::set<Rule> broken;
  for (auto [version, name] : {std::pair(Version::v3_1, "decode_3_1"), {Version::v3_1_1, "decode_3_1_1"}, {Version::v5_0, "decode_5_0"}}) {
    std::set<Type> clean;
    for (auto& each : fs::directory_iterator(folder / name)) {
      auto bytes = bytes_of(read(each.path()));
      for (auto sender : {Sender::client, Sender::broker}) {
        auto decoded = decode(bytes, version, sender);
        if (decoded.clean()) clean.insert(type_of(*decoded.packet));
        for (auto& fault : decoded.faults) broken.insert(fault.rule);
      }
    }
    EXPECT_EQ(clean.size(), version == Version::v5_0 ? 15u : 14u) << name;
  }
  for (auto& row : all_rules()) EXPECT_TRUE(broken.contains(row.rule)) << "no seed breaks " << row.name;
}

TEST(Seeds, AreSmallAndNamed) {
  std::size_t all = 0;
  for (auto& each : fs::recursive_directory_iterator(folder)) {
    if (!each.is_regular_file()) continue;
    all += each.file_size();
    EXPECT_LT(each.file_size(), 4096u) << each.path();
    auto name = each.path().filename().string();
    EXPECT_NE(name.find_first_not_of("0123456789abcdef"), name.npos) << name << ": a seed's name says what it holds";
  }
  EXPECT_LT(all, 1u << 20);
}

}  // namespace
}  // namespace fuzz::seeds_test
