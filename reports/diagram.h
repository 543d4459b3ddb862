#pragma once
// A case as a sequence diagram: clients and the broker as lifelines, time downward, an arrow for each event. Coordinates for an SVG, without words of markup.
#include "reports/packets.h"

namespace reports {

struct Diagram {
  struct Label { int x = 0, y = 0; std::string text, link; };   // link: the event's anchor, or empty
  struct Lane { int x = 0; std::string name; };
  int width = 0, height = 0;
  std::vector<Lane> lanes;                    // the broker is the last
  std::string lifelines, arrows, own, broken; // paths: own are the harness's PINGREQs, broken are the events that broke a statement, and what did not come
  std::vector<Label> labels, times, notes;    // notes stand right of the broker: when a step was answered, what broke
  bool cut = false;                           // only the first events are drawn
};

// `detailed` adds labels, times and notes; without it the picture is small, and the list beside it has the words.
Diagram diagram(const record::Result& result, const std::vector<Moment>& moments, std::string_view anchor, bool detailed);

// "answered after 34 of 2,000 ms", "waited 2,000 of 2,000 ms"; empty where nothing was awaited.
std::string slack(const record::StepNote& step);

}  // namespace reports
