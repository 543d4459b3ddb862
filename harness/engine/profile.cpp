#include "harness/engine/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

#include "harness/json/document.h"
#include "harness/net/url.h"
#include "harness/scenario/abilities.h"
#include "harness/scenario/complaints.h"
#include "harness/scenario/duration.h"

namespace engine {
namespace {

namespace fs = std::filesystem;
using scenario::Json;

class Reader {
public:
  Reader(const std::string& file, const std::string& text) : document_(json::Document::parse(text)), complaints_(file, document_) { profile_.file = file; }

  Profile read() {
    for (auto& error : document_.errors) complaints_.at(error.at, error.text);
    if (document_.errors.empty()) {
      if (document_.value.is_object()) read_keys();
      else complaints_.at_value("", "a profile is an object");
    }
    if (complaints_.count() == 0) return std::move(profile_);
    std::string all;
    for (auto& complaint : complaints_.sorted()) all += (all.empty() ? "" : "\n") + scenario::to_string(complaint);
    throw std::runtime_error(all);
  }

private:
  using Texts = std::vector<std::string>;
  struct Key { const char* name; bool required; void (Reader::*read)(const std::string& pointer, const Json& value); };
  static const Key keys[];

  template <std::string Profile::* member> void text(const std::string& at, const Json& value) {
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) profile_.*member = value;
    else expected(at, "a text", value);
  }
  template <Milliseconds Profile::* member> void duration(const std::string& at, const Json& value) {
    auto time = value.is_string() ? scenario::duration_of(value.get_ref<const std::string&>()) : std::nullopt;
    if (time) profile_.*member = *time;
    else expected(at, "a duration such as \"500ms\", \"2s\" or \"1.5s\"", value);
  }
  void instances(const std::string& at, const Json& value) {
    if (value.is_number_integer() && value >= 1 && value <= 1000) profile_.instances = value;
    else expected(at, "a number from 1 to 1000", value);
  }
  template <Texts Profile::* member> void texts(const std::string& at, const Json& value) { profile_.*member = list(at, value); }
  template <std::map<std::string, std::string> Profile::* member> void map(const std::string& at, const Json& value) {
    if (!value.is_object()) return expected(at, "an object of texts", value);
    for (auto& [name, each] : value.items()) {
      if (each.is_string()) (profile_.*member)[name] = each;
      else expected(json::pointer_of(at, name), "a text", each);
    }
  }

  void versions(const std::string& at, const Json& value) {
    profile_.versions.clear();
    auto names = list(at, value);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (auto version = mqtt::version_named(names[i])) profile_.versions.push_back(*version);
      else complaints_.at_value(json::pointer_of(at, i), fmt::format("unknown version '{}'; expected 3.1, 3.1.1 or 5.0", names[i]));
    }
  }
  void pattern(const std::string& at, const Json& value) {
    text<&Profile::version_pattern>(at, value);
    try {
      if (std::regex(profile_.version_pattern).mark_count() == 0) complaints_.at_value(at, "the pattern has no group ( ) around the version");
    } catch (const std::regex_error& error) {
      complaints_.at_value(at, fmt::format("not a regular expression: {}", error.what()));
    }
  }
  void prepare(const std::string& at, const Json& value) {
    if (!value.is_array()) return expected(at, "a list of commands, each a list of texts", value);
    for (std::size_t i = 0; i < value.size(); ++i) profile_.prepare.push_back(list(json::pointer_of(at, i), value[i]));
  }
  void files(const std::string& at, const Json& value) {
    if (!value.is_object()) return expected(at, "an object of file names", value);
    for (auto& [name, content] : value.items()) {
      auto here = json::pointer_of(at, name);
      const fs::path path(name);
      if (path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end())
        complaints_.at_key(here, "a file's name stays within the scratch directory");
      if (content.is_string()) profile_.files[name] = content;
      else if (content.is_array()) profile_.files[name] = fmt::format("{}\n", fmt::join(list(here, content), "\n"));
      else expected(here, "a text or a list of lines", content);
    }
  }
  void lacks(const std::string& at, const Json& value) {
    map<&Profile::lacks>(at, value);
    for (auto& [name, reason] : profile_.lacks)
      if (!scenario::ability_named(name))
        complaints_.at_key(json::pointer_of(at, name), fmt::format("unknown ability '{}'{}", name, scenario::did_you_mean(name, scenario::ability_names())));
  }

