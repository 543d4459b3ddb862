// Where libFuzzer, or replay.cpp, comes in.
#include <cstdio>
#include <cstdlib>

#include "fuzz/target.h"

void fuzz::must(bool holds, std::string_view property) {
  if (holds) return;
  std::fprintf(stderr, "property broken: %.*s\n", int(property.size()), property.data());
  std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  fuzz::target({data, size});
  return 0;
}
