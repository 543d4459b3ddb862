#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/json/document.h"
#include "harness/mqtt/packet_json.h"
#include "harness/mqtt/property_table.h"
#include "harness/mqtt/raw.h"

namespace mqtt {
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;

std::string shown(const Json& value) {
  auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > 60 ? text.substr(0, 57) + "..." : text;
}

// "did you mean 'topic'?", or all there is when nothing is near.
std::string advice(std::string_view word, const Names& known) {
  if (auto near = json::nearest(word, known)) return fmt::format("did you mean '{}'?", *near);
  return fmt::format("there is {}", fmt::join(known, ", "));
}

class Converter {
public:
  explicit Converter(Version v) : version(v) {}
  const Version version;
  std::vector<JsonError> errors;

  // An object whose members are taken one by one; complains about members that nobody knows.
  struct Object {
    Converter& in;
    const Json& value;
    std::string pointer;
    const Json* find(const char* key) const {
      auto member = value.find(key);
      return member == value.end() ? nullptr : &*member;
    }
    template <class Target, class Convert> bool take(const char* key, Target& target, Convert convert) const {
      auto member = find(key);
      if (member) convert(in, *member, json::pointer_of(pointer, key), key, target);
      return member;
    }
  };
  void error(std::string pointer, std::string text) { errors.push_back({std::move(pointer), std::move(text)}); }

  Object object(const Json& value, std::string pointer, std::string_view what, const Names& known) {
    static const Json nothing = Json::object();
    if (!value.is_object()) {
      error(pointer, fmt::format("{} must be an object, not {}", what, shown(value)));
      return {*this, nothing, std::move(pointer)};
    }
    for (auto& [key, member] : value.items())
      if (std::find(known.begin(), known.end(), key) == known.end())
        error(json::pointer_of(pointer, key), known.empty() ? fmt::format("{} has no field '{}'; it has none", what, key)
                                                            : fmt::format("{} has no field '{}'; {}", what, key, advice(key, known)));
    return {*this, value, std::move(pointer)};
  }

