// Any text as a scenario file: it becomes cases that can be played, or complaints that point into it.
#include "harness/scenario/loader.h"

#include <algorithm>

#include "fuzz/target.h"

void fuzz::target(mqtt::View input) {
  static const auto catalogue = spec::Catalogue::load(SOURCE_DIR "/scenarios/statements");
  std::string text(as_text(input));
  auto suite = scenario::load_text("fuzz/input", text, catalogue);
  must(suite.cases.empty() != suite.complaints.empty(), "cases or complaints");
  auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  for (auto& complaint : suite.complaints) {
    must(complaint.place.line >= 1 && complaint.place.line <= lines && complaint.place.column >= 1, "a complaint points into the file");
    must(!complaint.text.empty() && !to_string(complaint).empty(), "a complaint says what is wrong");
  }
  for (auto& one : suite.cases) {
    must(!one.steps.empty() && !full_name(one).empty(), "a case has a name and something to do");
    for (auto& step : one.steps)
      for (auto& id : step.checks) must(catalogue.find(id) && catalogue.find(id)->version == one.version, "a check is a statement of the case's version");
  }
}
