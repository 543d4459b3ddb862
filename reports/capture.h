#pragma once
// The trace of a case as a capture file that Wireshark and tshark dissect: Ethernet, IPv4 and TCP are made up around the bytes, in their order and at
// their times. Each connection of a client is one TCP stream to port 1883; a client keeps its address, and its name is told in none.
#include <filesystem>

#include "harness/record/record.h"

namespace reports {

// A file in pcap's format (microseconds, Ethernet). `begin`: seconds since 1970 at which the case began.
mqtt::Bytes capture(const record::Result& result, record::Microseconds begin = {});

// FOLDER/connect-second-connect-3.1.1.pcap for each case that failed, was inconclusive or an error, and has a trace; the folder is made. How many files
// were written. Throws std::runtime_error that names the file that cannot be written.
std::size_t write_captures(const record::Run& run, const std::filesystem::path& folder);

}  // namespace reports
