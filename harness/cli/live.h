#pragma once
// `run --serve`: the run in a browser as it goes, and its report when it is over.
#include <memory>
#include <string>
#include <vector>

#include "harness/cli/progress.h"
#include "harness/net/http_server.h"
#include "harness/record/record.h"
#include "reports/live.h"

namespace cli {

// "127.0.0.1:8080", "[::1]:0"; empty: this machine only, a free port. Throws std::runtime_error that says what is wrong with it.
net::Endpoint serve_place(const std::string& text);

// Whether somebody is there who sees the link and can press Ctrl-C: stderr is a terminal, and no CI server says CI=true.
bool somebody_is_there();

class Live {
public:
  // Listens at once and prints the link on stderr. Throws std::runtime_error when it cannot listen there.
  Live(net::asio::any_io_executor executor, const std::string& where);
  void begin(const record::Header& header, const Standing& standing);
  void finished(const record::Result& result, const Standing& standing);
  void over(std::string report);                             // it stands in the page's place from now on
  net::asio::awaitable<void> end(net::Clock& clock);         // viewers are told that nothing more comes
  const std::string& url() const { return server_.url(); }
private:
  std::optional<net::Page> page(std::string_view name) const;
  std::string state() const;
  struct File { std::string name; net::Page page; };

  std::vector<File> files_;
  record::Header header_;                  // without a tool: the run has not begun
  std::string cases_;                      // JSON, with commas between; told to whoever comes late
  nlohmann::json standing_;
  bool over_ = false;
  net::HttpServer server_;                 // last: it asks for the others
};

}  // namespace cli
