#pragma once
// Cuts a byte stream into frames (section 2 of each standard). Holds only bytes that came, whatever length they announce.
#include "harness/mqtt/bytes.h"

namespace mqtt {

class Framer {
public:
  void feed(View bytes);
  std::optional<Bytes> next();            // the next whole frame; none: more bytes are needed, or the stream is lost
  bool lost() const { return lost_; }     // a Remaining Length of more than four bytes: no frame can follow, and nothing more is kept
  View held() const;                      // bytes of the frame that is not whole yet; empty at a packet's border
  std::size_t capacity() const { return held_.capacity(); }   // bytes of memory in use
private:
  Bytes held_;
  std::size_t from_ = 0;
  bool lost_ = false;
};

}  // namespace mqtt
