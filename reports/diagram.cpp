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
  if (std::any_of(text.begin(), text.end(), [](char c) { return c < 'A' || c > 'Z'; }) || text.size() > 16 || !moment.packets.front().note.empty()) text = "bytes";
  for (const auto& line : told.lines)
    if (line.field.path == "packet_id") text += " " + shortened(line.value, 8);
  return moment.packets.size() > 1 ? fmt::format("{} +{}", text, moment.packets.size() - 1) : text;
}

// An arrow from one lifeline to the other; one that ends the connection ends in a cross, an opening in a bar.
std::string arrow(int from, int to, int y, What what) {
  const int back = to > from ? -6 : 6;
  const std::string line = fmt::format("M{} {}h{}", from, y, to - from);
  switch (what) {
    case What::opened: return line + "m0-4v8";
    case What::sent: case What::received: case What::frame_sent: case What::frame_received: return line + fmt::format("m{0}-4l{1} 4 {0} 4", back, -back);
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

// A step whose packet, or whose end of the connection, did not come.
struct Missing { const record::StepNote* step; std::string client, label, note; record::Microseconds at{}; };

std::vector<Missing> missing(const record::Result& result) {
  std::vector<Missing> all;
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    const auto& step = result.steps[i];
    const auto of_step = [&](const record::Finding& finding) { return finding.step == static_cast<int>(i); };
    const auto finding = std::find_if(result.findings.begin(), result.findings.end(), of_step);
    const bool shown = std::any_of(result.findings.begin(), result.findings.end(), [&](const auto& each) { return of_step(each) && each.event >= 0; });
    constexpr std::string_view word = "expect ";
    const auto colon = step.text.find(": ");
    if (step.outcome != record::Outcome::not_held || shown || !step.text.starts_with(word) || colon == step.text.npos) continue;
    const auto what = step.text.substr(colon + 2, step.text.find_first_of(" ,", colon + 2) - colon - 2);
    all.push_back({&step, step.text.substr(word.size(), colon - word.size()), (what == "closed" ? "not " : "no ") + shortened(one_line(what), 16),
                   finding == result.findings.end() ? slack(step) : shortened(one_line(finding->actual), 40), step.at + step.took});
  }
  return all;
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
  int noted = -1, y = top + 8 - pitch;
  const auto place_of = [&](const std::string& client) {       // of control: the broker's own
    const std::string name = shortened(one_line(client), 12);
    return std::find_if(out.lanes.begin(), out.lanes.end() - 1, [&](const auto& each) { return each.name == name; })->x;
  };
  auto awaited = detailed && !out.cut ? missing(result) : std::vector<Missing>{};
  const auto draw_missing = [&](const Missing& one) {
    const int client = place_of(one.client);
    y += pitch;
    out.broken += fmt::format("M{} {}h{}m-4-4l8 8m0-8l-8 8", broker, y, (client - broker) / 2);
    out.labels.push_back({std::min(client, broker - last_gap) + 8, y - 3, one.label, ""});
    out.times.push_back({time_width - 4, y + 3, milliseconds(one.at), ""});
    out.notes.push_back({broker + 10, y + 3, one.note, ""});
  };
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& moment = moments[i];
    const auto& event = *moment.event;
    for (; !awaited.empty() && awaited.front().at <= event.at; awaited.erase(awaited.begin())) draw_missing(awaited.front());
    y += pitch;
    const int client = place_of(event.client);
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
  for (const auto& each : awaited) draw_missing(each);
  out.height = y - 8 + pitch;
  for (const auto& lane : out.lanes) out.lifelines += fmt::format("M{} 20v{}", lane.x, out.height - 20);
  return out;
}

}  // namespace reports
