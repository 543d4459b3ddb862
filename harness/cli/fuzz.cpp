#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#include "fuzz/network/campaign.h"
#include "fuzz/network/scenario_file.h"
#include "harness/cli/command.h"
#include "harness/cli/header.h"
#include "harness/cli/library.h"
#include "harness/cli/target.h"
#include "harness/cli/to_end.h"
#include "harness/engine/probe.h"
#include "harness/engine/suite.h"
#include "reports/expected.h"
#include "reports/reports.h"
#include "reports/rerun.h"

namespace cli {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using record::Verdict;

constexpr auto what_it_does =
    "it sends malformed packets as fast as it can, from many clients at once, leaves sessions behind, and plays again what brings the broker down, to be sure";

constexpr auto between_words = std::chrono::seconds(10);

struct FuzzOptions {
  TargetOptions target;
  std::string scenarios, expect, out = "fuzz-found";
  std::uint64_t seed = std::random_device{}();
  std::size_t seconds = 30, cases = 0;
  int lanes = network::Orders{}.lanes;
};

void write(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  if (!(out << text).flush()) throw std::runtime_error(fmt::format("{}: cannot be written", file.string()));
}

class Fuzzing {
public:
  Fuzzing(const FuzzOptions& options, asio::io_context& io)
      : options_(options), known_(options.expect.empty() ? std::vector<record::Known>{} : record::load_known(options.expect)), library_(load_library(options.scenarios)), choice_(choose(options.target, clock_)), signals_(io, SIGINT, SIGTERM), heartbeat_(clock_, io.get_executor()) {}

  int exit = could_not;
  asio::awaitable<void> run() {
    print_complaints(library_.suite);
    if (!library_.suite.complaints.empty()) {
      exit = bad_scenarios;
      co_return;
    }
    if (!choice_.may_break)
      throw std::runtime_error(fmt::format("fuzz tries to break a broker, and this one is not on loopback: {}. Say --i-may-break-this-broker when that is meant", what_it_does));
    if (options_.target.may_break) fmt::print("This tries to break the broker: {}.\n", what_it_does);
    fs::create_directories(options_.out);
    std::unique_ptr<engine::Instance> instance = co_await choice_.make({});
    engine::Pace pace;
    engine::Stage stage{*instance, clock_, pace, library_.catalogue, "fuzz0", false, {}, {}};
    std::string trouble = co_await engine::probe_alive(stage);
    if (!trouble.empty()) throw std::runtime_error(fmt::format("{} cannot be fuzzed: a first client is not served: {}", instance->target.url, trouble));
    co_await engine::probe_abilities(stage);
    auto target = instance->target;
    instance.reset();

    // A broker of its own has a password of its own: the account is asked for anew with each.
    network::MakeInstance make = [this](std::string setup) { return choice_.make(std::move(setup)); };
    network::Maker maker(library_.suite.cases, target);
    network::Orders orders;
    orders.seed = options_.seed;
    orders.time = std::chrono::seconds(options_.seconds);
    if (options_.cases) orders.cases = options_.cases;
    orders.lanes = options_.lanes;
    fmt::print("{} sessions of scenarios and a grammar, bent, against {} for {} s; the first has the seed {}\n", maker.scripts(), target.url, options_.seconds, options_.seed);
    std::fflush(stdout);
    auto executor = co_await asio::this_coro::executor;
    asio::co_spawn(executor, heartbeat_.beat(), asio::detached);
    network::Campaign campaign(maker, make, target, clock_, heartbeat_, orders);
    listen_for_interrupts(campaign);
    campaign.progress = [&] { show(campaign.tally); };
    co_await campaign.run();
    heartbeat_.stop();
    signals_.cancel();
    if (terminal_) fmt::print(stderr, "\r\x1b[K");
    run_.header = header(options_.target, choice_, target, library_.catalogue, options_.seed, options_.out);
    run_.headers = 1;
    for (auto& charge : campaign.charges) {
      try {
        co_await settle(charge, campaign.tally);
      } catch (const std::runtime_error& trouble) {
        lost_anew_ |= charge.judged.verdict >= network::Verdict::harmed;
        campaign.tally.notes.push_back(fmt::format("{}; no scenario could be made of it: {}", charge.judged.text, trouble.what()));
      }
    }
    finish(campaign);
  }

private:
  void listen_for_interrupts(network::Campaign& campaign) {
    signals_.async_wait([this, &campaign](auto error, int) {
      if (error) return;
      fmt::print(stderr, "\ninterrupted: writing what was found\n");
      campaign.interrupt();
      signals_.clear();
    });
  }

