#pragma once
// The catalogue, read once for all tests of this room.
#include "harness/scenario/loader.h"

namespace scenario {

inline const spec::Catalogue& catalogue() {
  static const auto loaded = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  return loaded;
}

}  // namespace scenario
