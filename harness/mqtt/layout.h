#pragma once
// The shape of every packet, once: the standards' tables, top to bottom, with the rules a field must keep. Io is a Reader or a Writer.
#include "harness/mqtt/io.h"
#include "harness/mqtt/reason.h"
#include "harness/mqtt/topic.h"

namespace mqtt {

// ---- fields with rules of their own

template <class Io> void packet_id(Io& io, std::uint16_t& id, Rule zero) {
  io.u16("packet_id", id);
  io.must(id != 0, zero, "packet_id", "is 0");
}

// An empty name is the caller's matter: 5.0 has it beside a topic alias.
template <class Io> void topic_name(Io& io, std::string_view name, std::string& topic) {
  io.utf8(name, topic);
  io.must(!has_wildcard(topic), Rule::topic_wildcard, name, "a topic name with a wildcard");
  if (io.version == Version::v3_1) io.must(!has_null(topic), Rule::null_character, name, "holds U+0000");
}

template <class Io> void topic_filter(Io& io, std::string_view name, std::string& filter) {
  io.utf8(name, filter);
  if constexpr (Io::reading) {
    if (io.version == Version::v3_1) io.must(!has_null(filter), Rule::null_character, name, "holds U+0000");
    std::string_view rest = filter;
    if (io.version == Version::v5_0 && begins_shared(rest)) {
      rest.remove_prefix(7);
      auto slash = rest.find('/');
      io.must(slash != 0 && !rest.empty(), Rule::share_name, name, "a shared filter without a share name");
      io.must(!has_wildcard(rest.substr(0, slash)), Rule::share_filter, name, "a share name with a wildcard");
      bool goes_on = slash != rest.npos && slash + 1 < rest.size();
      io.must(goes_on || rest.empty(), Rule::share_filter, name, "a shared filter without a filter behind the share name");
      if (!goes_on) return;
      rest.remove_prefix(slash + 1);
    }
    io.must(!rest.empty(), Rule::filter_empty, name, "an empty topic filter");
    auto wrong = misplaced_wildcard(rest);
    io.must(wrong != '#', Rule::filter_hash, name, "'#' is not a level of its own at the end");
    io.must(wrong != '+', Rule::filter_plus, name, "'+' is not a level of its own");
  }
}

template <class Io> void reason_code(Io& io, std::string_view name, std::uint8_t& code, Type packet, Rule rule) {
  io.u8(name, code);
  if constexpr (Io::reading)
    io.must(reason_allowed(code, packet, io.version, io.sender), rule, name, [&] {
      return hex(View(&code, 1)).insert(0, "0x") + " is not a code that a " + (io.sender == Sender::client ? "client" : "broker") +
             " may put into " + std::string(mqtt::name(packet));
    });
}

// ---- properties

template <class Io> void property_rules(Io& io, const PropertyRow& row, Places place, bool again) {
  if constexpr (Io::reading) {
    bool misplaced = !(row.places & place);
    bool from_client = io.sender == Sender::client;
    io.must(!misplaced, Rule::property_not_allowed, "id", "this property is not allowed here");
    io.must(misplaced || !from_client || !(row.broker_only & place), Rule::subscription_identifier_from_client, "id",
            "only a broker may send this property");
    io.must(misplaced || from_client || !(row.client_only & place), Rule::session_expiry_from_broker, "id",
            "only a client may send this property");
    io.must(misplaced || !again || row.repeats & place, Rule::property_twice, "id", "stands more than once");
  }
}

template <class Io> void property_number(Io& io, const PropertyRow& row, std::uint32_t& value) {
  auto narrow = [&]<class Number>(Number v, auto get) {
    v = Number(std::min<std::uint32_t>(value, Number(-1)));
    get(v);
    if constexpr (Io::reading) value = v;
  };
  switch (row.kind) {
    case Kind::byte: narrow(std::uint8_t{}, [&](auto& v) { io.u8("value", v); }); break;
    case Kind::two: narrow(std::uint16_t{}, [&](auto& v) { io.u16("value", v); }); break;
    case Kind::four: io.u32("value", value); break;
    default: io.varint("value", value);
  }
  io.must(value >= row.least && value <= row.most, row.id == 0x23 ? Rule::topic_alias_zero : Rule::property_range, "value", [&] {
    auto least = std::to_string(row.least);
    return std::to_string(value) + " is out of range: " +
           (row.most == most_of(row.kind) ? "at least " + least : least + " or " + std::to_string(row.most));
  });
}

// The member a value of this kind is kept in; one of another kind (only a caller can have put it there) is replaced.
template <class T> T& held(Property& property) {
  if (auto value = std::get_if<T>(&property.value)) return *value;
  return property.value.emplace<T>();
}

template <class Io> void layout(Io& io, Properties& all, Places place) {
  if (io.version != Version::v5_0) return;
  io.sized("properties_length", [&](Io&) {
    auto scope = io.path.enter("properties");
    std::array<std::uint32_t, property_id_end> seen{};
    io.each_property(all, [&](Property& property, std::uint32_t id) {
      auto row = property_row(id);
      if (!row) {
        auto inner = io.path.enter("unknown");
        return io.varint("id", id);
      }
      auto count = seen[id]++;
      auto inner = io.path.enter(row->name, count ? count : Path::no_index);
      io.varint("id", id);
      property_rules(io, *row, place, count > 0);
      switch (row->kind) {
        case Kind::utf8:
          io.utf8("value", held<std::string>(property));
          if (id == 0x08)
            io.must(!has_wildcard(held<std::string>(property)), Rule::response_topic_wildcard, "value", "a topic name with a wildcard");
          break;
        case Kind::binary: io.binary("value", held<Bytes>(property)); break;
        case Kind::pair:
          io.utf8("key", held<Pair>(property).key);
          io.utf8("value", held<Pair>(property).value);
          break;
        default: property_number(io, *row, held<std::uint32_t>(property));
      }
    });
    bool data_alone = place & places::authentication && seen[0x16] && !seen[0x15];
    io.must(!data_alone, Rule::authentication_data_alone, "authentication_data", "needs an authentication_method beside it");
  });
}
template <class Io> void layout(Io& io, Properties& all, Type type) { layout(io, all, in(type)); }

// The end of a 5.0 acknowledgement, DISCONNECT or AUTH: what is left out means code 0 and no properties.
template <class Io> void code_and_properties(Io& io, std::uint8_t& code, Properties& properties, Type type, Rule rule) {
  if (io.version != Version::v5_0) return;
  bool plain = properties.empty() && !io.wanted("properties_length");
  if (io.ends(plain && code == 0 && !io.wanted("reason_code"))) return;
  reason_code(io, "reason_code", code, type, rule);
  if (io.ends(plain)) return;
  layout(io, properties, type);
}

// ---- packets

template <class Io> void connect_flag_rules(Io& io, std::uint8_t flags) {
  bool will = flags & 4;
  int qos = flags >> 3 & 3;
  io.must(!(flags & 1), Rule::connect_flags_reserved, "connect_flags", "the reserved bit is set");
  io.must(!will || qos < 3, Rule::will_qos_3, "connect_flags", "Will QoS 3");
  if (io.version != Version::v3_1) {  // 3.1 says that these bits are not looked at
    io.must(will || qos == 0, Rule::will_qos_without_will, "connect_flags", "Will QoS without the Will Flag");
    io.must(will || !(flags & 32), Rule::will_retain_without_will, "connect_flags", "Will Retain without the Will Flag");
  }
  if (io.version != Version::v5_0)
    io.must(!(flags & 64) || flags & 128, Rule::password_without_username, "connect_flags", "the Password Flag without the User Name Flag");
}

template <class Io> void layout(Io& io, Will& will) {
  auto scope = io.path.enter("will");
  layout(io, will.properties, in_will);
  topic_name(io, "topic", will.topic);
  io.must(!will.topic.empty(), Rule::topic_empty, "topic", "an empty topic name");
  io.binary("payload", will.payload);
}

template <class Io> void layout(Io& io, Connect& p) {
  io.utf8("protocol_name", p.protocol_name);
  io.must(p.protocol_name == protocol_name_of(io.version), Rule::protocol_name, "protocol_name",
          [&] { return "not the name '" + std::string(protocol_name_of(io.version)) + "' of this version"; });
  io.u8("protocol_level", p.protocol_level);
  io.must(p.protocol_level == std::uint8_t(io.version), Rule::protocol_level, "protocol_level",
          [&] { return std::to_string(p.protocol_level) + " is not the level " + std::to_string(int(io.version)) + " of this version"; });
  std::uint8_t flags = p.username.has_value() << 7 | p.password.has_value() << 6 | p.clean_start << 1;
  if (p.will) flags |= std::uint8_t(p.will->retain << 5 | (p.will->qos & 3) << 3 | 4);
  io.u8("connect_flags", flags);
  connect_flag_rules(io, flags);
  io.u16("keep_alive", p.keep_alive);
  layout(io, p.properties, p.type);
  io.utf8("client_id", p.client_id);
  p.clean_start = flags >> 1 & 1;
  if (flags & 4) {
    if (!p.will) p.will.emplace();
    p.will->retain = flags >> 5 & 1;
    p.will->qos = flags >> 3 & 3;
    layout(io, *p.will);
  }
  // 3.1 lets the text be missing in spite of its flag.
  auto there = [&](std::uint8_t flag, bool given) { return flags & flag && !(io.version == Version::v3_1 && io.ends(!given)); };
  if (there(128, p.username.has_value())) io.utf8("username", p.username ? *p.username : p.username.emplace());
  if (there(64, p.password.has_value())) io.binary("password", p.password ? *p.password : p.password.emplace());
}

template <class Io> void layout(Io& io, Connack& p) {
  bool known = io.version != Version::v3_1;
  std::uint8_t flags = known && p.session_present;
  io.u8("acknowledge_flags", flags);
  auto spot = io.last();
  io.must(flags <= known, Rule::acknowledge_flags, "acknowledge_flags", "a reserved bit is set");
  if constexpr (Io::reading) p.session_present = known && flags & 1;
  reason_code(io, "reason_code", p.reason_code, p.type, Rule::connack_code);
  io.must(!p.session_present || p.reason_code == 0, Rule::session_present_on_error, "acknowledge_flags",
          "Session Present beside a refusal", spot);
  layout(io, p.properties, p.type);
}

template <class Io> void layout(Io& io, Publish& p) {
  topic_name(io, "topic", p.topic);
  auto spot = io.last();
  if constexpr (Io::reading)
    if (p.qos > 0) packet_id(io, p.packet_id, io.sender == Sender::client ? Rule::packet_id_zero : Rule::packet_id_zero_from_broker);
  if constexpr (!Io::reading)
    if (p.qos > 0) io.u16("packet_id", p.packet_id);
  layout(io, p.properties, p.type);
  if (p.topic.empty()) {
    bool alias = std::any_of(p.properties.begin(), p.properties.end(), [](auto& each) { return each.id == 0x23; });
    if (io.version != Version::v5_0) io.must(false, Rule::topic_empty, "topic", "an empty topic name", spot);
    else io.must(alias, Rule::topic_missing, "topic", "an empty topic name without a topic alias", spot);
  }
  io.rest("payload", p.payload);
}

constexpr Rule code_rule(Type type) {
  switch (type) {
    case Type::puback: return Rule::puback_code;
    case Type::pubrec: return Rule::pubrec_code;
    case Type::pubrel: return Rule::pubrel_code;
    case Type::pubcomp: return Rule::pubcomp_code;
    case Type::suback: return Rule::suback_code;
    case Type::unsuback: return Rule::unsuback_code;
    case Type::disconnect: return Rule::disconnect_code;
    case Type::auth: return Rule::auth_code;
    default: return Rule::connack_code;
  }
}

template <class Io, Type T> void layout(Io& io, Acknowledgement<T>& p) {
  packet_id(io, p.packet_id, Rule::packet_id_zero_answer);
  code_and_properties(io, p.reason_code, p.properties, T, code_rule(T));
}

template <class Io> void subscription_options(Io& io, std::uint8_t& options) {
  io.u8("options", options);
  bool v5 = io.version == Version::v5_0;
  io.must((options & 3) != 3, Rule::subscription_qos_3, "options", "QoS 3");
  io.must(!(options & (v5 ? 0xc0 : 0xfc)), Rule::subscription_options, "options", "a reserved bit is set");
  if (v5) io.must((options >> 4 & 3) != 3, Rule::subscription_options, "options", "Retain Handling 3");
}

template <class Io> void layout(Io& io, Subscribe& p) {
  packet_id(io, p.packet_id, Rule::packet_id_zero);
  layout(io, p.properties, p.type);
  io.list("filters", p.filters, [](Io& each, Filter& f) {
    topic_filter(each, "filter", f.filter);
    subscription_options(each, f.options);
  });
  io.must(!p.filters.empty(), Rule::no_filters, "filters", "a SUBSCRIBE without a topic filter",
          Spot{io.last().offset + io.last().size, 0});
}

template <class Io> void layout(Io& io, Unsubscribe& p) {
  packet_id(io, p.packet_id, Rule::packet_id_zero);
  layout(io, p.properties, p.type);
  io.list("filters", p.filters, [](Io& each, std::string& f) { topic_filter(each, "filter", f); });
  io.must(!p.filters.empty(), Rule::no_unsubscribe_filters, "filters", "an UNSUBSCRIBE without a topic filter",
          Spot{io.last().offset + io.last().size, 0});
}

template <class Io, Type T> void layout(Io& io, Reasons<T>& p) {
  packet_id(io, p.packet_id, Rule::packet_id_zero_suback);
  layout(io, p.properties, T);
  if (T == Type::unsuback && io.version != Version::v5_0) return;
  io.list("reason_codes", p.reason_codes, [](Io& each, std::uint8_t& code) { reason_code(each, "", code, T, code_rule(T)); });
  io.must(!p.reason_codes.empty(), T == Type::suback ? Rule::no_suback_codes : Rule::no_unsuback_codes, "reason_codes",
          T == Type::suback ? "a SUBACK without a code" : "an UNSUBACK without a code", Spot{io.last().offset + io.last().size, 0});
}

template <class Io, Type T> void layout(Io&, Empty<T>&) {}

template <class Io, Type T> void layout(Io& io, Closing<T>& p) { code_and_properties(io, p.reason_code, p.properties, T, code_rule(T)); }

}  // namespace mqtt