  // What is wider than the terminal is cut, not wrapped; where there is none, a line now and then.
  void show(const network::Tally& tally) {
    if (terminal_) fmt::print(stderr, "\r\x1b[?7l{}\x1b[K\x1b[?7h", network::progress_text(tally));
    else if (clock_.now() - told_ >= between_words) fmt::print(stderr, "{}\n", network::progress_text(tally)), told_ = clock_.now();
  }

  // Writes the finding as a scenario, plays it as `mqttspec run` would, and keeps what came of it.
  asio::awaitable<void> settle(network::Charge& charge, network::Tally& tally) {
    auto name = network::file_name(charge);
    for (int number = 2; !names_.insert(name).second; ++number) name = fmt::format("{}-{}", network::file_name(charge), number);
    auto dumps = network::hex_dumps(charge);
    for (std::size_t i = 0; i < dumps.size(); ++i)
      write(fs::path(options_.out) / (dumps.size() == 1 ? name + ".hex" : fmt::format("{}.client_{}.hex", name, i + 1)), dumps[i]);
    bool shown_by_play = !charge.strain && charge.judged.verdict != network::Verdict::slow;
    record::Result result;
    for (auto writes : {network::Writes::apart, network::Writes::together}) {
      result = {};
      co_await play_once(charge, name, writes, result);
      if (!shown_by_play || result.verdict == Verdict::fail) break;
    }
    if (shown_by_play && result.verdict != Verdict::fail) {
      tally.notes.push_back(fmt::format("{}; played as the scenario {}.json it did not come again: {}", charge.judged.text, name, record::name(result.verdict)));
      lost_anew_ |= charge.judged.verdict >= network::Verdict::harmed;
      co_return;
    }
    result.verdict = Verdict::fail;
    if (!shown_by_play || result.reason.empty()) result.reason = charge.judged.text;
    if (!shown_by_play) {   // what no step of a scenario can see
      record::Finding finding;
      finding.statement = charge.judged.statement;
      finding.verdict = record::Kept::fail;
      finding.expected = charge.strain ? "what a session costs the broker ends with it" : "answers, and the end of the connection, without delay";
      finding.actual = charge.judged.text;
      result.findings.push_back(std::move(finding));
    }
    if (result.log.empty()) result.log = charge.log;
    bool listed = !options_.expect.empty() && record::compare({result}, known_, record::today()).fresh.empty();
    lost_anew_ |= !listed && charge.judged.verdict >= network::Verdict::harmed;
    fmt::print("{} {} (after {} cases, in session {})\n  {}\n  replay     {}\n", listed ? "KNOWN" : "FOUND", name, charge.cases, charge.sessions.back().seed, charge.judged.text, reports::rerun(run_.header, result));
    run_.results.push_back(std::move(result));
  }

  asio::awaitable<void> play_once(const network::Charge& charge, std::string name, network::Writes writes, record::Result& result) {
    std::unique_ptr<engine::Instance> instance = co_await choice_.make({});
    auto text = network::scenario_text(charge, instance->target.account, library_.catalogue, writes);
    write(fs::path(options_.out) / (name + ".json"), text);
    auto suite = scenario::load_text((fs::path(options_.out) / name).string(), text, library_.catalogue);
    engine::Pace pace;
    engine::Stage stage{*instance, clock_, pace, library_.catalogue, "fuzz1", false, {}, {}};
    engine::Plan plan;
    for (auto& one : suite.cases) plan.cases.push_back(&one);
    plan.exclusive = true;
    auto report = [&](record::Result played) { result = std::move(played); };
    co_await engine::play_suite(std::move(plan), stage, report);
    result.scenario = name;
  }

