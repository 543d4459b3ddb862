#include <fmt/format.h>

#include <algorithm>

#include "reports/expected.h"
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

// Of a case that was played several times: "5 plays: 3 fail, 2 pass". Its plays stand together in View::cases.
std::string plays_of(const Case& one) {
  Counts verdicts;
  for (int i = 0; i < one.plays; ++i) verdicts.add(*(&one - (one.play - 1) + i)->result);
  verdicts.warned = 0;
  return one.plays == 1 ? "" : fmt::format("{}: {}", count(static_cast<unsigned>(one.plays), "play"), tally(verdicts));
}

// The first play of each case.
std::vector<const Case*> once_each(const std::vector<const Case*>& cases) {
  std::vector<const Case*> all;
  for (const auto* each : cases)
    if (std::none_of(all.begin(), all.end(), [&](const Case* known) { return known->name == each->name; })) all.push_back(each);
  return all;
}

// Rows of one table that broke in the same way are told once: "malformed/flags [3.1.1], 12 cases: PINGREQ, 0001; PINGREQ, 0010; ...".
// So are the plays of one case, whatever each showed.
struct Alike { const Case* first; const record::Finding* finding; std::vector<const Case*> cases; };

std::vector<Alike> alike(const std::vector<Hit>& hits) {
  std::vector<Alike> groups;
  for (const auto& hit : hits) {
    const auto same = [&](const Alike& group) {
      if (std::any_of(group.cases.begin(), group.cases.end(), [&](const Case* each) { return each->name == hit.at->name; })) return true;
      const auto &left = *group.first->result, &right = *hit.at->result;
      return group.finding && hit.finding && left.scenario == right.scenario && left.version == right.version && left.transport == right.transport &&
             group.finding->expected == hit.finding->expected && group.finding->actual == hit.finding->actual && group.finding->where == hit.finding->where;
    };
    auto found = std::find_if(groups.begin(), groups.end(), same);
    if (found == groups.end()) found = groups.insert(groups.end(), Alike{hit.at, hit.finding, {}});
    found->cases.push_back(hit.at);
  }
  for (auto& group : groups) group.cases = once_each(group.cases);
  return groups;
}

std::string names_of(const Alike& group) {
  constexpr std::size_t most = 12;
  const auto with_plays = [](const Case& one, const std::string& text) { return one.plays == 1 ? text : fmt::format("{} ({})", text, plays_of(one)); };
  if (group.cases.size() == 1) return wrapped(with_plays(*group.first, one_line(group.first->name)), width, "  ");
  record::Result table;  // the case without its row
  table.scenario = group.first->result->scenario, table.version = group.first->result->version, table.transport = group.first->result->transport;
  std::string text = fmt::format("{}, {}: ", one_line(record::full_name(table)), count(group.cases.size(), "case"));
  for (std::size_t i = 0; i < std::min(most, group.cases.size()); ++i) text += (i ? "; " : "") + with_plays(*group.cases[i], one_line(group.cases[i]->result->case_name));
  if (group.cases.size() > most) text += fmt::format("; and {} more", group.cases.size() - most);
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
    const auto cases = once_each(group.cases);
    text += wrapped(fmt::format("{}, {}: {}", word, count(cases.size(), "case"), group.text.empty() ? "no reason given" : shortened(clean(group.text), 600)),
                    width, "  ");
    for (std::size_t i = 0; i < std::min(names, cases.size()); ++i)
      text += wrapped(one_line(cases[i]->name) + (cases[i]->plays == 1 ? "" : fmt::format(" ({})", plays_of(*cases[i]))), width, "      ");
    if (names > 0 && cases.size() > names) text += fmt::format("      and {}\n", count(cases.size() - names, "further case"));
  }
}

void add_answers(std::string& text, const std::vector<Answered>& all) {
  if (!all.empty()) text += fmt::format("\n{}\n", answered_title);
  for (const auto& each : all) {
    text += wrapped(clean(fmt::format("{} {}", each.id, each.question)), width, "  ");
    for (const auto& answer : each.answers) {
      const auto others = once_each(answer.cases).size() - 1;
      const auto more = others == 0 ? "" : fmt::format(" and {}", count(others, "further case"));
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

void add_known(std::string& text, const record::News& news, const KnownList& list) {
  text += fmt::format("\nAgainst {}: {} known{}, {} new, {} gone, {} stale\n", one_line(list.name), news.expected, news.expected > 0 ? " and not told above" : "", news.fresh.size(), news.gone.size(), news.stale.size());
  for (const auto& each : news.fresh) text += one_line(fmt::format("  new: {} {}: {}", each.name, each.statement, each.text)) + "\n";
  for (const auto* lines : {&news.gone, &news.stale, &news.quiet})
    for (const auto& line : *lines) text += "  " + one_line(line) + "\n";
}

}  // namespace

std::string summary(const record::Run& run, const Against& against) {
  const View view{run, against.baseline};
  const Unlisted unlisted(view, against.known);
  std::string text = view.brokers.size() == 1 && embedded(view.brokers.front()) ? fmt::format("{}, embedded in this program\n", one_line(broker_names(view)))
                                          : fmt::format("{} at {}\n", one_line(broker_names(view)), one_line(run.header.target));
  text += fmt::format("{} over {}, seed {}, {}\n\n", played(view),
                      run.header.transports.empty() ? "no transport" : one_line(fmt::format("{}", fmt::join(run.header.transports, ", "))), run.header.seed,
                      duration(view.took));
  add_table(text, view);
  add_broken(text, "FAIL", unlisted.of(view.broken), view);
  add_broken(text, "WARNING", view.missed, view);
  add_answers(text, view.answered);
  if (!view.errors.empty() || !view.inconclusive.empty() || !view.skipped.empty()) text += "\n";
  add_reasons(text, "ERROR", unlisted.of(view.errors, "error"), 10);
  add_reasons(text, "INCONCLUSIVE", unlisted.of(view.inconclusive, "inconclusive"), 10);
  add_reasons(text, "SKIPPED", view.skipped, 0);
  add_flaky(text, view);
  add_changes(text, view);
  text += "\n";
  for (const auto& complaint : run.complaints) text += one_line(complaint) + "\n";
  if (const auto end = ending(view); !end.empty()) text += clean(end) + "\n";
  text += fmt::format("{}: {}\n{}; {} looked at\n", played(view), tally(view.counts), headline(view),
                      count(static_cast<unsigned>(view.statements_checked), "statement"));
  if (against.known) add_known(text, unlisted.news, *against.known);
  return text;
}

}  // namespace reports
