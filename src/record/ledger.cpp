// SPDX-License-Identifier: Apache-2.0
#include "record/ledger.hpp"

#include <algorithm>
#include <set>

namespace edgeeval {
namespace {

/// The entries that no other entry of the window contains.
std::vector<const EnergyEntry*> top_level(const WindowRecord& window) {
  std::vector<const EnergyEntry*> top;
  for (const auto& entry : window.energy) {
    const bool contained =
        !entry.parent.empty() && entry.parent != entry.source &&
        std::any_of(window.energy.begin(), window.energy.end(),
                    [&](const EnergyEntry& other) { return other.source == entry.parent; });
    if (!contained) top.push_back(&entry);
  }
  return top;
}

}  // namespace

std::optional<Fact> total_energy(const WindowRecord& window) {
  const auto entries = top_level(window);
  if (entries.empty()) return std::nullopt;
  Fact total;
  total.unit = "J";
  total.grade = entries.size() > 1 ? Grade::computed : Grade::measured;
  double lo = 0.0;
  double hi = 0.0;
  bool bounded = false;
  bool open_above = false;
  std::set<std::string> sources;
  for (const auto* entry : entries) {
    const Fact& joules = entry->joules;
    total.value += joules.value;
    lo += joules.lo.value_or(joules.value);
    hi += joules.hi.value_or(joules.value);
    bounded = bounded || joules.lo || joules.hi;
    open_above = open_above || (joules.lo && !joules.hi);
    total.grade = weaker(total.grade, joules.grade);
    sources.insert(entry->source);
    sources.insert(joules.sources.begin(), joules.sources.end());
  }
  if (bounded) total.lo = lo;
  if (bounded && !open_above) total.hi = hi;
  total.sources.assign(sources.begin(), sources.end());
  return total;
}

}  // namespace edgeeval
