#pragma once
// The other side of stream.h: waits for clients and hands each one's stream on.
#include <functional>

#include "harness/net/websocket.h"

namespace net {

using Accepted = std::function<void(std::unique_ptr<Stream>)>;

// Listens until the executor's context ends. Returns where, with the port that a port of 0 became. With mqtts and wss `at.tls` is made by
// tls_server(). A client whose handshakes do not stand within ten seconds is dropped, and never handed on.
// Throws std::runtime_error that says why it cannot listen there.
Endpoint listen(asio::any_io_executor executor, Endpoint at, Accepted accepted, Manners manners = {});

}  // namespace net
