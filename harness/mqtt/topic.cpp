#include "harness/mqtt/topic.h"

#include "harness/mqtt/utf8.h"

namespace mqtt {
namespace {

bool valid_text(std::string_view text) {
  return !text.empty() && text.size() <= longest_topic && !has_null(text) && well_formed(text);
}

// Takes the first level off; `more` says whether a separator followed it.
std::string_view take_level(std::string_view& text, bool& more) {
  auto slash = text.find('/');
  auto level = text.substr(0, slash);
  more = slash != text.npos;
  text = more ? text.substr(slash + 1) : std::string_view{};
  return level;
}

}  // namespace

bool valid_topic_name(std::string_view topic) { return valid_text(topic) && !has_wildcard(topic); }

bool valid_topic_filter(std::string_view filter) { return valid_text(filter) && !misplaced_wildcard(filter); }

char misplaced_wildcard(std::string_view filter) {
  for (std::size_t at = filter.find_first_of("+#"); at != filter.npos; at = filter.find_first_of("+#", at + 1)) {
    bool opens = at == 0 || filter[at - 1] == '/';
    bool last = at + 1 == filter.size();
    bool closes = last || (filter[at] == '+' && filter[at + 1] == '/');
    if (!opens || !closes) return filter[at];
  }
  return 0;
}

bool matches(std::string_view filter, std::string_view topic) {
  if (topic.starts_with('$') && (filter.starts_with('+') || filter.starts_with('#'))) return false;
  bool filter_goes_on = true, topic_goes_on = true;
  while (filter_goes_on) {
    auto wanted = take_level(filter, filter_goes_on);
    if (wanted == "#") return true;  // also the level above: "a/#" matches "a"
    if (!topic_goes_on) return false;
    auto level = take_level(topic, topic_goes_on);
    if (wanted != "+" && wanted != level) return false;
  }
  return !topic_goes_on;
}

std::optional<SharedFilter> shared_filter(std::string_view filter) {
  if (!begins_shared(filter)) return {};
  auto rest = filter.substr(7);
  auto slash = rest.find('/');
  if (slash == rest.npos || slash == 0) return {};
  SharedFilter shared{rest.substr(0, slash), rest.substr(slash + 1)};
  if (has_wildcard(shared.group) || !valid_text(shared.group) || !valid_topic_filter(shared.filter)) return {};
  return shared;
}

}  // namespace mqtt
