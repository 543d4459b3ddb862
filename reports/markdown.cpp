#include <fmt/format.h>

#include <ostream>

#include "reports/expected.h"
#include "reports/packets.h"
#include "reports/reports.h"
#include "reports/rerun.h"
#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

constexpr std::size_t limit = 1'000'000, reserve = 500;   // bytes; a step summary may have 1 MiB

// Text in a paragraph or a table's cell: nothing in it is markup, a mention, or the end of a line.
std::string md(std::string_view text, std::size_t most = 2000) {
  std::string out;
  for (unsigned char c : one_line(shortened(text, most))) {
    if (std::string_view{"&<>\"`*_[]|~@\\$!"}.find(static_cast<char>(c)) != std::string_view::npos) out += "&#" + std::to_string(c) + ";";
    else out += static_cast<char>(c);
  }
  return out;
}

// Writes blocks until one does not fit; from then on it only counts, so that nothing stands under a wrong heading.
class Sheet {
public:
  explicit Sheet(std::ostream& out) : out_(out) {}
  void always(const std::string& block) { put(block); }
  void add(const std::string& block) {
    if (left_out_ > 0 || used_ + block.size() + reserve > limit) ++left_out_;
    else put(block);
  }
  std::size_t left_out() const { return left_out_; }  // from the first one on, blocks need not be made any more
private:
  std::ostream& out_;
  std::size_t used_ = 0, left_out_ = 0;
  void put(const std::string& block) { out_ << block, used_ += block.size(); }
};

std::string table(const View& view) {
  std::string text = "| Theme |", rule = "|---|";
  for (auto version : view.versions) text += fmt::format(" MQTT {} |", mqtt::name(version)), rule += "---|";
  text += "\n" + rule + "\n";
  const auto row = [&](const std::string& title, const std::map<mqtt::Version, Counts>& by_version) {
    text += "| " + title + " |";
    for (auto version : view.versions) text += by_version.contains(version) ? " " + tally(by_version.at(version)) + " |" : " - |";
    text += "\n";
  };
  for (const auto& theme : view.themes) row(md(theme.name, 100), theme.by_version);
  row("**all**", view.by_version);
  return text + "\n";
}

std::string packets(const record::Result& result) {
  constexpr std::size_t most = 60;
  const auto all = moments(result);
  if (all.empty()) return "";
  std::string text = "<details><summary>packets</summary>\n\n<pre>\n";
  std::size_t shown = 0, own = 0;
  for (const auto& one : all) {
    if (one.event->fence && one.proves.empty()) ++own;
    else if (shown++ < most) text += std::string(one.proves.empty() ? "  " : "! ") + xml(shortened(plain(one), 500)) + "\n";
  }
  if (shown > most) text += fmt::format("  and {}\n", count(shown - most, "further line"));
  if (own > 0) text += fmt::format("  ({} of the harness's own PINGREQs left out)\n", count(own, "line"));
  for (std::size_t at = 0; (at = text.find('@', at)) != text.npos;) text.replace(at, 1, "&#64;");  // nobody is to be called
  return text + "</pre>\n\n</details>\n";
}

std::string hit_block(const View& view, const Hit& hit) {
  std::string text = fmt::format("**{}**: {}\n\n", md(hit.at->name), md(hit.at->result->title));
  const auto item = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) text += fmt::format("- {}: {}\n", label, md(value));
  };
  item("expected", hit.finding ? hit.finding->expected : "");
  item("actual", hit.finding ? hit.finding->actual : hit.at->result->reason);
  item("where", hit.finding ? hit.finding->where : "");
  text += fmt::format("- replay: <code>{}</code>\n", md(rerun(view, *hit.at)));
  return text + "\n" + packets(view.whole(*hit.at)) + "\n";
}

void add_groups(Sheet& sheet, const View& view, std::string_view title, const std::vector<Broken>& groups) {
  if (groups.empty()) return;
  sheet.add(fmt::format("## {}\n\n", title));
  for (const auto& group : groups) {
    std::string head = fmt::format("### {}\n\n", md(title_of(group)));
    if (!summary_of(group).empty()) head += md(summary_of(group)) + "\n\n";
    sheet.add(head);
    for (const auto& hit : group.hits) sheet.add(sheet.left_out() > 0 ? "" : hit_block(view, hit));
  }
}

void add_answers(Sheet& sheet, const std::vector<Answered>& all) {
  if (all.empty()) return;
  std::string text = fmt::format("## {}\n\n| | Question | Answer | Cases |\n|---|---|---|---|\n", answered_title);
  for (const auto& each : all)
    for (const auto& answer : each.answers) {
      std::string names;
      for (const auto* one : answer.cases) names += (names.empty() ? "" : ", ") + one->name;
      text += fmt::format("| {} | {} | {} | {} |\n", md(each.id), md(each.question), md(answer.text), md(names, 300));
    }
  sheet.add(text + "\n");
}