  std::optional<std::uint32_t> number(const Json& value, const std::string& pointer, std::string_view name, int bits) {
    auto limit = std::uint64_t(1) << bits;
    if (!value.is_number_integer()) {
      error(pointer, fmt::format("{} must be a whole number, not {}", name, shown(value)));
    } else if (value < 0 || value >= limit) {
      error(pointer, fmt::format("{} {} does not fit {} bits", name, value.dump(), bits));
    } else {
      return value.get<std::uint32_t>();
    }
    return {};
  }
  bool truth(const Json& value, const std::string& pointer, std::string_view name) {
    if (!value.is_boolean()) error(pointer, fmt::format("{} must be true or false, not {}", name, shown(value)));
    return value.is_boolean() && value.get<bool>();
  }
  std::string text(const Json& value, const std::string& pointer, std::string_view name) {
    if (value.is_string()) return sized(value.get<std::string>(), pointer, name);
    if (value.is_object() && value.size() == 1 && value.contains("$raw") && value["$raw"].is_string()) {
      auto raw = parse_raw(value["$raw"].get_ref<const std::string&>());
      if (raw.error) error(pointer + "/$raw", fmt::format("character {}: {}", raw.error->offset + 1, raw.error->text));
      return sized(text_of(raw.bytes), pointer, name);
    }
    error(pointer, fmt::format("{} must be a text or {{\"$raw\": \"...\"}}, not {}", name, shown(value)));
    return {};
  }
  std::uint8_t code(const Json& value, const std::string& pointer, std::string_view name, Version of) {
    if (auto found = reason_code_of(value, of)) return *found;
    if (value.is_string())
      error(pointer, fmt::format("MQTT {} has no reason code {}; {}", mqtt::name(of), shown(value),
                                 code_advice(value.get<std::string>(), of)));
    else if (value.is_number_integer()) number(value, pointer, name, 8);
    else error(pointer, fmt::format("{} must be a number, \"0x87\" or a name, not {}", name, shown(value)));
    return 0;
  }

private:
  std::string sized(std::string all, const std::string& pointer, std::string_view name) {
    if (name != "payload" && all.size() > 65535)
      error(pointer, fmt::format("{} of {} bytes is too long; at most 65535", name, all.size()));
    return all;
  }
  static std::string code_advice(const std::string& word, Version of) {
    Names here;
    for (auto& each : reason_code_names())
      if (reason_code_of(each, of)) here.push_back(each);
    if (auto near = json::nearest(word, here)) return fmt::format("did you mean '{}'?", *near);
    return "write a number, \"0x87\", or the standard's name";
  }
};

// ---- converters of one member

constexpr auto as_text = [](Converter& in, const Json& value, const std::string& pointer, std::string_view name, std::string& to) {
  to = in.text(value, pointer, name);
};
constexpr auto as_bytes = [](Converter& in, const Json& value, const std::string& pointer, std::string_view name, Bytes& to) {
  to = bytes_of(in.text(value, pointer, name));
};
constexpr auto as_flag = [](Converter& in, const Json& value, const std::string& pointer, std::string_view name, bool& to) {
  to = in.truth(value, pointer, name);
};
template <int Bits>
constexpr auto as_number = [](Converter& in, const Json& value, const std::string& pointer, std::string_view name, auto& to) {
  if (auto number = in.number(value, pointer, name, Bits)) to = std::remove_reference_t<decltype(to)>(*number);
};
template <class Inner> auto optionally(Inner inner) {
  return [inner](Converter& in, const Json& value, const std::string& pointer, std::string_view name, auto& to) {
    if (!value.is_null()) inner(in, value, pointer, name, to.emplace());
  };
}
template <class T, class Inner> auto each_of(Inner inner) {
  return [inner](Converter& in, const Json& value, const std::string& pointer, std::string_view name, std::vector<T>& to) {
    if (!value.is_array()) return in.error(pointer, fmt::format("{} must be a list, not {}", name, shown(value)));
    for (std::size_t i = 0; i < value.size(); ++i)
      inner(in, value[i], json::pointer_of(pointer, i), fmt::format("{}[{}]", name, i), to.emplace_back());
  };
}
// 3.1 and 3.1.1 have codes in CONNACK and SUBACK only; elsewhere the code is not written, but must be one of 5.0.
auto as_code(Version of) {
  return [of](Converter& in, const Json& value, const std::string& pointer, std::string_view name, std::uint8_t& to) {
    to = in.code(value, pointer, name, of);
  };
}

// ---- properties

void property_value(Converter& in, const PropertyRow& row, const Json& value, const std::string& pointer, Properties& to) {
  Property property{row.id, {}};
  switch (row.kind) {
    case Kind::utf8: property.value = in.text(value, pointer, row.name); break;
    case Kind::binary: property.value = bytes_of(in.text(value, pointer, row.name)); break;
    case Kind::pair:
      if (!value.is_array() || value.size() != 2)
        return in.error(pointer, fmt::format("{} must be a pair [\"key\", \"value\"], not {}", row.name, shown(value)));
      property.value = Pair{in.text(value[0], pointer + "/0", row.name), in.text(value[1], pointer + "/1", row.name)};
      break;
    default: {
      int bits = row.kind == Kind::byte ? 8 : row.kind == Kind::two ? 16 : row.kind == Kind::varint ? 28 : 32;
      property.value = in.number(value, pointer, row.name, bits).value_or(0);
    }
  }
  to.push_back(std::move(property));
}

void property_member(Converter& in, const std::string& key, const Json& value, const std::string& pointer, Properties& to) {
  auto row = property_named(key);
  if (!row) return in.error(pointer, fmt::format("there is no property '{}'; {}", key, advice(key, property_names())));
  bool pairs = row->kind == Kind::pair;
  bool list = row->repeats && value.is_array() && (!pairs || value.empty() || value[0].is_array());
  if (!list && !(pairs && !value.is_array())) return property_value(in, *row, value, pointer, to);
  if (!list) return in.error(pointer, fmt::format("{} must be a list of pairs [[\"key\", \"value\"]], not {}", row->name, shown(value)));
  for (std::size_t i = 0; i < value.size(); ++i) property_value(in, *row, value[i], json::pointer_of(pointer, i), to);
}

constexpr auto as_properties = [](Converter& in, const Json& value, const std::string& pointer, std::string_view name, Properties& to) {
  if (in.version != Version::v5_0) return;
  if (value.is_object()) {
    for (auto& [key, member] : value.items()) property_member(in, key, member, json::pointer_of(pointer, key), to);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto here = json::pointer_of(pointer, i);
      if (!value[i].is_object() || value[i].size() != 1)
        in.error(here, fmt::format("{}[{}] must be an object with one key, the property's name, not {}", name, i, shown(value[i])));
      else property_member(in, value[i].begin().key(), value[i].begin().value(), json::pointer_of(here, value[i].begin().key()), to);
    }
  } else {
    in.error(pointer, fmt::format("{} must be an object or a list of one-key objects, not {}", name, shown(value)));
  }
};

// ---- packets

using Object = Converter::Object;

void needed(const Object& from, bool given, Type type, std::string_view field) {
  if (!given) from.in.error(from.pointer, fmt::format("{} needs {}", name(type), field));
}

constexpr auto as_will = [](Converter& in, const Json& value, const std::string& pointer, std::string_view, Will& to) {
  auto from = in.object(value, pointer, "will", will_names());
  if (!from.take("topic", to.topic, as_text)) in.error(pointer, "will needs topic");
  from.take("payload", to.payload, as_bytes);
  from.take("qos", to.qos, as_number<2>);
  from.take("retain", to.retain, as_flag);
  from.take("properties", to.properties, as_properties);
};

