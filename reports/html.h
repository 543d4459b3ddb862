#pragma once
// The parts of the HTML page, each as the JSON its template is filled from. They lay out and never judge.
#include <nlohmann/json.hpp>

#include "reports/coverage.h"
#include "reports/expected.h"
#include "reports/reports.h"
#include "reports/topics.h"

namespace reports::html {

using nlohmann::json;

// What is said of a case beside its verdict: "new", "changed", "fixed", "still", "added" since the baseline; "flaky"; "known", "unlisted" beside the list of
// known failures.
using Marks = std::map<const Case*, std::vector<std::string>>;
Marks marks(const View& view, const Expected* expected);

json head(const View& view, const Coverage& coverage, const Expected* expected, const HtmlOptions& options);        // page.mustache: all but its places
json changes(const View& view, const Expected* expected, const HtmlOptions& options);     // changes.mustache
json statement(const View& view, const Broken& broken, std::string_view word, const Marks& marks);   // statement.mustache; `word`: "broken", "missed"
json answers(const std::vector<Answered>& all);                                           // behaviours.mustache
json reasons(const std::vector<Reason>& all);                                             // reasons.mustache
json coverage(const View& view, const Coverage& coverage);                                // coverage.mustache
json one_case(const View& view, const Case& each, const HtmlOptions& options, const Marks& marks, TopicIndex& topics);   // case.mustache; what it wrote goes into `topics`
void topics(const View& view, const TopicIndex& index, std::ostream& out);                // topics.mustache, group by group

std::string_view word(record::Kept kept);                                                 // "kept", "broken", "missed", "not reached"
std::string event_id(const Case& each, int event);
bool full(const Case& each);                                                              // told at length: it did not simply pass
json words_of(const Marks& marks, const Case& each);                                        // [{"word": "new"}]
json groups(const Packet& packet, const Moment& moment);                                  // the bytes, field by field, with the marks

}  // namespace reports::html
