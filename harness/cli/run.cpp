#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <fstream>
#include <random>
#include <sstream>

#include "harness/cli/command.h"
#include "harness/cli/header.h"
#include "harness/cli/library.h"
#include "harness/cli/live.h"
#include "harness/cli/outputs.h"
#include "harness/cli/progress.h"
#include "harness/cli/reproduce.h"
#include "harness/cli/target.h"
#include "harness/cli/to_end.h"
#include "harness/engine/probe.h"
#include "harness/engine/suite.h"
#include "harness/record/known.h"
#include "reports/rerun.h"
#include "reports/text.h"

namespace cli {
namespace {

namespace asio = boost::asio;

struct RunOptions {
  Selection selection;
  TargetOptions target;
  Outputs outputs;
  int jobs = 32, repeat = 1;
  std::uint64_t seed = std::random_device{}();
  std::string record, reproduce;
  std::optional<std::string> serve;    // where; empty: this machine only, a free port
  bool no_skips = false;
};

// Unique to the run: five letters and digits that follow from the seed.
std::string run_id(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string id;
  while (id.size() < 5) id += "0123456789abcdefghijklmnopqrstuvwxyz"[random() % 36];
  return id;
}

class Running {
public:
  Running(const RunOptions& options, asio::io_context& io)
      : options_(options), beside_(options.outputs.read()),
        library_(load_library(options.selection)), choice_(choose(options.target, clock_)), signals_(io, SIGINT, SIGTERM) {
    if (options.serve) live_ = std::make_unique<Live>(io.get_executor(), *options.serve);
  }

  int exit = could_not;
  asio::awaitable<void> play() {
    print_complaints(library_.suite);
    if (!library_.suite.complaints.empty()) {
      exit = bad_scenarios;
      co_return;
    }
    auto chosen = select(library_.suite, options_.selection);
    if (chosen.empty()) throw std::runtime_error("no case is chosen: see --filter, --mqtt and --shard, and `mqttspec list`");
    std::unique_ptr<engine::Instance> instance = co_await choice_.make({});
    engine::Stage stage{*instance, clock_, pace_, library_.catalogue, run_id(options_.seed), false, {}, {}};
    listen_for_interrupts(stage);

    engine::Look look = co_await engine::probe_abilities(stage);
    if (instance->target.versions.empty() && !stage.interrupted)
      throw std::runtime_error(fmt::format("{} cannot be tested: a first client is not served: {}", instance->target.url, look.versions.back().how));
    chosen_ = chosen;
    begin(instance->target, chosen);
    Progress progress(chosen.size(), options_.repeat);
    if (live_) live_->begin(run_.header, progress.standing());

    engine::Plan plan;
    plan.cases = chosen;
    plan.jobs = options_.jobs;
    plan.repeat = options_.repeat;
    plan.instances = choice_.instances;
    plan.exclusive = choice_.exclusive;
    plan.may_break = choice_.may_break;
    warn(chosen);
    if (choice_.ours) plan.own_instance = choice_.make;
    auto report = [&](record::Result result) {
      if (writer_) writer_->write(result);
      progress.finished(result);
      if (live_) live_->finished(result, progress.standing());
      run_.results.push_back(std::move(result));
    };
    engine::Course course = co_await engine::play_suite(std::move(plan), stage, report);
    progress.done();
    std::string after;
    if (!course.interrupted) after = co_await engine::probe_alive(stage);
    if (!after.empty()) course.uncharged = true;
    if (!after.empty() && course.deaths.empty()) course.deaths.push_back("after the run " + after);
    signals_.cancel();
    finish(course);
    instance.reset();
    if (live_) co_await show_report(course);
  }

private:
  void listen_for_interrupts(engine::Stage& stage) {
    signals_.async_wait([this, &stage](auto error, int) {
      if (error) return;
      fmt::print(stderr, "\ninterrupted: writing the report of what was played\n");
      stage.interrupt();
      signals_.clear();   // a second one ends the program at once
    });
  }

  // Whoever sits there ends it; nobody else could.
  asio::awaitable<void> show_report(const engine::Course& course) {
    if (course.interrupted || !somebody_is_there()) {
      co_await live_->end(clock_);
      co_return;
    }
    std::ostringstream report;
    options_.outputs.write_page(run_, beside_, report, true);   // the policy of the page forbids scripts inside it
    live_->over(std::move(report).str());
    std::fflush(stdout);
    bool asked = false;
    auto executor = co_await asio::this_coro::executor;
    net::Signal end(executor);
    signals_.async_wait([&](auto, int) { asked = true, end.raise(); });
    fmt::print(stderr, "the report stays at {} until Ctrl-C\n", live_->url());
    while (!asked) co_await clock_.wait(end, net::Time::max());
    fmt::print(stderr, "\n");
  }

  // Whoever lets us break a broker that is not on loopback is told what is going to happen.
  void warn(const std::vector<const scenario::Case*>& chosen) const {
    if (!options_.target.may_break) return;
    auto intrusive = std::count_if(chosen.begin(), chosen.end(), [](auto* one) { return std::find(one->tags.begin(), one->tags.end(), "intrusive") != one->tags.end(); });
    fmt::print("{} intrusive cases are played too: each sends what has crashed, hung or starved a broker. It may go down, for all of its clients.\n", intrusive);
  }

