#pragma once
// Patterns and steps as short plain sentences, for reports.
#include "harness/scenario/pattern.h"

namespace scenario {

// The words for one field and what is asked of it, or what it is: "qos 1 or 2", "no topic_alias", "topic 'a/b'".
// The field is named after its JSON pointer from the packet: "/SUBACK/reason_codes/0" is "reason_codes[0]".
std::string phrase(const std::string& pointer, const Json& pattern);
std::string phrase_of_absent(const std::string& pointer);   // "no topic_alias"

std::string describe_frame(const Json& frame);              // of a WebSocket: {"close": {"code": 1002}} is "WebSocket close with code 1002"
std::string describe(const Action& action);                 // "expect A: closed", "send A: PUBLISH with topic '${T}/a', qos 1"

}  // namespace scenario
