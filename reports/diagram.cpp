#include "reports/diagram.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/brief.h"
#include "reports/text.h"

namespace reports {
namespace {

using record::What;

constexpr int pitch = 20, top = 40, time_width = 58, widest_gap = 70, last_gap = 130, most_events = 400;

bool by_broker(What what) { return what == What::received || what == What::frame_received || what == What::ended || what == What::reset; }

// "PUBLISH 10": the type and the packet identifier; of several packets the first, and how many more.
std::string label_of(const Moment& moment) {
  switch (moment.event->what) {
    case What::opened: return "opens";
    case What::refused: return "refused";
    case What::ended: case What::finished: return "closes";
    case What::reset: case What::dropped: return "resets";
    case What::control: case What::left_out: return shortened(one_line(moment.event->text), 40);
    case What::frame_sent: case What::frame_received: return "frame";
    case What::sent: case What::received: break;
  }
  if (moment.packets.empty()) return "bytes";
  const auto& told = moment.packets.front().told;
  std::string text = told.summary.substr(0, told.summary.find_first_of(" ,"));
  if (text != one_line(text) || text.size() > 16 || !moment.packets.front().note.empty()) text = "bytes";
  for (const auto& line : told.lines)
    if (line.field.path == "packet_id") text += " " + shortened(line.value, 8);
  return moment.packets.size() > 1 ? fmt::format("{} +{}", text, moment.packets.size() - 1) : text;
}

// An arrow from one lifeline to the other; one that ends the connection ends in a cross, an opening in a bar.
std::string arrow(int from, int to, int y, What what) {
  const int back = to > from ? -7 : 7;
  const std::string line = fmt::format("M{} {}h{}", from, y, to - from);
  switch (what) {
    case What::opened: return line + "m0-4v8";
    case What::sent: case What::received: case What::frame_sent: case What::frame_received: return line + fmt::format("l{}-4", back);
    default: return line + "m-4-4l8 8m0-8l-8 8";
  }
}

std::vector<Diagram::Lane> lanes_of(const std::vector<Moment>& moments) {
  std::vector<Diagram::Lane> lanes;
  for (const auto& moment : moments) {
    const std::string name = shortened(one_line(moment.event->client), 12);
    if (!name.empty() && std::none_of(lanes.begin(), lanes.end(), [&](const auto& lane) { return lane.name == name; })) lanes.push_back({0, name});
  }
  const int gap = lanes.size() > 6 ? 34 : widest_gap;
  int x = time_width + 20;
  for (auto& lane : lanes) lane.x = x, x += gap;
  lanes.push_back({lanes.empty() ? x : x - gap + last_gap, "broker"});
  return lanes;
}

}  // namespace

std::string slack(const record::StepNote& step) {
  if (step.limit.count() <= 0 || step.outcome == record::Outcome::not_reached) return "";
  const auto ms = [](record::Microseconds time) { return time < std::chrono::milliseconds{10} ? fmt::format("{:.1f}", static_cast<double>(time.count()) / 1000) : number(static_cast<std::uint64_t>(time.count() / 1000)); };
  return fmt::format("{} {} of {} ms", step.outcome == record::Outcome::held ? "answered after" : "waited", ms(step.took), ms(step.limit));
}

Diagram diagram(const record::Result& result, const std::vector<Moment>& moments, std::string_view anchor, bool detailed) {
  Diagram out;
  out.lanes = lanes_of(moments);
  const int broker = out.lanes.back().x;
  const auto shown = std::min<std::size_t>(moments.size(), detailed ? most_events : most_brief_events);
  out.cut = shown < moments.size();
  out.width = broker + (detailed ? 240 : 40);
  out.height = top + static_cast<int>(shown) * pitch;
  for (const auto& lane : out.lanes) out.lifelines += fmt::format("M{} 20v{}", lane.x, out.height - 20);
  int noted = -1;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& moment = moments[i];
    const auto& event = *moment.event;
    const int y = top + static_cast<int>(i) * pitch + 8;
    const std::string name = shortened(one_line(event.client), 12);
    const auto lane = std::find_if(out.lanes.begin(), out.lanes.end() - 1, [&](const auto& each) { return each.name == name; });
    const int client = lane->x;                                // of control: the broker's own
    const bool from_broker = by_broker(event.what);
    auto& path = !moment.proves.empty() ? out.broken : event.fence ? out.own : out.arrows;
    path += client == broker ? fmt::format("M{} {}h16", broker - 8, y) : arrow(from_broker ? broker : client, from_broker ? client : broker, y, event.what);
    if (!detailed) continue;
    if (!event.fence) out.labels.push_back({std::min(client, broker - last_gap) + 8, y - 3, label_of(moment), fmt::format("{}-event-{}", anchor, moment.index)});
    out.times.push_back({time_width - 4, y + 3, milliseconds(event.at), ""});
    std::string note = moment.proves.empty() ? "" : "breaks " + shortened(one_line(moment.proves.front()->statement), 40);
    if (moment.proves.size() > 1) note += fmt::format(" and {} more", moment.proves.size() - 1);
    const bool last_of_step = i + 1 == shown || moments[i + 1].event->step != event.step;
    if (note.empty() && last_of_step && event.step > noted && event.step >= 0 && static_cast<std::size_t>(event.step) < result.steps.size())
      note = slack(result.steps[static_cast<std::size_t>(event.step)]), noted = event.step;
    if (!note.empty()) out.notes.push_back({broker + 10, y + 3, note, ""});
  }
  return out;
}

}  // namespace reports