  void tls(const std::string& at, const Json& value) {
    map<&Profile::tls>(at, value);
    const Texts known{"cafile", "cert", "key"};
    for (auto& [name, file] : profile_.tls)
      if (std::find(known.begin(), known.end(), name) == known.end())
        complaints_.at_key(json::pointer_of(at, name), fmt::format("unknown key '{}'; expected cafile, cert or key", name));
  }

  void certificates(const std::string& at, const Json& value) {
    map<&Profile::certificates>(at, value);
    const Texts known{"client", "expired", "unknown"};
    for (auto& [name, file] : profile_.certificates)
      if (std::find(known.begin(), known.end(), name) == known.end())
        complaints_.at_key(json::pointer_of(at, name), fmt::format("there is no certificate '{}'; expected client, expired or unknown", name));
    for (auto& name : known)
      if (!profile_.certificates.contains(name)) complaints_.at_value(at, fmt::format("the certificate '{}' is missing: client, expired and unknown go together", name));
  }

  void setups(const std::string& at, const Json& value) {
    if (!value.is_object()) return expected(at, "an object from setups to lines", value);
    for (auto& [name, lines] : value.items()) {
      auto here = json::pointer_of(at, name);
      if (!scenario::setup_named(name))
        complaints_.at_key(here, fmt::format("there is no setup '{}'{}", name, scenario::did_you_mean(name, scenario::setup_names())));
      profile_.setups[name] = fmt::format("{}", fmt::join(list(here, lines), "\n"));
    }
  }

  Texts list(const std::string& at, const Json& value) {
    Texts all;
    if (!value.is_array() || value.empty()) return expected(at, "a list of texts", value), all;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i].is_string()) all.push_back(value[i]);
      else expected(json::pointer_of(at, i), "a text", value[i]);
    }
    return all;
  }
  void expected(const std::string& at, std::string_view what, const Json& found) {
    complaints_.at_value(at, fmt::format("expected {}, found {}", what, scenario::quote(found)));
  }

  void read_keys();
  void check_listeners();
  void check_placeholders(const std::string& at, const Json& value);

  json::Document document_;
  scenario::Complaints complaints_;
  Profile profile_;
};

const Reader::Key Reader::keys[] = {
    {"name", true, &Reader::text<&Profile::name>},
    {"title", true, &Reader::text<&Profile::title>},
    {"about", false, &Reader::text<&Profile::about>},
    {"install", false, &Reader::texts<&Profile::install>},
    {"npm", false, &Reader::texts<&Profile::npm>},
    {"versions", false, &Reader::versions},
    {"patience", false, &Reader::duration<&Profile::patience>},
    {"instances", false, &Reader::instances},
    {"start_within", false, &Reader::duration<&Profile::start_within>},
    {"stop_within", false, &Reader::duration<&Profile::stop_within>},
    {"version_command", false, &Reader::texts<&Profile::version_command>},
    {"version_pattern", false, &Reader::pattern},
    {"username", false, &Reader::text<&Profile::username>},
    {"ports", false, &Reader::texts<&Profile::ports>},
    {"files", false, &Reader::files},
    {"environment", false, &Reader::map<&Profile::environment>},
    {"prepare", false, &Reader::prepare},
    {"start", false, &Reader::texts<&Profile::start>},
    {"log", false, &Reader::text<&Profile::log>},
    {"listeners", false, &Reader::map<&Profile::listeners>},
    {"tls", false, &Reader::tls},
    {"certificates", false, &Reader::certificates},
    {"lacks", false, &Reader::lacks},
    {"setups", false, &Reader::setups},
};

