// Captures made from traces, read by tshark: it finds the packets in order, the streams whole, and nothing to complain about.
#include "reports/capture.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <array>
#include <cstdio>

#include "reports/test_run.h"

namespace reports::capture_test {
namespace {

using record::Event;
using record::What;
using testing::ElementsAre;
namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string text;
  const auto pipe = popen((command + " 2>/dev/null").c_str(), "r");
  std::array<char, 4096> piece;
  while (auto size = fread(piece.data(), 1, piece.size(), pipe)) text.append(piece.data(), size);
  pclose(pipe);
  return text;
}

class Captures : public testing::Test {
protected:
  Captures() {
    auto pattern = (fs::temp_directory_path() / "mqttspec-capture-XXXXXX").string();
    folder = mkdtemp(pattern.data());
  }
  ~Captures() override { fs::remove_all(folder); }
  void SetUp() override { ASSERT_NE(output_of("tshark --version"), "") << "tshark is not installed; this test needs it (Debian: apt-get install tshark)"; }

  void add(int milliseconds, What what, const std::string& client, const std::string& hex = "") {
    result.trace.push_back({std::chrono::milliseconds(milliseconds), what, client, mqtt::Version::v3_1_1, -1, *mqtt::parse_hex(hex), "", false});
  }
  std::string tshark(const std::string& options) {
    const auto file = folder / "one.pcap";
    const auto bytes = capture(result, std::chrono::seconds(1'700'000'000));
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return output_of("TZ=UTC tshark -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -r '" + file.string() + "' " + options);
  }
  // The hex of what one side of a stream sent, as tshark puts it together: it indents the broker's lines.
  std::string followed(int stream, bool of_client) {
    std::istringstream lines(tshark("-q -z follow,tcp,raw," + std::to_string(stream)));
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      const bool broker = line.starts_with('\t');
      if (broker) line.erase(0, 1);
      if (!line.empty() && line.find_first_not_of("0123456789abcdef") == line.npos && broker != of_client) text += line;
    }
    return text;
  }
  static std::string unspaced(std::string hex) {
    std::erase(hex, ' ');
    return hex;
  }

  fs::path folder;
  record::Result result;
};

constexpr auto connect = "10 0d 00 04 4d 51 54 54 04 02 00 3c 00 01 61", connack = "20 02 00 00";

TEST_F(Captures, HaveTheMqttPacketsInOrderWithTheirTimes) {
  add(1, What::opened, "A");
  add(2, What::opened, "B");
  add(3, What::sent, "A", connect);
  add(4, What::sent, "B", connect);
  add(5, What::received, "A", connack);
  add(6, What::sent, "A", "c0 00");
  add(9, What::received, "A", "d0 00");
  add(12, What::received, "B", connack);
  EXPECT_EQ(tshark("-Y mqtt -T fields -e frame.time_epoch -e tcp.stream -e mqtt.msgtype -e ip.src -e tcp.dstport"),
            "1700000000.003000000\t0\t1\t10.0.0.2\t1883\n"
            "1700000000.004000000\t1\t1\t10.0.0.3\t1883\n"
            "1700000000.005000000\t0\t2\t10.0.0.1\t49152\n"
            "1700000000.006000000\t0\t12\t10.0.0.2\t1883\n"
            "1700000000.009000000\t0\t13\t10.0.0.1\t49152\n"
            "1700000000.012000000\t1\t2\t10.0.0.1\t49153\n");
}

TEST_F(Captures, AreStreamsThatTcpHasNothingToSayAgainst) {
  add(1, What::opened, "A");
  add(2, What::sent, "A", "10 0d 00 04");                                     // one packet in two writes
  add(3, What::sent, "A", "4d 51 54 54 04 02 00 3c 00 01 61");
  add(4, What::received, "A", connack);
  add(5, What::sent, "A", "30 d4 1e 00 01 61 " + mqtt::hex(mqtt::Bytes(3921, 'x')));   // more than fits into a segment
  add(6, What::ended, "A");
  add(7, What::finished, "A");
  add(8, What::opened, "A");                                                  // a second connection of the same client is a stream of its own
  add(9, What::dropped, "A");
  add(10, What::refused, "B");
  add(11, What::control, "");
  EXPECT_EQ(tshark("-Y 'tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed'"), "");
  EXPECT_EQ(tshark("-Y mqtt -T fields -e mqtt.msgtype -e mqtt.len"), "1\t13\n2\t2\n3\t3924\n");
  EXPECT_EQ(tshark("-Y 'tcp.flags.syn == 1 || tcp.flags.fin == 1 || tcp.flags.reset == 1' -T fields -e tcp.stream -e tcp.srcport -e tcp.flags"),
            "0\t49152\t0x0002\n0\t1883\t0x0012\n0\t1883\t0x0011\n0\t49152\t0x0011\n"   // SYN, SYN ACK, FIN ACK of both sides
            "1\t49153\t0x0002\n1\t1883\t0x0012\n1\t49153\t0x0014\n"                     // RST ACK of ours
            "2\t49154\t0x0002\n2\t1883\t0x0014\n");                                       // nobody listens
  EXPECT_EQ(followed(0, true), unspaced(std::string(connect) + " 30 d4 1e 00 01 61 " + mqtt::hex(mqtt::Bytes(3921, 'x'))));
  EXPECT_EQ(followed(0, false), unspaced(connack));
}

TEST_F(Captures, AreWrittenOfWhatDidNotPass) {
  const auto run = golden_run();
  const auto many = write_captures(run, folder / "made" / "here");
  std::vector<std::string> names;
  for (const auto& each : fs::directory_iterator(folder / "made" / "here")) names.push_back(each.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(many, names.size());
  EXPECT_THAT(names, ElementsAre("connect-second-connect-3.1.1.pcap", "publish-broken-text-5.0.pcap", "session-take-over-3.1.1.pcap", "topics-levels-a-b-3.1.1.pcap"));
  EXPECT_EQ(output_of("tshark -r '" + (folder / "made/here/connect-second-connect-3.1.1.pcap").string() + "' -Y mqtt -T fields -e mqtt.msgtype"), "1\n2\n1\n12\n13\n");
  std::ofstream(folder / "file") << "x";
  EXPECT_THROW(write_captures(run, folder / "file"), std::exception);
}

}  // namespace
}  // namespace reports::capture_test
