#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

#include "harness/record/names.h"
#include "harness/record/record.h"

namespace record {
namespace {

using nlohmann::json;

constexpr std::string_view line_begins = "{\"type\":\"";

// The members of one object. The first thing wrong with them stays in `fault`, with the path to it; after that every answer is a default.
class Members {
public:
  Members(const json& value, std::string& fault, std::string path = {}) : value_(value), fault_(fault), path_(std::move(path)) {
    if (!value.is_object()) wrong("", "an object", value);
  }
  std::string text(const char* key, bool required = false) const {
    const json* found = find(key, required);
    if (!found) return {};
    if (!found->is_string()) return wrong(key, "a text", *found), std::string{};
    return found->get<std::string>();
  }
  template <std::integral Number> Number number(const char* key, Number without) const {
    const json* found = find(key, false);
    if (!found) return without;
    const bool fits = found->is_number_unsigned()  ? std::in_range<Number>(found->get<std::uint64_t>())
                      : found->is_number_integer() ? std::in_range<Number>(found->get<std::int64_t>())
                                                   : false;
    if (fits) return found->get<Number>();
    using Limits = std::numeric_limits<Number>;
    return wrong(key, fmt::format("a whole number from {} to {}", Limits::min(), Limits::max()), *found), without;
  }
  Microseconds microseconds(const char* key) const { return Microseconds{number<std::int64_t>(key, 0)}; }
  Microseconds milliseconds(const char* key) const {
    const json* found = find(key, false);
    if (!found) return {};
    if (found->is_number() && std::abs(found->get<double>()) < 1e12) return Microseconds{std::llround(found->get<double>() * 1000)};
    return wrong(key, "a number of milliseconds", *found), Microseconds{};
  }
  bool truth(const char* key) const {
    const json* found = find(key, false);
    if (found && !found->is_boolean()) wrong(key, "true or false", *found);
    return found && found->is_boolean() && found->get<bool>();
  }
  template <typename Enum> Enum named(const char* key) const {
    const std::string given = text(key, true);
    std::string choices;
    for (std::size_t i = 0; i < words<Enum>.size(); ++i) {
      if (words<Enum>[i] == given) return static_cast<Enum>(i);
      choices += (i == 0 ? "" : i + 1 == words<Enum>.size() ? " or " : ", ") + std::string{words<Enum>[i]};
    }
    return wrong(key, choices, given), Enum{};
  }
  mqtt::Version version(const char* key, std::optional<mqtt::Version> without = {}) const {
    const std::string given = text(key, !without);
    if (given.empty() && without) return *without;
    if (auto found = mqtt::version_named(given)) return *found;
    return wrong(key, "3.1, 3.1.1 or 5.0", given), mqtt::Version::v5_0;
  }
  mqtt::Bytes bytes(const char* key) const {
    const std::string given = text(key);
    if (auto found = mqtt::parse_hex(given)) return std::move(*found);
    return wrong(key, "hex", given), mqtt::Bytes{};
  }
  std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> all;
    each(key, [&](const json& item, const std::string& path) {
      if (item.is_string()) all.push_back(item.get<std::string>());
      else wrong_at(path, "a text", item);
    });
    return all;
  }
  template <typename Take> void objects(const char* key, Take take) const {
    each(key, [&](const json& item, const std::string& path) { take(Members{item, fault_, path}); });
  }

private:
  const json* find(const char* key, bool required) const {
    if (!value_.is_object()) return nullptr;
    auto found = value_.find(key);
    if (found != value_.end()) return &*found;
    if (required && fault_.empty()) fault_ = fmt::format("there is no '{}'", join(key));
    return nullptr;
  }
  template <typename Take> void each(const char* key, Take take) const {
    const json* found = find(key, false);
    if (!found) return;
    if (!found->is_array()) return wrong(key, "a list", *found);
    for (std::size_t i = 0; i < found->size(); ++i) take((*found)[i], fmt::format("{}[{}]", join(key), i));
  }
  std::string join(const char* key) const { return path_.empty() || !*key ? path_ + key : path_ + "." + key; }
  void wrong(const char* key, const std::string& wanted, const json& got) const { wrong_at(join(key), wanted, got); }
  void wrong_at(const std::string& path, const std::string& wanted, const json& got) const {
    if (!fault_.empty()) return;
    std::string shown = got.is_array() ? "a list" : got.is_object() ? "an object" : got.dump(-1, ' ', true, json::error_handler_t::replace);
    if (shown.size() > 40) shown = shown.substr(0, 37) + "...";
    fault_ = fmt::format("{} is {}, not {}", path.empty() ? "the line" : "'" + path + "'", shown, wanted);
  }

