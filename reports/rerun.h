#pragma once
// The one command that plays a case again as it was played.
#include <string>

#include "harness/record/record.h"

namespace reports {

struct Case;
struct View;

// mqttspec run mqtt://host:1883 --filter 'connect/second_connect [3.1.1]' --mqtt 3.1.1 --seed 42
// For a shell. An account is not in the record, so whoever plays it at a URL that wants one adds --username and --password-file.
std::string rerun(const record::Header& header, const record::Result& result);
std::string rerun(const View& view, const Case& each);
std::string shell_word(std::string_view word);          // one word for a POSIX shell, whatever is in it
// Its begin, for all cases of a run over one transport: mqttspec run --broker mosquitto --transport ws
std::string run_command(const record::Header& header, const std::string& transport);

}  // namespace reports