  void begin(const engine::Target& target, const std::vector<const scenario::Case*>& chosen) {
    auto& header = run_.header = cli::header(options_.target, choice_, target, library_.catalogue, options_.seed, options_.selection.folder);
    bool websocket = std::any_of(chosen.begin(), chosen.end(), [](auto* one) { return !one->transport.empty(); });
    if (websocket && !target.websocket.empty() && target.websocket != target.transport) header.transports.push_back(target.websocket);
    run_.headers = 1;
    if (options_.record.empty()) return;
    if (auto folder = std::filesystem::path(options_.record).parent_path(); !folder.empty()) std::filesystem::create_directories(folder);
    file_.open(options_.record, std::ios::binary);
    if (!file_) throw std::runtime_error(fmt::format("--record {}: cannot be written", options_.record));
    writer_.emplace(file_);
    writer_->write(header);
  }

  void finish(const engine::Course& course) {
    record::Footer footer;
    footer.took = std::chrono::duration_cast<record::Microseconds>(clock_.now() - begun_);
    footer.interrupted = course.interrupted;
    footer.note = fmt::format("{}", fmt::join(course.deaths, "; "));
    if (writer_) writer_->write(footer);
    run_.footer = footer;
    run_.footers = 1;
    std::sort(run_.results.begin(), run_.results.end(), [](auto& a, auto& b) { return record::full_name(a) < record::full_name(b); });
    options_.outputs.write(run_, beside_);
    if (!options_.reproduce.empty()) reproduce();
    exit = course.interrupted ? interrupted : judge(course);
  }

  void reproduce() const {
    const auto written = write_reproducers(chosen_, run_.results, options_.reproduce);
    if (written == 0) return;
    fmt::print("\n{} in {}: {} --scenarios {} --seed {}\n", reports::count(written, "reproducer"), options_.reproduce, reports::run_command(run_.header, run_.header.transports.front()),
               reports::shell_word(options_.reproduce), run_.header.seed);
  }

  int judge(const engine::Course& course) const {
    auto played = std::count_if(run_.results.begin(), run_.results.end(), [](auto& each) { return each.verdict != record::Verdict::skip; });
    if (played == 0) {
      fmt::print("No case was played: all {} were skipped.\n", run_.results.size());
      return could_not;
    }
    bool skipped = options_.no_skips && played != std::ptrdiff_t(run_.results.size());
    if (skipped) fmt::print("Cases were skipped, and --no-skips forbids it.\n");
    const bool news = record::compare(run_.results, beside_.known ? beside_.known->entries : std::vector<record::Known>{}, record::today()).any();
    return news || skipped || course.uncharged ? something_failed : all_well;
  }

  const RunOptions& options_;
  const Beside beside_;
  net::RealClock clock_;
  engine::Pace pace_;
  Library library_;
  Choice choice_;
  asio::signal_set signals_;
  net::Time begun_ = clock_.now();
  record::Run run_;
  std::ofstream file_;
  std::optional<record::Writer> writer_;
  std::unique_ptr<Live> live_;
  std::vector<const scenario::Case*> chosen_;
};

int run_all(const RunOptions& options) {
  asio::io_context io;
  Running running(options, io);
  to_end(io, running.play());
  return running.exit;
}

}  // namespace

std::function<int()> run(CLI::App& app) {
  auto options = std::make_shared<RunOptions>();
  options->target.options(app);
  selection_options(app, options->selection);
  app.add_option("--jobs", options->jobs, "cases at once (default 32)")->check(CLI::Range(1, 1000));
  app.add_option("--repeat", options->repeat, "play every case N times, in rounds; one whose verdicts differ is flaky")->check(CLI::Range(1, 1000));
  app.add_option("--seed", options->seed, "the run's unique names follow from it (default: random)");
  app.add_option("--record", options->record, "write the record, from which `mqttspec report` makes every report");
  options->outputs.options(app);
  app.add_option("--reproduce", options->reproduce, "folder for the smallest scenario that shows each failure: a file each, to be played with --scenarios");
  auto* serve = app.add_option("--serve", options->serve, "show the run in a browser as it goes, and its report when it is over: ADDRESS:PORT, or nothing for this machine only and a free port")
                    ->expected(0, 1)->default_str("")->type_name("[ADDRESS:PORT]");
  app.add_flag("--no-skips", options->no_skips, "a skipped case makes the exit code 1");
  app.footer("Exit code: 0 all pass, 1 something failed, 2 it could not be done, 3 scenario files are wrong, 130 interrupted (reports are written).");
  return [=] {
    if (serve->count() > 0 && !options->serve) options->serve = "";
    // `--serve URL`: the URL is no place to listen, though it stands where one could.
    if (options->serve && options->target.url.empty() && (options->serve->find("://") != std::string::npos || options->serve->starts_with("unix:"))) options->target.url = std::exchange(*options->serve, "");
    if (options->serve) serve_place(*options->serve);   // what is wrong with it is said before anything is read
    return run_all(*options);
  };
}

}  // namespace cli
