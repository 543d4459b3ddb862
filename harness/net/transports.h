#pragma once
// How each family of transports opens a stream: one .cpp a family, so that heavy headers stay in it. Inside this room only.
#include "harness/net/stream.h"

namespace net {

asio::awaitable<Opened> open_tcp(const Endpoint& endpoint);    // socket_stream.cpp; of any transport but unix
asio::awaitable<Opened> open_unix(const Endpoint& endpoint);   // socket_stream.cpp

}  // namespace net
