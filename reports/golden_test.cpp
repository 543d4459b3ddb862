#include <cstdlib>
#include <set>

#include "reports/test_run.h"

namespace reports::golden_test {
namespace {

std::string first_difference(const std::string& is, const std::string& was) {
  std::istringstream left{is}, right{was};
  std::string a, b;
  for (int line = 1;; ++line) {
    const bool more_left = bool(std::getline(left, a)), more_right = bool(std::getline(right, b));
    if (!more_left && !more_right) return "only the line ends differ";
    if (!more_left || !more_right || a != b)
      return "line " + std::to_string(line) + "\n  now:    " + (more_left ? a.substr(0, 400) : "(end)") + "\n  golden: " + (more_right ? b.substr(0, 400) : "(end)");
  }
}

void compare(const std::string& name, const std::string& now) {
  const std::string path = std::string{SOURCE_DIR} + "/reports/golden/" + name;
  if (std::getenv("RENEW_GOLDEN")) {
    std::ofstream{path, std::ios::binary} << now;
    return;
  }
  std::ifstream file{path, std::ios::binary};
  std::stringstream was;
  was << file.rdbuf();
  EXPECT_TRUE(now == was.str()) << "reports/golden/" << name << " differs: " << first_difference(now, was.str())
                                << "\nWhen the change is meant, renew the golden files with RENEW_GOLDEN=1 in the environment of reports_test, and read the diff.";
}

TEST(Golden, RecordHasEveryVerdict) {
  std::set<record::Verdict> verdicts;
  std::set<mqtt::Version> versions;
  for (const auto& result : golden_run().results) verdicts.insert(result.verdict), versions.insert(result.version);
  EXPECT_EQ(verdicts.size(), 5u);
  EXPECT_EQ(versions.size(), 3u);
}

TEST(Golden, Html) { compare("report.html", html_of(golden_run())); }
TEST(Golden, Junit) { compare("junit.xml", written(write_junit, golden_run())); }
TEST(Golden, Markdown) { compare("summary.md", written(write_markdown, golden_run())); }
TEST(Golden, Json) { compare("report.json", written(write_json, golden_run())); }
TEST(Golden, Terminal) { compare("summary.txt", summary(golden_run())); }

}  // namespace
}  // namespace reports::golden_test
