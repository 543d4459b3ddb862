#include "harness/mqtt/packet_json.h"

#include <set>

#include "harness/mqtt/property_table.h"
#include "harness/mqtt/utf8.h"

namespace mqtt {
namespace {

using Json = nlohmann::json;

Json text_json(std::string_view text) {
  if (well_formed(text)) return Json(text);
  return Json{{"$raw", hex(View(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()))}};
}
Json bytes_json(const Bytes& bytes) { return text_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}); }

Json value_json(const Property& property) {
  struct {
    Json operator()(std::uint32_t number) const { return number; }
    Json operator()(const std::string& text) const { return text_json(text); }
    Json operator()(const Bytes& bytes) const { return bytes_json(bytes); }
    Json operator()(const Pair& pair) const { return Json::array({text_json(pair.key), text_json(pair.value)}); }
  } convert;
  return std::visit(convert, property.value);
}

bool listed(std::uint8_t id) { return id == 0x26 || id == 0x0b; }

Json properties_json(const Properties& all) {
  std::set<std::uint8_t> seen;
  bool twice = false;
  for (auto& each : all) twice |= !seen.insert(each.id).second && !listed(each.id);
  Json result = twice ? Json::array() : Json::object();
  for (auto& each : all) {
    auto row = property_row(each.id);
    if (!row) continue;
    std::string key(row->name);
    if (twice) result.push_back(Json{{key, value_json(each)}});
    else if (listed(each.id)) result[key].push_back(value_json(each));
    else result[key] = value_json(each);
  }
  return result;
}

struct ToJson {
  Version version;
  bool v5() const { return version == Version::v5_0; }
  Json with(Json fields, const Properties& properties) const {
    if (v5()) fields["properties"] = properties_json(properties);
    return fields;
  }

  Json operator()(const Connect& p) const {
    auto fields = with({{"protocol_name", text_json(p.protocol_name)}, {"protocol_level", p.protocol_level}, {"clean_start", p.clean_start},
                        {"keep_alive", p.keep_alive}, {"client_id", text_json(p.client_id)}}, p.properties);
    if (p.username) fields["username"] = text_json(*p.username);
    if (p.password) fields["password"] = bytes_json(*p.password);
    if (p.will)
      fields["will"] = with({{"topic", text_json(p.will->topic)}, {"payload", bytes_json(p.will->payload)}, {"qos", p.will->qos},
                             {"retain", p.will->retain}}, p.will->properties);
    return fields;
  }
  Json operator()(const Connack& p) const {
    Json fields{{"reason_code", p.reason_code}};
    if (version != Version::v3_1) fields["session_present"] = p.session_present;
    return with(std::move(fields), p.properties);
  }
  Json operator()(const Publish& p) const {
    Json fields{{"topic", text_json(p.topic)}, {"payload", bytes_json(p.payload)}, {"qos", p.qos}, {"retain", p.retain}, {"dup", p.dup}};
    if (p.qos > 0) fields["packet_id"] = p.packet_id;
    return with(std::move(fields), p.properties);
  }
  template <Type T> Json operator()(const Acknowledgement<T>& p) const {
    Json fields{{"packet_id", p.packet_id}};
    if (v5()) fields["reason_code"] = p.reason_code;
    return with(std::move(fields), p.properties);
  }
  Json operator()(const Subscribe& p) const {
    auto filters = Json::array();
    for (auto& each : p.filters) {
      Json filter{{"filter", text_json(each.filter)}, {"qos", each.options & 3}};
      if (v5())
        filter.update({{"no_local", bool(each.options & 4)}, {"retain_as_published", bool(each.options & 8)},
                       {"retain_handling", each.options >> 4 & 3}});
      filters.push_back(std::move(filter));
    }
    return with({{"packet_id", p.packet_id}, {"filters", std::move(filters)}}, p.properties);
  }
  Json operator()(const Unsubscribe& p) const {
    auto filters = Json::array();
    for (auto& each : p.filters) filters.push_back(text_json(each));
    return with({{"packet_id", p.packet_id}, {"filters", std::move(filters)}}, p.properties);
  }
  template <Type T> Json operator()(const Reasons<T>& p) const {
    Json fields{{"packet_id", p.packet_id}};
    if (T == Type::suback || v5()) fields["reason_codes"] = p.reason_codes;
    return with(std::move(fields), p.properties);
  }
  template <Type T> Json operator()(const Empty<T>&) const { return Json::object(); }
  template <Type T> Json operator()(const Closing<T>& p) const {
    auto fields = Json::object();
    if (v5()) fields["reason_code"] = p.reason_code;
    return with(std::move(fields), p.properties);
  }
};

}  // namespace

Json to_json(const Packet& packet, Version version) {
  return {{std::string(name(type_of(packet))), std::visit(ToJson{version}, packet)}};
}

}  // namespace mqtt
