#pragma once
// Where the password for the broker at a URL comes from, and how passwords stay out of the list of processes.
#include <optional>
#include <string>
#include <vector>

#include "harness/net/url.h"

namespace cli {

// MQTTSPEC_PASSWORD, which no child of ours inherits afterwards.
std::optional<std::string> password_of_environment();

// The first line of `file`, else the URL's, else `of_environment`, else what somebody at a terminal types unseen; none: no password. The last two only for a
// user name. Throws std::runtime_error where the file cannot be read.
std::optional<std::string> password_for(const net::Endpoint& endpoint, const std::string& file, const std::optional<std::string>& of_environment);

// The arguments behind the program's name. Passwords in them (of URLs, and of `serve --user`) are overwritten where `ps` sees them.
std::vector<std::string> take_arguments(int count, char** arguments);

}  // namespace cli
