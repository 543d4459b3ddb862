// Runs a target over files and folders without libFuzzer, so that any compiler replays the seeds and past crashes.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/target.h"

int main(int count, char** arguments) {
  int files = 0;
  for (int i = 1; i < count; ++i)
    for (auto& each : std::filesystem::directory_iterator(arguments[i])) {
      std::printf("%s\n", each.path().c_str());
      std::fflush(stdout);   // so that the last line names the file that ends the program
      std::ifstream in(each.path(), std::ios::binary);
      mqtt::Bytes input{std::istreambuf_iterator<char>(in), {}};
      fuzz::target(input);
      ++files;
    }
  return files > 0 ? 0 : 2;
}
