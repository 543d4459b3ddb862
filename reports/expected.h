#pragma once
// A run beside the list of the failures that are known: which cases show each entry, and which entries are gone or past their date.
#include <map>
#include <set>

#include "harness/record/known.h"
#include "reports/view.h"

namespace reports {

// The list as a report is given it: `name` is the file, `on` the day the report is made.
struct KnownList { std::vector<record::Known> entries; std::string name; record::Day on; };

struct Expected {
  struct Entry {
    const record::Known* known;
    std::vector<const Case*> seen;     // in reading order
    bool played = false, stale = false;
    std::vector<std::string> gone;     // its cases that were played and did not show it: globs
  };
  std::vector<Entry> entries;          // in the order of the list
  std::vector<const Case*> unlisted;   // cases that show something the list has not
  std::map<const Case*, std::vector<const record::Known*>> known;   // cases of which the list has everything they show, with its entries
};
Expected expected(const View& view, const KnownList& list);
std::string_view state(const Expected::Entry& entry);              // "seen", "stale", "gone", "partly gone", "not seen this time" (of one that says "sometimes"), "not played"
bool red(const Expected::Entry& entry);                           // stale, gone or partly gone: the list wants an edit
bool no_news(const Expected& expected);                           // no entry is red, and no case shows what is not listed
std::string headline(const Expected& expected);                   // "12 entries seen, 1 gone, 1 stale; 2 cases are not in the list"


// Of what broke, what is news: that which the list has not; everything where there is no list.
class Unlisted {
public:
  Unlisted(const View& view, const KnownList* list);
  std::vector<Broken> of(std::vector<Broken> groups) const;
  std::vector<Reason> of(std::vector<Reason> groups, std::string_view verdict) const;
  record::News news;                   // empty without a list

private:
  bool has(const Case& one, std::string_view statement) const;
  bool all_;
  std::set<std::pair<std::string, std::string>> names_;
};

}  // namespace reports
