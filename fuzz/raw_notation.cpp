// Any text: reading it ends in bytes or in an error that lies inside it, and bytes written as hex come back.
#include "fuzz/target.h"
#include "harness/mqtt/raw.h"

void fuzz::target(mqtt::View input) {
  auto text = as_text(input);
  std::size_t digits = 0;
  for (char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 4) return;   // 'a'*99999999 asks for that much memory, and is given it
  }
  auto parsed = mqtt::parse_raw(text);
  must(!parsed.error || (parsed.error->offset <= text.size() && !parsed.error->text.empty()), "an error says what is wrong at a place of the text");
  must(!parsed.error || parsed.bytes.empty(), "bytes or an error, not both");
  auto again = mqtt::parse_raw(mqtt::hex(input));
  must(!again.error && std::equal(again.bytes.begin(), again.bytes.end(), input.begin(), input.end()), "bytes in hex come back");
}
