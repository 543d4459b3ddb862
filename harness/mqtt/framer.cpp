#include "harness/mqtt/framer.h"

namespace mqtt {

void Framer::feed(View bytes) {
  if (lost_) return;
  if (from_ > 0 && from_ >= held_.size() / 2) {
    held_.erase(held_.begin(), held_.begin() + std::ptrdiff_t(from_));
    from_ = 0;
  }
  held_.insert(held_.end(), bytes.begin(), bytes.end());
}

std::optional<Bytes> Framer::next() {
  std::size_t length = 0;
  for (std::size_t i = 1; i <= 4 && from_ + i < held_.size() && !lost_; ++i) {
    auto byte = held_[from_ + i];
    length |= std::size_t(byte & 127) << 7 * (i - 1);
    if (byte >= 128) {
      lost_ = i == 4;
      continue;
    }
    auto size = 1 + i + length;
    if (held_.size() - from_ < size) return {};
    auto begin = held_.begin() + std::ptrdiff_t(from_);
    Bytes frame(begin, begin + std::ptrdiff_t(size));
    from_ += size;
    if (from_ == held_.size()) {
      held_.clear();
      from_ = 0;
    }
    return frame;
  }
  return {};
}

View Framer::held() const { return View(held_).subspan(from_); }

}  // namespace mqtt
