#include "reports/html.h"

#include <ostream>

#include "reports/assets.h"
#include "reports/page.h"
#include "reports/text.h"

namespace reports {
namespace {

using nlohmann::json;

// Writes the places of page.mustache; each case is fetched, written and forgotten.
class Writing {
public:
  Writing(const View& view, std::ostream& out, const HtmlOptions& options) : view_(view), out_(out), options_(options), coverage_(coverage(view)) {
    if (options.against.known) expected_ = expected(view, *options.against.known);
    marks_ = html::marks(view, known());
  }

  void page() {
    Layout{asset("page.mustache")}.write(html::head(view_, coverage_, known(), options_), out_, [this](std::string_view name) {
      if (name == "changes") changes();
      else if (name == "failures") statements(view_.broken, "broken", "failures", "Failures", "Each statement that the broker broke, then the cases that show it.");
      else if (name == "warnings") statements(view_.missed, "missed", "warnings", "Warnings", "Recommendations (SHOULD) that the broker does not follow, and rules whose words are too soft for a failure. They do not make a case fail.");
      else if (name == "behaviours") behaviours();
      else if (name == "reasons") reasons();
      else if (name == "coverage") Page{asset("coverage.mustache")}.write(html::coverage(view_, coverage_), out_);
      else if (name == "cases") cases();
      else if (name == "topics") html::topics(view_, topics_, out_);
    });
  }

private:
  const View& view_;
  std::ostream& out_;
  const HtmlOptions& options_;
  const Coverage coverage_;
  std::optional<Expected> expected_;
  html::Marks marks_;
  TopicIndex topics_;   // filled while the cases are written

  const Expected* known() const { return expected_ ? &*expected_ : nullptr; }

  void statements(const std::vector<Broken>& all, std::string_view word, std::string_view id, std::string_view title, std::string_view lead) {
    if (all.empty()) return;
    const Page one{asset("statement.mustache")};
    json rows = json::array();
    for (const auto& each : all)
      rows.push_back({{"id", each.id.empty() ? "No statement named" : each.id}, {"anchor", "statement-" + slug(each.id) + "-" + std::string{word}}, {"summary", summary_of(each)},
                      {"level", each.statement ? each.statement->level_text : ""}, {"section", each.statement ? each.statement->section : ""}, {"cases", count(each.cases(), "case")}});
    const json data{{"section", id}, {"title", title}, {"lead", lead}, {"rows", rows}};
    Layout{asset("statements.mustache")}.write(data, out_, [&](std::string_view) {
      for (const auto& each : all) one.write(html::statement(view_, each, word, marks_), out_);
    });
  }

  void changes() {
    if (view_.before || known() || !view_.flaky.empty()) Page{asset("changes.mustache")}.write(html::changes(view_, known(), options_), out_);
  }

  void behaviours() {
    if (!view_.answered.empty()) Page{asset("behaviours.mustache")}.write({{"title", answered_title}, {"answers", html::answers(view_.answered)}}, out_);
  }

  void reasons() {
    const Page page{asset("reasons.mustache")};
    const auto write = [&](const std::vector<Reason>& all, std::string_view id, std::string_view kind, std::string_view title, std::string_view lead) {
      if (!all.empty()) page.write({{"section", id}, {"kind", kind}, {"title", title}, {"lead", lead}, {"groups", html::reasons(all)}}, out_);
    };
    write(view_.inconclusive, "inconclusive", "inconclusive", "Inconclusive", "A step before the point of the case did not hold, so nothing is said of the statement.");
    write(view_.errors, "errors", "error", "Errors", "Trouble of the harness or of the scenario, not of the broker.");
    write(view_.skipped, "skipped", "skip", "Skipped", "Cases that were not played, by reason.");
  }

  void cases() {
    const Page one{asset("case.mustache")};
    const Layout theme_page{asset("theme.mustache")};
    for (const auto& theme : view_.themes)
      theme_page.write({{"title", theme.name}, {"anchor", "theme-" + slug(theme.name)}, {"tally", tally(theme.all)}}, out_, [&](std::string_view) {
        for (const auto* each : theme.cases) one.write(html::one_case(view_, *each, options_, marks_, topics_), out_);
      });
  }
};

}  // namespace

void write_html(const record::Run& run, std::ostream& out, const HtmlOptions& options) {
  const View view{run, options.against.baseline};
  Writing{view, out, options}.page();
}

std::vector<PageAsset> page_assets() {
  return {{"mqttspec-report.css", std::string{asset("page.css")}}, {"mqttspec-report.js", std::string{asset("filter.js")} + std::string{asset("page.js")}}};
}

}  // namespace reports
