#pragma once
// The parts of the HTML page, each as the JSON its template is filled from. They lay out and never judge.
#include <nlohmann/json.hpp>

#include "reports/coverage.h"
#include "reports/reports.h"
#include "reports/topics.h"

namespace reports::html {

using nlohmann::json;

json head(const View& view, const Coverage& coverage, const HtmlOptions& options);        // page.mustache: all but its places
json statement(const View& view, const Broken& broken, std::string_view word);            // statement.mustache; `word`: "broken", "missed"
json answers(const std::vector<Answered>& all);                                           // behaviours.mustache
json reasons(const std::vector<Reason>& all);                                             // reasons.mustache
json coverage(const View& view, const Coverage& coverage);                                // coverage.mustache
json one_case(const View& view, const Case& each, const HtmlOptions& options);            // case.mustache
json topic_tree(const Case& each, const std::vector<Topic>& roots, bool linked);          // topics.mustache; null when nothing was written

std::string_view word(record::Kept kept);                                                 // "kept", "broken", "missed", "not reached"
std::string event_id(const Case& each, int event);
bool full(const Case& each);                                                              // told at length: it did not simply pass
json groups(const Packet& packet, const Moment& moment);                                  // the bytes, field by field, with the marks

}  // namespace reports::html
