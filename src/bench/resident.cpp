// SPDX-License-Identifier: Apache-2.0
#include "bench/resident.hpp"

#include <map>
#include <vector>

#include "core/processes.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// `process` and all below it.
std::vector<int> family_of(int process, const fs::path& root) {
  std::multimap<int, int> children;
  for (const auto child : all_processes(root)) {
    if (const auto parent = status_number(child, "PPid:", root))
      children.emplace(static_cast<int>(*parent), child);
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
  const auto family = family_of(process, root);
  for (const int member : family) {
    const auto peak = peak_resident_of(member, root);
    if (peak) bytes += peak->value();
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
