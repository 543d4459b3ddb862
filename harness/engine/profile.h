#pragma once
// How to prepare, start and stop one broker, and what it is able to do: a JSON file in ci/brokers/ (ci/brokers/README.md says its keys).
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/mqtt/version.h"
#include "harness/scenario/model.h"

namespace engine {

using Milliseconds = scenario::Milliseconds;

// Texts may hold {dir}, {here}, {username}, {password} and the names of `ports` in braces; expand() replaces them.
struct Profile {
  std::string file;                                     // it was read from
  std::string directory;                                // where its commands run; empty: the scratch directory
  std::string name, title, about;
  std::vector<std::string> install;                     // Debian packages that hold its programs
  std::vector<std::string> npm;                         // packages of npm, name@version
  std::vector<mqtt::Version> versions{mqtt::all_versions.begin(), mqtt::all_versions.end()};
  Milliseconds patience{5000};                          // how long to wait for what must come
  Milliseconds start_within{30'000}, stop_within{5000}; // until it serves clients; from SIGTERM to SIGKILL
  int instances = 0;                                    // of it that may run at once beside the main one; 0: any number
  std::vector<std::string> version_command;
  std::string version_pattern;                          // ECMAScript; its first group is the version
  std::string username;                                 // of the account made for a run; empty: the broker knows none
  std::vector<std::string> ports;                       // names of the free ports it needs
  std::map<std::string, std::string> files;             // name in the scratch directory -> content
  std::map<std::string, std::string> environment;
  std::vector<std::vector<std::string>> prepare;        // commands, run to their end before the start
  std::vector<std::string> start;                       // empty: the harness cannot start it, somebody else runs it
  std::string log;                                      // file it logs to; empty: its output
  std::map<std::string, std::string> listeners;         // name -> URL
  std::map<std::string, std::string> tls;               // cafile, cert, key: whom to trust at the listeners mqtts and wss, and what to show there
  std::map<std::string, std::string> certificates;      // scenario::certificates but "none" -> file without .crt and .key: what clients show at the listener `certificates`
  std::map<std::string, std::string> lacks;             // ability -> why
  std::map<std::string, std::string> setups;            // setup -> what stands for {setup} in its files; nothing does in a broker as it comes
};

// Throws std::runtime_error that holds every complaint about the file: file:line:column, text, line and caret.
Profile load_profile(const std::filesystem::path& path);
Profile parse_profile(const std::string& file, const std::string& text);

// A path (with a slash or .json), or the name of a profile in `folder`. Throws std::runtime_error that lists the known ones.
std::filesystem::path find_profile(const std::string& name_or_path, const std::filesystem::path& folder);

// Replaces {name} for every name of `values`; other braces are left alone.
std::string expand(std::string_view text, const std::map<std::string, std::string>& values);

}  // namespace engine
