#pragma once
// What a case left on a broker that is not ours: sessions and retained messages, removed by an ordinary client.
#include "harness/engine/player.h"

namespace engine {

asio::awaitable<void> tidy_up(const record::Result& result, Stage& stage, std::string unique);

}  // namespace engine