void fill(const Object& from, Connect& p) {
  p.protocol_name = protocol_name_of(from.in.version);
  p.protocol_level = std::uint8_t(from.in.version);
  p.keep_alive = 60;
  from.take("protocol_name", p.protocol_name, as_text);
  from.take("protocol_level", p.protocol_level, as_number<8>);
  from.take("clean_start", p.clean_start, as_flag);
  from.take("keep_alive", p.keep_alive, as_number<16>);
  from.take("properties", p.properties, as_properties);
  from.take("client_id", p.client_id, as_text);
  from.take("will", p.will, optionally(as_will));
  from.take("username", p.username, optionally(as_text));
  from.take("password", p.password, optionally(as_bytes));
}

void fill(const Object& from, Connack& p) {
  from.take("session_present", p.session_present, as_flag);
  from.take("reason_code", p.reason_code, as_code(from.in.version));
  from.take("properties", p.properties, as_properties);
}

void fill(const Object& from, Publish& p) {
  needed(from, from.take("topic", p.topic, as_text), p.type, "topic");
  from.take("payload", p.payload, as_bytes);
  from.take("qos", p.qos, as_number<2>);
  from.take("retain", p.retain, as_flag);
  from.take("dup", p.dup, as_flag);
  bool given = from.take("packet_id", p.packet_id, as_number<16>);
  if (p.qos > 0) needed(from, given, p.type, fmt::format("packet_id with qos {}", p.qos));
  from.take("properties", p.properties, as_properties);
}

template <Type T> void fill(const Object& from, Acknowledgement<T>& p) {
  needed(from, from.take("packet_id", p.packet_id, as_number<16>), T, "packet_id");
  from.take("reason_code", p.reason_code, as_code(Version::v5_0));
  from.take("properties", p.properties, as_properties);
}

constexpr auto as_filter = [](Converter& in, const Json& value, const std::string& pointer, std::string_view name, Filter& to) {
  if (!value.is_object() || value.contains("$raw")) return void(to.filter = in.text(value, pointer, name));
  auto from = in.object(value, pointer, name, filter_names());
  std::uint8_t qos = 0, retain_handling = 0;
  bool no_local = false, retain_as_published = false;
  if (!from.take("filter", to.filter, as_text)) in.error(pointer, fmt::format("{} needs filter", name));
  from.take("qos", qos, as_number<2>);
  from.take("no_local", no_local, as_flag);
  from.take("retain_as_published", retain_as_published, as_flag);
  from.take("retain_handling", retain_handling, as_number<2>);
  to.options = qos;
  if (in.version == Version::v5_0) to.options = std::uint8_t(qos | no_local << 2 | retain_as_published << 3 | retain_handling << 4);
};

void fill(const Object& from, Subscribe& p) {
  needed(from, from.take("packet_id", p.packet_id, as_number<16>), p.type, "packet_id");
  needed(from, from.take("filters", p.filters, each_of<Filter>(as_filter)), p.type, "filters");
  from.take("properties", p.properties, as_properties);
}

void fill(const Object& from, Unsubscribe& p) {
  needed(from, from.take("packet_id", p.packet_id, as_number<16>), p.type, "packet_id");
  needed(from, from.take("filters", p.filters, each_of<std::string>(as_text)), p.type, "filters");
  from.take("properties", p.properties, as_properties);
}

template <Type T> void fill(const Object& from, Reasons<T>& p) {
  needed(from, from.take("packet_id", p.packet_id, as_number<16>), T, "packet_id");
  from.take("reason_codes", p.reason_codes, each_of<std::uint8_t>(as_code(T == Type::suback ? from.in.version : Version::v5_0)));
  from.take("properties", p.properties, as_properties);
}

template <Type T> void fill(const Object&, Empty<T>&) {}

template <Type T> void fill(const Object& from, Closing<T>& p) {
  from.take("reason_code", p.reason_code, as_code(Version::v5_0));
  from.take("properties", p.properties, as_properties);
}

}  // namespace

FromJson packet_from_json(const Json& value, Version version) {
  Converter in(version);
  bool word = value.is_string();
  if (!word && !(value.is_object() && value.size() == 1))
    return {{}, {{"", fmt::format("a packet is a name (\"PINGREQ\") or an object with one key, the packet's name, not {}", shown(value))}}};
  auto name = word ? value.get<std::string>() : value.begin().key();
  auto type = type_named(name);
  if (!type)
    return {{}, {{word ? "" : json::pointer_of("", name), fmt::format("there is no packet '{}'; {}", name, advice(name, packet_names()))}}};
  auto packet = *blank_packet(std::uint8_t(*type));
  const Json no_fields = Json::object();
  auto& fields = word ? no_fields : value.begin().value();
  auto from = in.object(fields, word ? "" : json::pointer_of("", name), name, field_names(*type));
  std::visit([&](auto& each) { fill(from, each); }, packet);
  if (!in.errors.empty()) return {{}, std::move(in.errors)};
  return {std::move(packet), {}};
}

}  // namespace mqtt
