#include <fmt/format.h>

#include <algorithm>

#include "reports/reports.h"
#include "reports/rerun.h"
#include "reports/text.h"
#include "reports/view.h"

namespace reports {
namespace {

constexpr std::size_t width = 110;

void add_table(std::string& text, const View& view) {
  std::vector<std::vector<std::string>> rows{{""}};
  for (auto version : view.versions) rows[0].push_back("MQTT " + std::string{mqtt::name(version)});
  const auto row = [&](const std::string& title, const std::map<mqtt::Version, Counts>& by_version) {
    rows.push_back({one_line(title)});
    for (auto version : view.versions) {
      const auto found = by_version.find(version);
      if (found == by_version.end()) {
        rows.back().push_back("-");
        continue;
      }
      Counts plain = found->second;
      plain.warned = 0;  // warnings are listed below; the columns stay narrow without
      rows.back().push_back(tally(plain));
    }
  };
  for (const auto& theme : view.themes) row(theme.name, theme.by_version);
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& each : rows)
    for (std::size_t i = 0; i < each.size(); ++i) widths[i] = std::max(widths[i], each[i].size());
  for (const auto& each : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < each.size(); ++i) line += fmt::format(" {:<{}} ", each[i], widths[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  text += "\n";
  for (const auto& [version, counts] : view.by_version) text += fmt::format("  MQTT {:<6} {}\n", mqtt::name(version), tally(counts));
}

void add_field(std::string& text, std::string_view label, const std::string& value) {
  if (value.empty()) return;
  std::string lines = wrapped(shortened(clean(value), 600), width, "               ");
  if (lines.size() > 15) lines.replace(4, label.size(), label);
  text += lines;
}

// Rows of one table that broke in the same way are told once: "malformed/flags [3.1.1], 12 cases: PINGREQ, 0001; PINGREQ, 0010; ...".
struct Alike { const Case* first; const record::Finding* finding; std::vector<std::string> rows; };

std::vector<Alike> alike(const std::vector<Hit>& hits) {
  std::vector<Alike> groups;
  for (const auto& hit : hits) {
    const auto same = [&](const Alike& group) {
      const auto &left = *group.first->result, &right = *hit.at->result;
      return group.finding && hit.finding && left.scenario == right.scenario && left.version == right.version && left.transport == right.transport &&
             group.finding->expected == hit.finding->expected && group.finding->actual == hit.finding->actual && group.finding->where == hit.finding->where;
    };
    auto found = std::find_if(groups.begin(), groups.end(), same);
    if (found == groups.end()) found = groups.insert(groups.end(), Alike{hit.at, hit.finding, {}});
    found->rows.push_back(one_line(hit.at->result->case_name));
  }
  return groups;
}

std::string names_of(const Alike& group) {
  constexpr std::size_t most = 12;
  if (group.rows.size() == 1) return fmt::format("  {}\n", one_line(group.first->name));
  record::Result table;  // the case without its row
  table.scenario = group.first->result->scenario, table.version = group.first->result->version, table.transport = group.first->result->transport;
  std::string text = fmt::format("{}, {}: ", one_line(record::full_name(table)), count(group.rows.size(), "case"));
  for (std::size_t i = 0; i < std::min(most, group.rows.size()); ++i) text += (i ? "; " : "") + group.rows[i];
  if (group.rows.size() > most) text += fmt::format("; and {} more", group.rows.size() - most);
  return wrapped(text, width, "  ");
}

void add_broken(std::string& text, std::string_view word, const std::vector<Broken>& groups, const View& view) {
  for (const auto& group : groups) {
    text += fmt::format("\n{} {}\n", word, one_line(title_of(group)));
    text += wrapped(clean(summary_of(group)), width, "  ");
    for (const auto& each : alike(group.hits)) {
      text += names_of(each);
      if (!each.finding) {
        add_field(text, "reason", each.first->result->reason);
      } else {
        add_field(text, "expected", each.finding->expected);
        add_field(text, "actual", each.finding->actual);
        add_field(text, "where", each.finding->where);
      }
      text += fmt::format("    {:<10} {}\n", "replay", rerun(view, *each.first));   // in one line, to be copied
    }
  }
}

void add_reasons(std::string& text, std::string_view word, const std::vector<Reason>& groups, std::size_t names) {
  for (const auto& group : groups) {
    text += wrapped(fmt::format("{}, {}: {}", word, count(group.cases.size(), "case"), group.text.empty() ? "no reason given" : shortened(clean(group.text), 600)),
                    width, "  ");
    for (std::size_t i = 0; i < std::min(names, group.cases.size()); ++i) text += "      " + one_line(group.cases[i]->name) + "\n";
    if (names > 0 && group.cases.size() > names) text += fmt::format("      and {}\n", count(group.cases.size() - names, "further case"));
  }
}

void add_answers(std::string& text, const std::vector<Answered>& all) {
  if (!all.empty()) text += fmt::format("\n{}\n", answered_title);
  for (const auto& each : all) {
    text += wrapped(clean(fmt::format("{} {}", each.id, each.question)), width, "  ");
    for (const auto& answer : each.answers) {
      const auto more = answer.cases.size() == 1 ? "" : fmt::format(" and {}", count(answer.cases.size() - 1, "further case"));
      text += wrapped(fmt::format("{}: {}{}", shortened(clean(answer.text), 600), one_line(answer.cases.front()->name), more), width, "      ");
    }
  }
}

void add_flaky(std::string& text, const View& view) {
  if (view.flaky.empty()) return;
  text += fmt::format("\nFLAKY, {}: played several times, with different verdicts\n", count(view.flaky.size(), "case"));
  for (const auto& each : view.flaky) text += wrapped(fmt::format("{}: {}", one_line(each.plays.front()->name), each.text), width, "  ");
}

void add_changes(std::string& text, const View& view) {
  constexpr std::size_t most = 20;   // of each kind
  if (!view.before) return;
  text += "\n" + wrapped(fmt::format("Against {}: {}", clean(view.changes.against), headline(view.changes)), width, "");
  for (const auto& row : kinds) {
    const auto chosen = view.changes.of(row.kind);
    for (std::size_t i = 0; i < std::min(most, chosen.size()); ++i) {
      const auto& each = *chosen[i];
      const auto what = each.is == each.was ? each.is : fmt::format("{}; was {}", each.is, each.was);
      text += wrapped(fmt::format("{}: {}", one_line(each.name), what), width, "            ").replace(2, row.word.size(), row.word);
    }
    if (chosen.size() > most) text += fmt::format("            and {} more\n", number(chosen.size() - most));
  }
}

}  // namespace

std::string summary(const record::Run& run, const record::Run* baseline) {
  const View view{run, baseline};
  std::string text = fmt::format("{} at {}\n", one_line(broker_names(view)), one_line(run.header.target));
  text += fmt::format("{} over {}, seed {}, {}\n\n", played(view),
                      run.header.transports.empty() ? "no transport" : one_line(fmt::format("{}", fmt::join(run.header.transports, ", "))), run.header.seed,
                      duration(view.took));
  add_table(text, view);
  add_broken(text, "FAIL", view.broken, view);
  add_broken(text, "WARNING", view.missed, view);
  add_answers(text, view.answered);
  if (!view.errors.empty() || !view.inconclusive.empty() || !view.skipped.empty()) text += "\n";
  add_reasons(text, "ERROR", view.errors, 10);
  add_reasons(text, "INCONCLUSIVE", view.inconclusive, 10);
  add_reasons(text, "SKIPPED", view.skipped, 0);
  add_flaky(text, view);
  add_changes(text, view);
  text += "\n";
  for (const auto& complaint : run.complaints) text += one_line(complaint) + "\n";
  if (const auto end = ending(view); !end.empty()) text += clean(end) + "\n";
  text += fmt::format("{}: {}\n{}; {} looked at\n", played(view), tally(view.counts), headline(view),
                      count(static_cast<unsigned>(view.statements_checked), "statement"));
  return text;
}

}  // namespace reports