void add_reasons(Sheet& sheet, std::string_view title, const std::vector<Reason>& groups) {
  if (groups.empty()) return;
  sheet.add(fmt::format("## {}\n\n", title));
  for (const auto& group : groups) {
    std::string text = fmt::format("<details><summary>{}: {}</summary>\n\n", count(group.cases.size(), "case"), group.text.empty() ? "no reason given" : md(group.text));
    for (const auto* each : group.cases) text += fmt::format("- {}\n", md(each->name));
    sheet.add(text + "\n</details>\n\n");
  }
}

void add_flaky(Sheet& sheet, const View& view) {
  if (view.flaky.empty()) return;
  std::string text = "## Flaky\n\nPlayed several times, with different verdicts:\n\n";
  for (const auto& each : view.flaky) text += fmt::format("- {}: {}\n", md(each.plays.front()->name), each.text);
  sheet.add(text + "\n");
}

// New failures are open to see, the rest is folded.
void add_changes(Sheet& sheet, const View& view) {
  if (!view.before) return;
  sheet.add(fmt::format("## Changes\n\nAgainst {}: **{}**.\n\n", md(view.changes.against), headline(view.changes)));
  for (const auto& row : kinds) {
    const auto chosen = view.changes.of(row.kind);
    if (chosen.empty()) continue;
    const bool open = row.kind == Kind::fresh || row.kind == Kind::different;
    std::string text = open ? fmt::format("### {}\n\n", row.title) : fmt::format("<details><summary>{}: {}</summary>\n\n", row.title, number(chosen.size()));
    text += "| Case | Now | Before |\n|---|---|---|\n";
    for (const auto* each : chosen) text += fmt::format("| {} | {} | {} |\n", md(each->name), md(each->is, 300), md(each->was, 300));
    sheet.add(text + (open ? "\n" : "\n</details>\n\n"));
  }
}

// What wants an edit of the list is open to see, the rest is folded.
void add_known(Sheet& sheet, const View& view, const KnownList& list) {
  constexpr std::size_t most_named = 8;
  const Expected all = expected(view, list);
  sheet.add(fmt::format("## Known failures\n\n{}: **{}**.\n\n", md(list.name, 200), headline(all)));
  for (const bool open : {true, false}) {
    std::string rows;
    unsigned entries = 0;
    for (const auto& each : all.entries) {
      if (red(each) != open) continue;
      std::string names = fmt::format("{}", fmt::join(each.gone, ", "));
      for (std::size_t i = 0; !open && i < std::min(most_named, each.seen.size()); ++i) names += (i ? ", " : "") + each.seen[i]->name;
      if (!open && each.seen.size() > most_named) names += fmt::format(" and {} more", each.seen.size() - most_named);
      const auto reason = md(each.known->reason, 500) + (each.known->link.empty() ? "" : " (" + md(each.known->link, 300) + ")");
      rows += fmt::format("| {} | {} | {} | {} | {} |\n", md(each.known->statement.empty() ? "inconclusive" : each.known->statement), md(each.known->where, 300), state(each), md(names, 500), reason);
      ++entries;
    }
    if (rows.empty()) continue;
    const std::string table = fmt::format("| Statement | Entry | State | Cases | Reason |\n|---|---|---|---|---|\n{}", rows);
    sheet.add(open ? table + "\n" : fmt::format("<details><summary>{} as expected</summary>\n\n{}\n</details>\n\n", entries == 1 ? "1 entry" : number(entries) + " entries", table));
  }
}

}  // namespace

void write_markdown(const record::Run& run, std::ostream& out, const Against& against) {
  const View view{run, against.baseline};
  const Unlisted unlisted(view, against.known);
  Sheet sheet{out};
  std::string head = fmt::format("# MQTT conformance of {}\n\n**{}.** {}: {}; {} looked at.\n\n", md(broker_names(view), 200), headline(view),
                                 played(view), tally(view.counts), count(static_cast<unsigned>(view.statements_checked), "statement"));
  head += fmt::format("Target {}, seed {}, {}, {}.\n\n", md(run.header.target, 200), run.header.seed, duration(view.took), md(run.header.tool, 100));
  if (const auto end = ending(view); !end.empty()) head += fmt::format("**{}:** {}\n\n", ending_title(view), md(end));
  sheet.always(head);
  sheet.add(table(view));
  for (const auto& complaint : run.complaints) sheet.add("- " + md(complaint) + "\n");
  if (!run.complaints.empty()) sheet.add("\n");
  add_changes(sheet, view);
  add_flaky(sheet, view);
  add_groups(sheet, view, against.known ? "Failures that are not known" : "Failures", unlisted.of(view.broken));
  if (against.known) add_known(sheet, view, *against.known);
  add_groups(sheet, view, "Warnings", view.missed);
  add_answers(sheet, view.answered);
  add_reasons(sheet, "Errors", unlisted.of(view.errors, "error"));
  add_reasons(sheet, "Inconclusive", unlisted.of(view.inconclusive, "inconclusive"));
  add_reasons(sheet, "Skipped", view.skipped);
  if (sheet.left_out() > 0)
    sheet.always(fmt::format("**Cut here:** {} left out, because this summary must stay below 1 MiB; the HTML report has everything.\n",
                             sheet.left_out() == 1 ? "1 part was" : number(sheet.left_out()) + " parts were"));
}

}  // namespace reports
