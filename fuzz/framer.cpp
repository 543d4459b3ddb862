// Any bytes, in pieces that follow from them: the framer gives the same packets as in one piece, and loses no byte.
#include "harness/mqtt/framer.h"

#include <random>

#include "fuzz/target.h"

namespace {

using namespace mqtt;

struct Cut { std::vector<Bytes> frames; Bytes rest; bool lost = false; };

Cut cut(View stream, std::size_t most, std::minstd_rand& random) {
  Framer framer;
  Cut made;
  while (!stream.empty()) {
    auto size = std::min<std::size_t>(1 + random() % most, stream.size());
    framer.feed(stream.first(size));
    stream = stream.subspan(size);
    while (auto frame = framer.next()) made.frames.push_back(std::move(*frame));
  }
  made.rest.assign(framer.held().begin(), framer.held().end());
  made.lost = framer.lost();
  return made;
}

}  // namespace

void fuzz::target(View input) {
  std::minstd_rand random(std::uint32_t(input.size()));
  auto whole = cut(input, 1, random);   // byte by byte
  for (std::size_t most : {std::size_t(3), std::size_t(50), input.size() + 1}) {
    auto pieces = cut(input, most, random);
    must(pieces.frames == whole.frames && pieces.lost == whole.lost, "the same packets whatever the pieces");
    must(whole.lost || pieces.rest == whole.rest, "the same rest whatever the pieces");
  }
  Bytes all;
  for (auto& frame : whole.frames) all.insert(all.end(), frame.begin(), frame.end());
  all.insert(all.end(), whole.rest.begin(), whole.rest.end());
  must(all.size() <= input.size() && std::equal(all.begin(), all.end(), input.begin()), "every byte comes out where it went in");
  must(whole.lost || all.size() == input.size(), "only a stream that makes no sense loses bytes");
}