void Reader::read_keys() {
  Texts names;
  for (auto& key : keys) names.emplace_back(key.name);
  for (auto& [name, value] : document_.value.items()) {
    auto at = json::pointer_of("", name);
    auto key = std::find_if(std::begin(keys), std::end(keys), [&, &wanted = name](auto& row) { return row.name == wanted; });
    if (key == std::end(keys)) complaints_.at_key(at, fmt::format("unknown key '{}'{}", name, scenario::did_you_mean(name, names)));
    else (this->*key->read)(at, value);
  }
  for (auto& key : keys)
    if (key.required && !document_.value.contains(key.name)) complaints_.at_value("", fmt::format("a profile needs the key '{}'", key.name));
  for (auto& key : {"version_command", "files", "environment", "prepare", "start", "log", "listeners", "tls", "certificates"})
    if (document_.value.contains(key)) check_placeholders(json::pointer_of("", key), document_.value[key]);
  check_listeners();
}

void Reader::check_listeners() {
  if (profile_.start.empty()) return;
  if (!profile_.listeners.contains("default")) complaints_.at_value("/listeners", "a profile that starts a broker needs the listener 'default'");
  std::map<std::string, std::string> values{{"dir", "/scratch"}, {"username", "u"}, {"password", "p"}};
  for (auto& port : profile_.ports) values[port] = "1883";
  for (auto& [name, url] : profile_.listeners)
    if (auto parsed = net::parse_url(expand(url, values)); !parsed.endpoint) complaints_.at_value(json::pointer_of("/listeners", name), parsed.error);
}

// A configuration may hold braces of its own; only a word in braces that is nearly one of ours is taken for a slip.
void Reader::check_placeholders(const std::string& at, const Json& value) {
  if (value.is_structured()) {
    for (auto& [key, each] : value.items()) check_placeholders(json::pointer_of(at, key), each);
    return;
  }
  if (!value.is_string()) return;
  Texts known{"dir", "here", "setup", "transport"};
  if (!profile_.username.empty()) known.insert(known.end(), {"username", "password"});
  known.insert(known.end(), profile_.ports.begin(), profile_.ports.end());
  const auto& text = value.get_ref<const std::string&>();
  static const std::regex word(R"(\{([A-Za-z_]+)\})");
  for (std::sregex_iterator found(text.begin(), text.end(), word), end; found != end; ++found) {
    const auto name = (*found)[1].str();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (auto near = json::nearest(name, known)) complaints_.at_value(at, fmt::format("nothing replaces {{{}}}; did you mean {{{}}}?", name, *near));
    else if (name == "username" || name == "password")
      complaints_.at_value(at, fmt::format("nothing replaces {{{}}}: the profile names no 'username'", name));
  }
}

}  // namespace

Profile parse_profile(const std::string& file, const std::string& text) { return Reader(file, text).read(); }

Profile load_profile(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  if (!(in && text << in.rdbuf())) throw std::runtime_error(fmt::format("{}: the profile cannot be read", path.string()));
  return parse_profile(path.string(), text.str());
}

fs::path find_profile(const std::string& name_or_path, const fs::path& folder) {
  if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".json")) {
    if (fs::is_regular_file(name_or_path)) return name_or_path;
    throw std::runtime_error(fmt::format("there is no profile {}", name_or_path));
  }
  std::set<std::string> names;
  std::error_code unreadable;
  for (auto& each : fs::directory_iterator(folder, unreadable))   // mosquitto.expect.json is a list of known failures
    if (auto stem = each.path().stem().string(); each.path().extension() == ".json" && stem.find('.') == stem.npos) names.insert(stem);
  if (names.contains(name_or_path)) return folder / (name_or_path + ".json");
  const std::vector<std::string> known(names.begin(), names.end());
  if (known.empty()) throw std::runtime_error(fmt::format("there is no profile '{}': {} holds none", name_or_path, folder.string()));
  throw std::runtime_error(fmt::format("there is no profile '{}' ({} holds {}){}", name_or_path, folder.string(), fmt::join(known, ", "),
                                       scenario::did_you_mean(name_or_path, known)));
}

std::string expand(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    if (text.empty()) break;
    const auto close = text.find('}');
    const auto value = close == text.npos ? values.end() : values.find(std::string(text.substr(1, close - 1)));
    out += value == values.end() ? "{" : value->second;
    text.remove_prefix(value == values.end() ? 1 : close + 1);
  }
  return out;
}

}  // namespace engine
