#include "harness/reference/login.h"

#include <algorithm>
#include <cctype>

#include "harness/mqtt/topic.h"

namespace reference {
namespace {

std::optional<Refusal> bad_client_id(const Core& core, std::string_view why) {
  if (!core.keeps(Rule::client_id_refusal_code)) return Refusal{0x87, std::uint8_t(5), why};
  return Refusal{0x85, std::uint8_t(2), why};
}

}  // namespace

std::optional<Refusal> client_id_objection(const Core& core, const mqtt::Connect& connect, mqtt::Version version) {
  auto& id = connect.client_id;
  bool old = version == mqtt::Version::v3_1;
  if (old && id.size() > 23 && core.keeps(Rule::long_client_id_refused_31)) return bad_client_id(core, "a client identifier has at most 23 characters");
  if (old && id.empty() && core.keeps(Rule::empty_client_id_refused_31)) return bad_client_id(core, "a client identifier has at least one character");
  if (version == mqtt::Version::v3_1_1 && id.empty() && !connect.clean_start && core.keeps(Rule::empty_client_id_needs_clean))
    return bad_client_id(core, "an empty client identifier needs Clean Session 1");
  if (id.size() == 23 && !core.keeps(Rule::client_id_of_23_accepted)) return bad_client_id(core, "23 characters are too many");
  if (id.size() == 1 && !core.keeps(Rule::client_id_of_one_accepted)) return bad_client_id(core, "one character is too little");
  if (id.find('Z') != id.npos && !core.keeps(Rule::client_id_letters_accepted)) return bad_client_id(core, "a client identifier has no Z");
  bool odd = id.empty() || id.size() > 23 || !std::all_of(id.begin(), id.end(), [](unsigned char each) { return std::isalnum(each); });
  if (!old && odd && !core.keeps(Rule::odd_client_id_code)) return Refusal{0x87, std::uint8_t(5), "this is an odd client identifier"};
  return {};
}

std::optional<Refusal> login_objection(const Core& core, const Connection& connection, const mqtt::Connect& connect) {
  Refusal refusal{0x86, std::uint8_t(4), "bad user name or password"};
  if (!core.keeps(Rule::login_refusal_code)) refusal = {0, std::uint8_t(3), ""};
  auto name = connect.username.value_or("");
  auto password = mqtt::text_of(connect.password.value_or(mqtt::Bytes{}));
  if (!core.keeps(Rule::login_order)) std::swap(name, password);
  if (!connect.username) {
    bool admitted = core.options.anonymous || connection.anonymous || !core.keeps(Rule::anonymous_refused);
    if (admitted || !connection.method.empty()) return {};
    if (refusal.v5) refusal = {0x87, std::uint8_t(5), "a user name is demanded"};
    return refusal;
  }
  if (core.options.accounts.empty()) return {};
  auto account = std::find_if(core.options.accounts.begin(), core.options.accounts.end(), [&](auto& each) { return each.username == name; });
  if (account == core.options.accounts.end()) return core.keeps(Rule::unknown_user_refused) ? std::optional(refusal) : std::nullopt;
  bool right = account->password == password;
  if (right && !core.keeps(Rule::good_login_admitted)) return refusal;
  if (right || !core.keeps(Rule::password_checked)) return {};
  return refusal;
}

bool denied(const std::vector<std::string>& list, std::string_view topic_or_filter) {
  return std::any_of(list.begin(), list.end(), [&](auto& each) { return each == topic_or_filter || mqtt::matches(each, topic_or_filter); });
}

}  // namespace reference
