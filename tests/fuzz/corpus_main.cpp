// SPDX-License-Identifier: Apache-2.0
// Runs one fuzz entry without libFuzzer: over every file of the folders (or files) given, whole, cut short,
// and with bytes changed. What it tries depends on nothing but the seeds, so that a failure comes again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kChanges = 200;  ///< Tries of each kind a seed.

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::string changed(std::string bytes, std::mt19937& random) {
  constexpr unsigned kMostChanges = 4;
  for (unsigned i = 0; i < 1 + random() % kMostChanges && !bytes.empty(); ++i) {
    const auto at = random() % bytes.size();
    switch (random() % 4) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes.erase(at, 1 + random() % 16);
        break;
      case 2:
        bytes.insert(at, 1, "\n\r:\"{}[],\0"[random() % 10]);
        break;
      default:
        bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 64));
    }
  }
  return bytes;
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& seed) {
  if (!std::filesystem::is_directory(seed)) return {seed};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(seed)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937 random(1);
  std::size_t seeds = 0;
  run({});
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : files_of(argv[i])) {
      std::ifstream stream(file, std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
      ++seeds;
      run(bytes);
      for (int k = 0; k < kChanges && !bytes.empty(); ++k) {
        run(bytes.substr(0, random() % bytes.size()));
        run(changed(bytes, random));
      }
    }
  }
  std::printf("%zu seeds, %d inputs each\n", seeds, 2 * kChanges + 1);
  // A folder that is empty or gone would test nothing.
  return argc > 1 && seeds == 0 ? 1 : 0;
}
