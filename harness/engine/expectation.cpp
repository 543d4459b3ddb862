#include "harness/engine/expectation.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/describe.h"
#include "harness/scenario/keys.h"

namespace engine {
namespace {

using Kind = scenario::Alternative::Kind;
using State = Judgement::State;

bool passed_over(const scenario::Expect& expect, const Arrival& arrival) {
  return arrival.fence || (arrival.type && std::find(expect.skipping.begin(), expect.skipping.end(), *arrival.type) != expect.skipping.end());
}

// 5.0, 4.13: before it closes, a server may send DISCONNECT, or CONNACK in answer to CONNECT, with a reason code of 0x80 or more.
std::optional<nlohmann::json> says_why(const Arrival& arrival, mqtt::Version version) {
  if (version != mqtt::Version::v5_0 || !arrival.type) return {};
  if (*arrival.type != mqtt::Type::disconnect && *arrival.type != mqtt::Type::connack) return {};
  auto code = arrival.packet.begin()->at("reason_code");
  if (!code.is_number() || code.get<int>() < 0x80) return {};
  return code;
}

// Why the patterns do not take this packet: the nearest miss when there is one pattern of this packet's type, else the packet itself.
void explain_miss(Judgement& judgement, const Arrival& arrival, const std::vector<scenario::Mismatch>& misses) {
  judgement.state = State::not_held;
  judgement.event = arrival.event;
  judgement.actual = tell(arrival);
  if (misses.size() != 1) return;
  judgement.pointer = misses[0].pointer;
  auto& differs = misses[0].actual;
  if (!differs.empty() && judgement.actual.find(differs) == judgement.actual.npos) judgement.actual += fmt::format("; there: {}", differs);
}

std::optional<scenario::Mismatch> compare(const nlohmann::json& pattern, const Arrival& arrival, scenario::Variables& variables) {
  if (!arrival.type && !arrival.carrier) return scenario::Mismatch{"", "a packet", "bytes that are no packet"};
  auto whole = scenario::substitute(pattern, variables);
  if (!whole.is_object() || !whole.begin()->contains(scenario::frame_key)) return scenario::mismatch(whole, arrival.packet, variables);
  auto with_frame = arrival.packet;
  with_frame.begin().value()[std::string(scenario::frame_key)] = arrival.frame;
  return scenario::mismatch(whole, with_frame, variables);
}

bool same_type(const nlohmann::json& pattern, const Arrival& arrival) {
  if (!arrival.type) return false;
  auto type = mqtt::name(*arrival.type);
  return pattern.is_string() ? pattern == type : pattern.is_object() && pattern.contains(type);
}

struct Cursor {
  const scenario::Expect& expect;
  mqtt::Version version;
  scenario::Variables& variables;
  Judgement judgement;
  std::vector<std::span<const nlohmann::json>> open;   // any_order: patterns not met yet

  // True: the arrival decided.
  bool look(const Arrival& arrival) {
    if (passed_over(expect, arrival)) return false;
    if (arrival.is_end()) return end(arrival);
    if (arrival.carrier) return frame(arrival);
    if (judgement.state == State::leaving) return false;  // what a broker says after its goodbye is not this expectation's matter
    return expect.any_order.empty() ? packet(arrival) : one_of_open(arrival);
  }

  bool end(const Arrival& arrival) {
    auto* may_close = alternative_of(expect, Kind::closed);
    for (auto& each : expect.any_of)
      if (each.kind == Kind::closed && each.pattern.is_null()) may_close = &each;
    judgement.state = may_close ? State::held : State::not_held;
    if (!judgement.met) judgement.met = may_close;   // what it said before it closed counts more
    judgement.event = arrival.event;
    judgement.actual = tell(arrival);
    return true;
  }

  // What nobody asked for is passed over, but for text frames, in which a broker must not speak.
  bool frame(const Arrival& arrival) {
    auto& kind = arrival.packet.begin().key();
    std::vector<scenario::Mismatch> misses;
    for (auto& alternative : expect.any_of) {
      if (alternative.kind != Kind::websocket || alternative.pattern.begin().key() != kind) continue;
      auto miss = compare(alternative.pattern, arrival, variables);
      if (!miss) {
        judgement.state = State::held;
        judgement.met = &alternative;
        judgement.event = arrival.event;
        return true;
      }
      misses.push_back(std::move(*miss));
    }
    if (misses.empty() && kind != "text") return false;
    explain_miss(judgement, arrival, misses);
    return true;
  }

