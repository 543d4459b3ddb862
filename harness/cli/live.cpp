#include "harness/cli/live.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <regex>

namespace cli {
namespace {

using Json = nlohmann::json;

constexpr auto last_words = std::chrono::seconds(1);   // for viewers to take what they have not been told

Json to_json(const Standing& standing) {
  return {{"plays", standing.plays},
          {"over", standing.over},
          {"text", how_far(standing) + (standing.over < standing.plays ? "" : "; the report is being written")},
          {"counts", {{"fail", standing.fail}, {"error", standing.error}, {"inconclusive", standing.inconclusive}, {"warning", standing.warned}, {"pass", standing.pass - standing.warned}, {"skip", standing.skip}}}};
}

}  // namespace

net::Endpoint serve_place(const std::string& text) {
  static const std::regex form(R"((?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5}))");
  std::smatch parts;
  net::Endpoint at;
  at.host = "127.0.0.1", at.port = "0";
  if (text.empty()) return at;
  if (!std::regex_match(text, parts, form) || std::stoi(parts[3]) > 65535)
    throw std::runtime_error(fmt::format("--serve {}: expected ADDRESS:PORT, for example 127.0.0.1:8080 or [::1]:8080; port 0 takes a free one", text));
  at.host = parts[1].matched ? parts[1] : parts[2], at.port = parts[3];
  return at;
}

bool somebody_is_there() {
  const char* said = std::getenv("CI");
  const std::string_view ci = said ? said : "";
  return isatty(STDERR_FILENO) && (ci.empty() || ci == "false" || ci == "0");
}

Live::Live(net::asio::any_io_executor executor, const std::string& where)
    : server_(executor, serve_place(where), {[this](std::string_view name) { return page(name); }, [this] { return state(); }}) {
  for (auto& each : reports::live_files()) files_.push_back({each.name, {each.type, std::make_shared<const std::string>(std::move(each.text))}});
  if (!net::is_loopback(serve_place(where)))
    fmt::print(stderr, "{} is more than this machine: whoever reaches it and has the link sees the run, its topics, payloads and the broker's log, and nothing of it is encrypted\n", where);
  fmt::print(stderr, "watch the run: {}\n", url());
}

std::optional<net::Page> Live::page(std::string_view name) const {
  for (const auto& each : files_)
    if (each.name == name) return each.page;
  return std::nullopt;
}

std::string Live::state() const {
  if (over_) return Json{{"over", "report"}}.dump();
  if (header_.tool.empty()) return Json{{"anew", true}}.dump();
  const Json news{{"anew", true}, {"run", reports::live_run(header_)}, {"standing", standing_}};
  const auto text = news.dump();
  return text.substr(0, text.size() - 1) + ",\"cases\":[" + cases_ + "]}";
}

void Live::begin(const record::Header& header, const Standing& standing) {
  header_ = header;
  standing_ = to_json(standing);
  server_.publish(state());
}

void Live::finished(const record::Result& result, const Standing& standing) {
  const auto told = reports::live_case(result, header_).dump();
  cases_ += (cases_.empty() ? "" : ",") + told;
  standing_ = to_json(standing);
  server_.publish(fmt::format(R"({{"cases":[{}],"standing":{}}})", told, standing_.dump()));
}

void Live::over(std::string report) {
  files_.front().page.body = std::make_shared<const std::string>(std::move(report));
  over_ = true;
  server_.publish(state());
}

net::asio::awaitable<void> Live::end(net::Clock& clock) {
  const Json news{{"over", "end"}};
  server_.publish(news.dump());
  co_await server_.all_told(clock, clock.now() + last_words);
}

}  // namespace cli
