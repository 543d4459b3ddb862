// Any text as a record of a run: reading goes on after what is wrong, and what was read is written so that it is read the same.
#include "harness/record/record.h"

#include <sstream>

#include "fuzz/target.h"

void fuzz::target(mqtt::View input) {
  std::istringstream in{std::string(as_text(input))};
  auto run = record::read(in, "input");
  for (auto& complaint : run.complaints) must(complaint.starts_with("input:"), "a complaint names the file");
  std::stringstream written;
  record::Writer writer(written);
  writer.write(run.header);
  for (auto& result : run.results) writer.write(result);
  writer.write(record::Footer{});
  auto once = written.str();
  auto again = record::read(written, "again");
  must(again.complaints.empty(), "a written record is read without complaint");
  must(again.results.size() == run.results.size(), "no result is lost");
  std::stringstream twice;
  record::Writer second(twice);
  second.write(again.header);
  for (auto& result : again.results) second.write(result);
  second.write(record::Footer{});
  must(twice.str() == once, "what was read is written as it was");
}