  bool packet(const Arrival& arrival) {
    std::vector<scenario::Mismatch> misses;
    for (auto& alternative : expect.any_of) {
      if (alternative.kind == Kind::packet) {
        auto miss = compare(alternative.pattern, arrival, variables);
        if (!miss) {
          judgement.state = State::held;
          judgement.event = arrival.event;
          judgement.actual = tell(arrival);
          judgement.met = &alternative;
          return true;
        }
        if (same_type(alternative.pattern, arrival)) misses.push_back(std::move(*miss));
      }
      if (alternative.kind == Kind::closed) {
        auto code = says_why(arrival, version);
        if (!code) continue;
        auto wrong = alternative.pattern.is_null() ? std::nullopt : scenario::mismatch(alternative.pattern, *code, variables);
        if (!wrong) {
          judgement.state = State::leaving;
          judgement.event = arrival.event;
          judgement.actual = tell(arrival);
          judgement.met = &alternative;
          return false;
        }
        wrong->pointer = "/" + std::string(mqtt::name(*arrival.type)) + "/reason_code";
        misses.push_back(std::move(*wrong));
      }
    }
    explain_miss(judgement, arrival, misses);
    return true;
  }

  bool one_of_open(const Arrival& arrival) {
    std::vector<scenario::Mismatch> misses;
    for (auto at = open.begin(); at != open.end(); ++at) {
      auto miss = compare(at->front(), arrival, variables);
      if (!miss) {
        *at = at->subspan(1);
        if (at->empty()) open.erase(at);
        judgement.event = arrival.event;
        if (open.empty()) judgement.state = State::held;
        return open.empty();
      }
      if (same_type(at->front(), arrival)) misses.push_back(std::move(*miss));
    }
    explain_miss(judgement, arrival, misses);
    return true;
  }
};

}  // namespace

const scenario::Alternative* alternative_of(const scenario::Expect& expect, Kind kind) {
  auto found = std::find_if(expect.any_of.begin(), expect.any_of.end(), [&](auto& each) { return each.kind == kind; });
  return found == expect.any_of.end() ? nullptr : &*found;
}

Judgement judge(const scenario::Expect& expect, std::span<const Arrival> inbox, std::size_t first, mqtt::Version version,
                scenario::Variables& variables) {
  auto captured = expect.any_order.empty() ? scenario::Variables{} : variables;  // several patterns: captures count once all of them are met
  Cursor cursor{expect, version, expect.any_order.empty() ? variables : captured, {}, {}};
  for (auto& list : expect.any_order) cursor.open.emplace_back(list);
  cursor.judgement.next = first;
  for (auto& arrival : inbox) {
    bool decided = cursor.look(arrival);
    if (!decided && cursor.judgement.state != State::leaving) continue;
    cursor.judgement.decided_by = first + std::size_t(&arrival - inbox.data());
    cursor.judgement.next = cursor.judgement.decided_by + (arrival.is_end() ? 0 : 1);
    if (decided) break;
  }
  if (cursor.judgement.state == State::held && !expect.any_order.empty()) variables = std::move(captured);
  return std::move(cursor.judgement);
}

const mqtt::Field* field_at(const std::string& pointer, const std::vector<mqtt::Field>& fields) {
  auto slash = pointer.find('/', 1);
  if (slash == pointer.npos) return nullptr;
  auto path = pointer.substr(slash + 1);
  std::replace(path.begin(), path.end(), '/', '.');
  if (path.starts_with("frame.")) path.erase(0, 6);
  if (path == "remaining_length_size") path = "remaining_length";
  if (path == "qos" || path == "dup" || path == "retain") path = "header";
  if (path == "session_present") path = "acknowledge_flags";
  for (auto& field : fields)
    if (field.path == path || field.path == path + ".value") return &field;
  if (auto dot = path.rfind('.'); dot != path.npos) {   // "reason_codes.1" is written reason_codes[1]
    auto indexed = path.substr(0, dot) + "[" + path.substr(dot + 1) + "]";
    for (auto& field : fields)
      if (field.path == indexed) return &field;
  }
  return nullptr;
}

std::string tell(const Arrival& arrival) {
  if (arrival.what == record::What::ended) return "the broker closed the connection";
  if (arrival.what == record::What::reset) return "the broker reset the connection" + (arrival.trouble.empty() ? "" : ": " + arrival.trouble);
  if (arrival.carrier) return scenario::describe_frame(arrival.packet);
  if (!arrival.type) return "bytes that are no packet";
  return scenario::summary(arrival.packet);
}

}  // namespace engine
