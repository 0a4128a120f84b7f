// SPDX-License-Identifier: Apache-2.0
#include "bench/resident.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <vector>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// The number of a process folder's name, or nothing.
std::optional<int> process_of(const fs::path& folder) {
  const auto name = folder.filename().string();
  int number = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (problem != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

/// A line's number in a status file: "VmHWM:   123 kB".
std::optional<long> number_after(const fs::path& status, const std::string& key) {
  std::ifstream file(status);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto begin = line.find_first_of("0123456789");
    long number = 0;
    if (begin == std::string::npos) return std::nullopt;
    const auto [end, problem] = std::from_chars(line.data() + begin, line.data() + line.size(), number);
    if (problem == std::errc()) return number;
    return std::nullopt;
  }
  return std::nullopt;
}

/// `process` and all below it.
std::vector<int> family_of(int process, const fs::path& proc) {
  std::multimap<int, int> children;
  std::error_code status;
  for (const auto& entry : fs::directory_iterator(proc, status)) {
    const auto number = process_of(entry.path());
    if (!number) continue;
    if (const auto parent = number_after(entry.path() / "status", "PPid:"))
      children.emplace(static_cast<int>(*parent), *number);
  }
  std::vector<int> family{process};
  for (std::size_t i = 0; i < family.size(); ++i) {
    const auto [first, last] = children.equal_range(family[i]);
    for (auto child = first; child != last; ++child) family.push_back(child->second);
  }
  return family;
}

}  // namespace

std::optional<Fact> peak_resident(int process, const fs::path& root) {
  double bytes = 0.0;
  const auto family = family_of(process, root / "proc");
  for (const int member : family) {
    const auto peak = number_after(root / "proc" / std::to_string(member) / "status", "VmHWM:");
    if (peak) bytes += static_cast<double>(*peak) * 1024.0;
    if (!peak && member == process) return std::nullopt;
  }
  Fact fact;
  fact.value = bytes;
  fact.unit = "B";
  fact.grade = Grade::measured;
  fact.sources = {family.size() == 1 ? "VmHWM of the engine"
                                     : "VmHWM of the engine and its children, summed"};
  return fact;
}

}  // namespace edgeeval
