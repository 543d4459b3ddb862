#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/describe.h"
#include "harness/scenario/duration.h"
#include "harness/scenario/keys.h"
#include "harness/scenario/reading.h"

namespace scenario {
namespace {

using Made = std::optional<Action>;   // none: complaints were made

std::string text_of(const Json& step, const char* key) { return step.value(key, std::string()); }

std::optional<Milliseconds> time_of(const Json& step, const char* key) {
  return step.contains(key) ? duration_of(step[key].get_ref<const std::string&>()) : std::nullopt;
}

std::vector<std::string> present(const Json& step, std::initializer_list<const char*> keys) {
  std::vector<std::string> found;
  for (auto key : keys)
    if (step.contains(key)) found.emplace_back(key);
  return found;
}

// Exactly one of these keys must be there.
bool is_one_thing(Reading& reading, const Json& step, std::initializer_list<const char*> keys, const std::string& pointer, const std::string& word) {
  auto found = present(step, keys);
  if (found.size() == 1) return true;
  std::vector<std::string> all(keys.begin(), keys.end());
  if (found.empty()) reading.complain(pointer, fmt::format("'{}' needs {}", word, one_of(all)));
  else reading.complain_key(pointer + "/" + found[1], fmt::format("'{}' and '{}' exclude each other", found[0], found[1]));
  return false;
}

// Empty: the client has a connection that the scenario has not ended.
std::string why_not_connected(const Reading& reading, const std::string& client) {
  auto known = reading.clients.find(client);
  if (known == reading.clients.end()) return fmt::format("the client '{}' has no connection yet; open or connect it first", client);
  return known->second.ended ? fmt::format("the client '{}' has ended its connection; open or connect it again first", client) : "";
}

void needs_websocket(Reading& reading, const Json& step, const char* key, const std::string& pointer = "") {
  if (step.contains(key) && reading.made.transport != "ws")
    reading.complain_key(fmt::format("{}/{}", pointer, key), fmt::format("'{}' is about WebSocket; say \"transport\": \"ws\" in the file", key));
}

Made open(Reading& reading, const Json& step, const std::string& client) {
  Open open{client, {}, text_of(step, "listener"), step.value("takes_over", step.contains("beside")), text_of(step, "certificate")};
  needs_websocket(reading, step, "subprotocols");
  if (step.contains("subprotocols")) open.subprotocols = step["subprotocols"].get<std::vector<std::string>>();
  open.within = time_of(step, "within");
  if (step.contains("mqtt")) open.version = mqtt::version_named(step["mqtt"].get_ref<const std::string&>());
  for (auto& [name, ability] : {std::pair("anonymous", "anonymous"), std::pair("certificates", "client_certificates")})
    if (open.listener == name && std::find(reading.made.needs.begin(), reading.made.needs.end(), ability) == reading.made.needs.end())
      reading.complain("/listener", fmt::format("not every broker has a listener '{}'; add \"{}\" to 'needs'", name, ability));
  if (!open.certificate.empty() && open.listener != "certificates")
    reading.complain_key("/certificate", "a client shows its certificate at the listener 'certificates'; say \"listener\": \"certificates\"");
  reading.clients[client] = {open.version.value_or(reading.made.version), false, false};
  return open;
}

Made send(Reading& reading, const Json& step, const std::string& client) {
  if (!is_one_thing(reading, step, {"packet", "packets", "raw"}, "", "send")) return {};
  if (step.contains("instead") && !step.contains("packet")) {
    reading.complain_key("/instead", "'instead' spoils a field of one 'packet'");
    return {};
  }
  Send send;
  send.client = client;
  needs_websocket(reading, step, "websocket");
  send.frame = text_of(step, "websocket");
  send.raw = text_of(step, "raw");
  if (step.contains("raw")) check_raw(reading, send.raw, "/raw");
  const Json instead = step.value("instead", Json());
  if (step.contains("packet"))
    if (auto packet = read_packet(reading, step["packet"], "/packet", client, instead)) send.packets.push_back(std::move(*packet));
  if (step.contains("packets"))
    for (std::size_t i = 0; i < step["packets"].size(); ++i)
      if (auto packet = read_packet(reading, step["packets"][i], fmt::format("/packets/{}", i), client, Json())) send.packets.push_back(std::move(*packet));
  if (send.packets.empty() && !step.contains("raw")) return {};
  if (!instead.is_null()) {
    check_instead(reading, send.packets[0], instead, reading.version_of(client));
    send.instead = instead.get<std::map<std::string, std::string>>();
  }
  if (step.contains("split")) {
    send.byte_by_byte = step["split"].is_string();
    if (!send.byte_by_byte) send.split = step["split"].get<std::vector<std::size_t>>();
  }
  return send;
}

std::optional<Alternative> alternative(Reading& reading, const Json& said, const std::string& pointer, const std::string& client) {
  if (said.contains("reason_code") && !said.contains("closed")) {
    reading.complain_key(pointer + "/reason_code", "'reason_code' belongs to 'closed'; a packet's stands among its fields");
    return {};
  }
  auto as = text_of(said, "as");
  if (said.contains("nothing")) return Alternative{Alternative::Kind::nothing, {}, as};
  if (said.contains("websocket")) {
    needs_websocket(reading, said, "websocket", pointer);
    check_matchers(reading, said["websocket"], pointer + "/websocket");
    return Alternative{Alternative::Kind::websocket, said["websocket"], as};
  }
  if (said.contains("packet")) {
    auto pattern = read_pattern(reading, said["packet"], pointer + "/packet", client);
    if (!pattern) return {};
    return Alternative{Alternative::Kind::packet, std::move(*pattern), as};
  }
  Alternative closed{Alternative::Kind::closed, {}, as};
  if (!said.contains("reason_code") || reading.version_of(client) != mqtt::Version::v5_0) return closed;   // earlier versions close without a word
  closed.pattern = said["reason_code"];
  resolve_codes(reading, closed.pattern, pointer + "/reason_code", mqtt::Version::v5_0);
  check_matchers(reading, closed.pattern, pointer + "/reason_code");
  return closed;
}

bool check_alternative(Reading& reading, const Json& said, const std::string& pointer) {
  bool good = true;
  for (auto& [key, value] : said.items()) {
    auto known = key_named(alternative_keys(), key);
    auto here = json::pointer_of(pointer, key);
    if (!known) reading.complain_key(here, fmt::format("unknown key '{}' in 'any_of'{}", key, did_you_mean(key, names_of(alternative_keys()))));
    else if (!has_shape(value, known->shape)) reading.complain(here, fmt::format("'{}' must be {}, not {}", key, in_words(known->shape), quote(value)));
    good = good && known && has_shape(value, known->shape);
  }
  return good && is_one_thing(reading, said, {"packet", "closed", "nothing", "websocket"}, pointer, "any_of");
}

void read_skipping(Reading& reading, const Json& step, Expect& expect) {
  if (!step.contains("skipping")) return;
  for (std::size_t i = 0; i < step["skipping"].size(); ++i) {
    auto pointer = fmt::format("/skipping/{}", i);
    auto name = named_packet(reading, step["skipping"][i], pointer);
    if (!name) continue;
    auto awaited = [&](const Json& pattern) { return pattern.is_object() && pattern.begin().key() == name->begin().key(); };
    auto awaited_in = [&](auto& list) { return std::any_of(list.begin(), list.end(), awaited); };
    bool both = std::any_of(expect.any_order.begin(), expect.any_order.end(), awaited_in) ||
                std::any_of(expect.any_of.begin(), expect.any_of.end(), [&](auto& each) { return each.kind == Alternative::Kind::packet && awaited(each.pattern); });
    if (both) reading.complain(pointer, fmt::format("{} is passed over and expected in one step", name->begin().key()));
    expect.skipping.push_back(*mqtt::type_named(name->begin().key()));
  }
}

// One of several clients, and what they are called from then on. The versions of MQTT that they speak must be the same.
bool read_among(Reading& reading, const Json& step, Expect& expect) {
  if (!step.contains("among")) {
    for (auto name : {"got", "other"})
      if (step.contains(name)) return reading.complain_key(fmt::format("/{}", name), fmt::format("'{}' belongs to a list of clients", name)), false;
    return true;
  }
  expect.among = step["among"].get<std::vector<std::string>>();
  expect.got = text_of(step, "got");
  expect.other = text_of(step, "other");
  for (auto& each : expect.among) {
    auto known = reading.clients.find(each);
    if (known == reading.clients.end() || known->second.ended)
      return reading.complain("/expect", fmt::format("the client '{}' has {}; open or connect it first", each, known == reading.clients.end() ? "no connection yet" : "ended its connection")), false;
    if (known->second.version != reading.version_of(expect.client)) return reading.complain("/expect", "the clients of one step speak one version of MQTT"), false;
  }
  for (auto option : {"not_before", "within", "quietly"})
    if (step.contains(option)) return reading.complain_key(fmt::format("/{}", option), fmt::format("'{}' is for one client, not for a list", option)), false;
  if (!step.contains("packet")) return reading.complain("", "of several clients only a 'packet' can be expected"), false;
  if (!expect.other.empty() && expect.among.size() != 2) return reading.complain_key("/other", "'other' is one of two clients, not of more"), false;
  for (auto& name : {expect.got, expect.other})
    if (!name.empty()) reading.clients[name] = reading.clients[expect.client];
  return true;
}

Made expect(Reading& reading, const Json& step, const std::string& client) {
  if (!is_one_thing(reading, step, {"packet", "any_order", "any_of", "closed", "nothing", "websocket"}, "", "expect")) return {};
  Expect expect;
  expect.client = client;
  if (!read_among(reading, step, expect)) return {};
  if (step.contains("any_of")) {
    for (std::size_t i = 0; i < step["any_of"].size(); ++i) {
      auto pointer = fmt::format("/any_of/{}", i);
      if (!check_alternative(reading, step["any_of"][i], pointer)) continue;
      if (auto one = alternative(reading, step["any_of"][i], pointer, client)) expect.any_of.push_back(std::move(*one));
    }
  } else if (step.contains("any_order")) {
    for (std::size_t i = 0; i < step["any_order"].size(); ++i) {
      auto& item = step["any_order"][i];
      expect.any_order.emplace_back();
      auto add = [&](const Json& given, const std::string& pointer) {
        if (auto one = read_pattern(reading, given, pointer, client)) expect.any_order.back().push_back(std::move(*one));
      };
      for (std::size_t j = 0; item.is_array() && j < item.size(); ++j) add(item[j], fmt::format("/any_order/{}/{}", i, j));
      if (!item.is_array()) add(item, fmt::format("/any_order/{}", i));
    }
  } else if (auto one = alternative(reading, step, "", client)) {
    expect.any_of.push_back(std::move(*one));
  }
  expect.within = time_of(step, "within");
  expect.not_before = time_of(step, "not_before");
  if (expect.within && expect.not_before && *expect.not_before >= *expect.within)
    reading.complain("/not_before", fmt::format("nothing comes not before {} and within {}", to_words(*expect.not_before), to_words(*expect.within)));
  expect.quietly = step.value("quietly", false);
  read_skipping(reading, step, expect);
  return expect;
}

Made close(Reading&, const Json&, const std::string& client) { return Close{client}; }

Made drop(Reading& reading, const Json&, const std::string& client) {
  reading.clients[client].ended = true;
  return Drop{client};
}

Made end(Reading& reading, const Json&, const std::string& client) {
  reading.clients[client].ended = true;
  return End{client};
}

Made stop_reading(Reading&, const Json&, const std::string& client) { return Reads{client, false}; }
Made read_on(Reading&, const Json&, const std::string& client) { return Reads{client, true}; }

Made stream(Reading& reading, const Json& step, const std::string& client) {
  Stream stream{client, text_of(step, "to"), text_of(step, "topic"), step.value("qos", 0), step["messages"].get<int>(), step.value("size", std::size_t(0)), text_of(step, "as"), step.contains("until")};
  if (auto why = why_not_connected(reading, stream.to); !why.empty()) return reading.complain("/to", why), Made();
  if (stream.qos == 2) return reading.complain("/qos", "a stream has QoS 0 or 1"), Made();
  if (stream.round && stream.qos == 0) return reading.complain("/until", "messages of QoS 0 have no identifiers that could come round"), Made();
  return stream;
}

Made wait(Reading&, const Json&, const std::string& time) { return Wait{*duration_of(time)}; }

Made control(Reading& reading, const Json&, const std::string& act) {
  auto& needs = reading.made.needs;
  if (std::find(needs.begin(), needs.end(), "restart") == needs.end())
    reading.complain_key("/broker", "not every broker can be stopped and started; add \"restart\" to 'needs'");
  if (reading.made.phases.times > 1 && !reading.made.alone) reading.complain_key("/broker", "phases are played side by side: one would take the broker from the others");
  return Control{static_cast<Control::Act>(std::find(std::begin(acts), std::end(acts), act) - std::begin(acts))};
}

struct Kind { std::string_view word; Made (*read)(Reading&, const Json&, const std::string& subject); };
constexpr Kind kinds[] = {{"open", open}, {"send", send}, {"expect", expect}, {"close", close},
                          {"drop", drop}, {"end", end},   {"wait", wait},     {"broker", control},
                          {"stop_reading", stop_reading}, {"read_on", read_on}, {"stream", stream}};

// The words of a CONNECT leave out what the loader filled in.
std::string told(const Action& action) {
  auto* sent = std::get_if<Send>(&action);
  if (!sent) return describe(action);
  auto shown = *sent;
  for (auto& packet : shown.packets) {
    auto connect = packet.find("CONNECT");
    if (connect == packet.end()) continue;
    const std::pair<const char*, std::string> defaults[] = {{"client_id", "${" + sent->client + "}"}, {"username", "${username}"}, {"password", "${password}"}};
    for (auto& [field, text] : defaults)
      if (connect->value(field, Json()) == text) connect->erase(field);
  }
  return describe(Action(shown));
}

void read_plain(Reading& reading, const Json& step) {
  for (auto& row : kinds) {
    auto subject = step.find(row.word);
    if (subject == step.end()) continue;
    auto name = subject->get<std::string>();
    bool about_a_client = row.word != "wait" && row.word != "broker";
    if (about_a_client && (row.word != "open" || step.contains("takes_over"))) {
      if (auto why = why_not_connected(reading, name); !why.empty()) return reading.complain(fmt::format("/{}", row.word), why);
    }
    auto said = reading.said;
    auto action = row.read(reading, step, name);
    auto checks = read_checks(reading, step);
    auto records = read_records(reading, step);
    if (about_a_client && reading.said == said) check_records(reading, step, name);
    if (!action || reading.said > said) return;   // what is wrong is not told in words either
    auto text = told(*action);
    auto at = reading.file.document.value_at(reading.step);
    reading.made.steps.push_back({{reading.file.name, at.line, at.column}, std::move(text), std::move(*action), std::move(checks), std::move(records), names_in(step)});
  }
}

const Word* word_of(Reading& reading, const Json& step) {
  std::vector<const Word*> found;
  for (auto& word : words())
    if (step.contains(word.name)) found.push_back(&word);
  if (found.size() == 1) return found[0];
  if (found.size() > 1) {
    reading.complain_key(fmt::format("/{}", found[1]->name), fmt::format("a step is one thing; '{}' and '{}' are two", found[0]->name, found[1]->name));
    return nullptr;
  }
  auto known_in_a_step = [](std::string_view key) {
    return std::any_of(words().begin(), words().end(), [&](auto& word) { return key_named(word.keys, key); });
  };
  for (auto& [key, value] : step.items())
    if (auto near = did_you_mean(key, names_of(words())); !near.empty() && !known_in_a_step(key)) {
      reading.complain_key(json::pointer_of("", key), fmt::format("unknown key '{}'{}", key, near));
      return nullptr;
    }
  reading.complain("", fmt::format("this is no step; a step has one of {}", one_of(names_of(words()))));
  return nullptr;
}

// Keys and the outside of their values; nulls mean "not given", except where a packet knows null.
bool check_keys(Reading& reading, const Word& word, Json& step) {
  bool good = true;
  for (auto& key : word.keys) {
    if (key.shape != Shape::any && step.contains(key.name) && step[std::string(key.name)].is_null()) step.erase(std::string(key.name));
    if (!key.required || step.contains(key.name)) continue;
    reading.complain("", fmt::format("'{}' needs the key '{}': {}", word.name, key.name, key.meaning));
    good = false;
  }
  for (auto& [name, value] : step.items()) {
    auto pointer = json::pointer_of("", name);
    auto key = key_named(word.keys, name);
    auto shape = name == word.name ? word.shape : key ? key->shape : Shape::any;
    if (name != word.name && !key) {
      bool no_point = name == "checks";
      reading.complain_key(pointer, no_point ? fmt::format("'{}' expects nothing that could fail; 'checks' belongs to a step that expects something", word.name)
                                    : name == "records" ? fmt::format("'records' belongs to 'expect', not to '{}'", word.name)
                                             : fmt::format("unknown key '{}' in '{}'{}", name, word.name, did_you_mean(name, names_of(word.keys))));
    } else if (!has_shape(value, shape)) {
      reading.complain(pointer, fmt::format("'{}' must be {}, not {}", name, in_words(shape), quote(value)));
    } else {
      continue;
    }
    good = false;
  }
  if (good && word.name == "receive" && step["receive"].is_array() && step.value("qos", 0) > 0 && !step.contains("got")) {
    reading.complain("", "'receive' of several clients with QoS 1 or 2 needs 'got': who acknowledges");
    good = false;
  }
  if (good && word.name == "publish" && step.value("qos", 0) == 0)
    for (auto name : {"checks", "skipping", "within"})
      if (step.contains(name)) {
        reading.complain_key(fmt::format("/{}", name), fmt::format("'publish' with QoS 0 expects nothing, so that '{}' means nothing", name));
        good = false;
      }
  return good;
}

void assume_opened(Reading& reading, const Json& step) {
  for (auto opening : {"open", "connect"})
    if (step.contains(opening) && step[opening].is_string()) reading.clients[step[opening].get<std::string>()] = {reading.made.version, false, false};
}

}  // namespace

void read_step(Reading& reading, Json step) {
  check_names(reading, step);
  auto word = word_of(reading, step);
  if (word && check_keys(reading, *word, step)) {
    if (auto& subject = step[std::string(word->name)]; subject.is_array()) {
      step["among"] = subject;
      subject = Json(step["among"][0]);
    }
    if (!word->flow) {
      read_plain(reading, step);
    } else {
      auto client = step[std::string(word->name)].get<std::string>();
      auto version = step.contains("mqtt") ? *mqtt::version_named(step["mqtt"].get_ref<const std::string&>()) : reading.version_of(client);
      for (auto& spelled : spell_out(step, version, reading.counters)) {
        reading.origin = &spelled.origin;
        read_plain(reading, spelled.step);
        reading.placeholders[fmt::format("receive {}", reading.counters.receives)] = 1;
      }
      reading.origin = nullptr;
    }
  } else {
    assume_opened(reading, step);
  }
  note_saves(reading, step);
}

void pass_over_step(Reading& reading, const Json& step) {
  check_names(reading, step);
  assume_opened(reading, step);
  note_saves(reading, step);
}

}  // namespace scenario