  const json& value_;
  std::string& fault_;
  std::string path_;
};

spec::Statement statement_from(const Members& in) {
  spec::Statement out;
  out.id = in.text("id", true);
  out.version = mqtt::version_named(out.id.substr(0, out.id.find(':'))).value_or(mqtt::Version::v5_0);
  out.section = in.text("section");
  const std::string level = in.text("level"), observable = in.text("observable");
  out.level = level == "should" ? spec::Level::should : level == "may" ? spec::Level::may : spec::Level::must;
  out.level_text = in.text("level_text");
  out.binds = in.text("binds");
  out.topic = in.text("topic");
  out.observable = observable == "no" ? spec::Observable::no : observable == "partly" ? spec::Observable::partly : spec::Observable::yes;
  out.summary = in.text("summary");
  out.how = in.text("how");
  const std::string grade = in.text("grade");
  out.grade = grade == "soft" ? spec::Grade::soft : grade == "soft reaction" ? spec::Grade::soft_reaction : spec::Grade::firm;
  out.why_soft = in.text("why_soft");
  return out;
}

Header header_from(const Members& in) {
  Header out{in.text("tool"), in.text("target"), in.text("broker"), in.text("profile"), in.text("started"), in.number<std::uint64_t>("seed", 0),
             in.texts("versions"), in.texts("transports"), {}, in.texts("broken_rules"), in.text("scenarios"), in.texts("chosen_by")};
  in.objects("statements", [&](const Members& each) { out.statements.push_back(statement_from(each)); });
  return out;
}

Finding finding_from(const Members& in) {
  return {in.text("statement", true), in.named<Kept>("verdict"), in.text("expected"),           in.text("actual"),
          in.text("where"),           in.number<int>("step", -1),   in.number<int>("event", -1), in.number<std::uint32_t>("offset", 0),
          in.number<std::uint32_t>("size", 0), Microseconds{in.number<std::int64_t>("took_us", -1)}};
}

StepNote step_from(const Members& in) {
  return {in.text("where"), in.text("text"), in.named<Outcome>("outcome"), in.microseconds("at_us"), in.microseconds("took_us"), in.microseconds("limit_us")};
}

Event event_from(const Members& in, mqtt::Version usual) {
  return {in.microseconds("at_us"), in.named<What>("event"), in.text("client"), in.version("version", usual),
          in.number<int>("step", -1), in.bytes("bytes"), in.text("text"), in.truth("fence")};
}

Result result_from(const Members& in) {
  Result out{in.text("scenario", true), in.text("case"), in.text("title"), in.texts("tags"), in.version("version"), in.text("transport"),
             in.named<Verdict>("verdict"), in.text("reason"), in.milliseconds("started_ms"), in.milliseconds("took_ms"), {}, {}, {}, in.texts("log")};
  in.objects("findings", [&](const Members& each) { out.findings.push_back(finding_from(each)); });
  in.objects("steps", [&](const Members& each) { out.steps.push_back(step_from(each)); });
  in.objects("trace", [&](const Members& each) { out.trace.push_back(event_from(each, out.version)); });
  return out;
}

template <typename Item, typename Same> void join(std::vector<Item>& into, std::vector<Item>&& more, Same same) {
  for (auto& item : more)
    if (std::none_of(into.begin(), into.end(), [&](const Item& known) { return same(known, item); })) into.push_back(std::move(item));
}

// Runs of one broker may be against several of its addresses; one without a name is known by its address.
bool same_broker(const Header& left, const Header& right) {
  return left.broker == right.broker && left.profile == right.profile && (!left.broker.empty() || left.target == right.target);
}

// What a reader knows besides the run: where it stands, and whose results follow.
struct Intake {
  Run& run;
  std::shared_ptr<const std::string> file = nullptr;   // set: only outlines are kept
  int broker = 0;
};

void take(Intake& intake, Header&& header) {
  Run& run = intake.run;
  Header slim = header;
  slim.statements.clear();
  const auto known = std::find_if(run.brokers.begin(), run.brokers.end(), [&](const Header& each) { return same_broker(each, header); });
  intake.broker = static_cast<int>(known - run.brokers.begin());
  if (known == run.brokers.end()) run.brokers.push_back(std::move(slim));
  else join(known->versions, std::move(slim.versions), std::equal_to<>{}), join(known->transports, std::move(slim.transports), std::equal_to<>{});
  if (run.headers++ == 0) {
    run.header = std::move(header);
    return;
  }
  join(run.header.versions, std::move(header.versions), std::equal_to<>{});
  join(run.header.transports, std::move(header.transports), std::equal_to<>{});
  if (run.header.statements.empty()) run.header.statements = std::move(header.statements);
}

// Emptied and its memory given back, which `= {}` does not do.
template <typename Held> void drop(Held& held) { Held().swap(held); }

// What every page of a report needs of a case; the rest stays in the file. What held says only which statement, and the first finding in which file.
void outline(Result& result) {
  drop(result.steps), drop(result.trace), drop(result.log);
  for (auto& finding : result.findings) {
    if (finding.verdict != Kept::pass && finding.verdict != Kept::inconclusive) continue;
    drop(finding.expected), drop(finding.actual);
    if (&finding != result.findings.data()) drop(finding.where);
  }
  result.findings.shrink_to_fit();
}

void take(Intake& intake, Result&& result, std::uint64_t offset) {
  result.broker = intake.broker;
  if (intake.file) {
    outline(result);
    intake.run.spots.push_back({intake.file, offset});
  }
  intake.run.results.push_back(std::move(result));
}

void take(Run& run, Footer&& footer) {
  ++run.footers;
  if (!run.footer) run.footer.emplace();
  run.footer->took += footer.took;
  run.footer->interrupted |= footer.interrupted;
  if (!footer.note.empty()) run.footer->note += (run.footer->note.empty() ? "" : "; ") + footer.note;
}

void take_line(Intake& intake, const std::string& line, const std::string& at, std::uint64_t offset) {
  Run& run = intake.run;
  json value = json::parse(line, nullptr, false);
  if (value.is_discarded()) {
    const bool ours = line.starts_with(line_begins);
    run.complaints.push_back(at + (ours ? ": cut off in the middle; this line is lost" : ": not a line of a record (not JSON); passed over"));
    const auto next = line.rfind(line_begins);
    if (next != line.npos && next > 0) take_line(intake, line.substr(next), at, offset + next);
    return;
  }
  std::string fault;
  const Members in{value, fault};
  const std::string type = in.text("type", true);
  if (type == "header") {
    Header header = header_from(in);
    if (fault.empty()) return take(intake, std::move(header));
  } else if (type == "result") {
    Result result = result_from(in);
    if (fault.empty()) return take(intake, std::move(result), offset);
  } else if (type == "footer") {
    Footer footer{in.milliseconds("took_ms"), in.truth("interrupted"), in.text("note")};
    if (fault.empty()) return take(run, std::move(footer));
  } else if (fault.empty()) {
    fault = fmt::format("'type' is '{}', not header, result or footer", type);
  }
  run.complaints.push_back(fmt::format("{}: {}; this line is lost", at, fault));
}

void read_lines(Intake intake, std::istream& in, const std::string& name) {
  Run& run = intake.run;
  const int headers = run.headers, footers = run.footers;
  const std::size_t results = run.results.size();
  std::string line;
  std::uint64_t offset = 0;
  for (int number = 1; std::getline(in, line); ++number) {
    const auto next = offset + line.size() + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find_first_not_of(" \t") != line.npos) take_line(intake, line, fmt::format("{}:{}", name, number), offset);
    offset = next;
  }
  const int begun = run.headers - headers, ended = run.footers - footers;
  if (begun == 0)
    run.complaints.push_back(fmt::format("{}: no header was found, {}", name,
                                         run.results.size() == results ? "and no result: this is not a record, or an empty one"
                                                                       : "so nothing says which broker these results are of"));
  if (ended < begun)
    run.complaints.push_back(begun == 1 ? fmt::format("{}: there is no footer: the run was cut off, and results may be missing", name)
                                        : fmt::format("{}: {} of {} runs have no footer: they were cut off, and results may be missing", name,
                                                      begun - ended, begun));
}

}  // namespace

void read_more(Run& run, std::istream& in, const std::string& name) { read_lines({run}, in, name); }

void outline_more(Run& run, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read", file));
  read_lines({run, std::make_shared<const std::string>(file)}, in, file);
}

Result Run::whole(std::size_t index) const {
  if (spots.empty()) return results.at(index);
  const auto& spot = spots.at(index);
  std::ifstream in(*spot.file, std::ios::binary);
  std::string line, fault;
  in.seekg(static_cast<std::streamoff>(spot.offset));
  std::getline(in, line);
  const json value = json::parse(line, nullptr, false);
  Result result = value.is_object() ? result_from({value, fault}) : Result{};
  result.broker = results.at(index).broker;
  if (!in || !value.is_object() || !fault.empty() || full_name(result) != full_name(results[index]))
    throw std::runtime_error(fmt::format("{}: was changed while it was being read: {} no longer stands at byte {}", *spot.file, full_name(results[index]), spot.offset));
  return result;
}

Run read(std::istream& in, const std::string& name) {
  Run run;
  read_more(run, in, name);
  return run;
}

}  // namespace record
