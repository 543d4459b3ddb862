#pragma once
// The other side of stream.h: waits for clients and hands each one's stream on.
#include <functional>

#include "harness/net/stream.h"

namespace net {

using Accepted = std::function<void(std::unique_ptr<Stream>)>;

// Listens until the executor's context ends. Returns where, with the port that a port of 0 became.
// Throws std::runtime_error that says why it cannot listen there.
Endpoint listen(asio::any_io_executor executor, Endpoint at, Accepted accepted);

}  // namespace net
