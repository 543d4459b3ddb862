#pragma once
// Two streams joined back to back in memory: what one writes the other reads, in order, without a socket.
#include <utility>

#include "harness/net/stream.h"

namespace net {

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_streams(asio::any_io_executor executor);

}  // namespace net