  void finish(const network::Campaign& campaign) {
    auto summary = network::summary(campaign.tally);
    record::Result sweep;
    sweep.scenario = "fuzz_beside_many_sessions";
    bool lost = lost_anew_ || campaign.tally.unexplained > 0;
    bool aside = !lost && campaign.tally.by_verdict[std::size_t(network::Verdict::died)] + campaign.tally.by_verdict[std::size_t(network::Verdict::harmed)] > 0;
    sweep.title = fmt::format("A well-behaved client is served beside {} bent sessions{}", campaign.tally.cases, aside ? ", known failures aside" : "");
    sweep.tags = {"fuzz"};
    sweep.version = mqtt::Version::v5_0;
    sweep.transport = run_.header.transports[0];
    sweep.verdict = lost ? Verdict::fail : Verdict::pass;
    sweep.reason = (lost ? "the broker was lost, or a client beside the sessions was harmed: see the other cases\n" : "") + summary.substr(0, summary.size() - 1);
    sweep.took = std::chrono::duration_cast<record::Microseconds>(campaign.tally.playing);
    run_.results.push_back(std::move(sweep));
    record::Footer footer;
    footer.took = std::chrono::duration_cast<record::Microseconds>(clock_.now() - begun_);
    footer.interrupted = campaign.interrupted;
    run_.footer = footer;
    run_.footers = 1;
    std::ofstream record_file(fs::path(options_.out) / "run.jsonl", std::ios::binary);
    record::Writer writer(record_file);
    writer.write(run_.header);
    for (auto& result : run_.results) writer.write(result);
    writer.write(footer);
    std::ofstream html(fs::path(options_.out) / "report.html", std::ios::binary);
    reports::KnownList list{{}, options_.expect, record::today()};   // of what the fuzzer may find: `run` has the rest
    auto named = [&](const std::string& glob) { return std::any_of(run_.results.begin(), run_.results.end(), [&](auto& each) { return record::glob_matches(glob, record::full_name(each)); }); };
    for (auto& entry : known_)
      if (std::any_of(entry.cases.begin(), entry.cases.end(), named)) list.entries.push_back(entry);
    reports::write_html(run_, html, {.against = {.baseline = nullptr, .known = options_.expect.empty() ? nullptr : &list}});
    if (!record_file || !html) throw std::runtime_error(fmt::format("{}: the record or the report cannot be written", options_.out));
    auto news = record::compare(run_.results, known_, record::today());
    news.gone.clear();   // what was not found this time may be found the next
    bool found = run_.results.size() > 1 || lost;
    fmt::print("{}{}\n", summary, found ? fmt::format("found: {}; the report: {}/report.html", run_.results.size() - 1, options_.out) : campaign.interrupted ? "nothing confirmed" : "nothing found");
    if (!options_.expect.empty()) fmt::print("against {}: {} known, {} new, {} stale\n", options_.expect, news.expected, news.fresh.size(), news.stale.size());
    for (auto& stale : news.stale) fmt::print("  {}\n", stale);
    exit = campaign.interrupted ? interrupted : news.any() ? something_failed : all_well;
  }

  const FuzzOptions& options_;
  const std::vector<record::Known> known_;
  net::RealClock clock_;
  Library library_;
  Choice choice_;
  asio::signal_set signals_;
  engine::Heartbeat heartbeat_;
  const bool terminal_ = isatty(STDERR_FILENO);
  net::Time begun_ = clock_.now(), told_ = begun_;
  record::Run run_;
  std::set<std::string> names_;
  bool lost_anew_ = false;   // the broker, or a client beside the sessions was harmed, by what no list names
};

int fuzz_broker(const FuzzOptions& options) {
  asio::io_context io(1);
  Fuzzing fuzzing(options, io);
  to_end(io, fuzzing.run());
  return fuzzing.exit;
}

}  // namespace

std::function<int()> fuzz(CLI::App& app) {
  auto options = std::make_shared<FuzzOptions>();
  options->target.options(app);
  app.add_option("--scenarios", options->scenarios, "folder of scenarios (default: the project's)");
  app.add_option("--seconds", options->seconds, "how long to play (default 30); confirming and making small comes on top")->check(CLI::Range(1, 1'000'000));
  app.add_option("--cases", options->cases, "play at most so many sessions");
  app.add_option("--seed", options->seed, "of the first session; those that follow count up (default: random). --seed N --cases 1 plays that one");
  app.add_option("--lanes", options->lanes, fmt::format("sessions at once (default {}); fewer while the broker is slow", options->lanes))->check(CLI::Range(1, 1000));
  app.add_option("--expect", options->expect, "known failures, as `run` takes them: of what is found only news makes the exit code 1");
  app.add_option("--out", options->out, "folder for what is found: scenarios, hex dumps, run.jsonl and report.html (default fuzz-found)");
  app.footer("Exit code: 0 nothing found (with --expect: nothing new), 1 found, 2 it could not be done, 3 scenario files are wrong, 130 interrupted (what was found is written).");
  return [=] { return fuzz_broker(*options); };
}

}  // namespace cli
