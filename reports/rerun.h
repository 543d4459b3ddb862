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

}  // namespace reports
