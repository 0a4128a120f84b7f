// SPDX-License-Identifier: Apache-2.0
#include "probe/rapl_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string>

namespace edgeeval {
namespace {

constexpr int kSteps = 3;
constexpr int kTries = 5;             ///< Until no counter moves while all are looked at.
constexpr double kSameJoules = 3e-6;  ///< Rounding of microjoules.
constexpr double kPlatformShare = 0.8;

using Values = std::vector<std::optional<double>>;

/// All counters at one moment: looked at again until none moved in between, since two registers that are one
/// show the same only then.
Values look(const std::vector<std::unique_ptr<Probe>>& probes) {
  const auto once = [&] {
    Values values;
    for (const auto& probe : probes) {
      const auto reading = probe->read();
      values.push_back(reading ? std::optional(reading->energy.value()) : std::nullopt);
    }
    return values;
  };
  auto last = once();
  for (int i = 1; i < kTries; ++i) {
    auto next = once();
    if (next == last) break;
    last = std::move(next);
  }
  return last;
}

/// What each counter counted in each step; absent where it could not be read.
using Steps = std::array<Values, kSteps>;

Steps watch(const SourceSet& set, const LetTimePass& wait) {
  Steps steps;
  auto before = look(set.probes);
  for (auto& step : steps) {
    wait();
    auto after = look(set.probes);
    for (std::size_t i = 0; i < after.size(); ++i) {
      step.push_back(before[i] && after[i] ? std::optional(*after[i] - *before[i]) : std::nullopt);
    }
    before = std::move(after);
  }
  return steps;
}

bool mirrors(const Steps& steps, std::size_t a, std::size_t b) {
  return std::all_of(steps.begin(), steps.end(), [&](const Values& step) {
    return step[a] && step[b] && *step[a] > 0.0 && std::abs(*step[a] - *step[b]) < kSameJoules;
  });
}

double total(const Steps& steps, std::size_t index) {
  double joules = 0.0;
  for (const auto& step : steps) joules += step[index].value_or(0.0);
  return joules;
}

bool worth_watching(const SourceSet& set) {
  std::size_t packages = 0;
  std::size_t memories = 0;
  bool platform = false;
  for (const auto& probe : set.probes) {
    packages += probe->info().domain == "cpu" ? 1 : 0;
    memories += probe->info().domain == "dram" ? 1 : 0;
    platform = platform || probe->info().domain == "platform";
  }
  return packages > 1 || memories > 1 || platform;
}

}  // namespace

void leave_out_doubtful_counters(SourceSet& set, const LetTimePass& wait) {
  if (!worth_watching(set)) return;
  const auto steps = watch(set, wait);
  std::set<std::string> left_out;
  const auto leave_out = [&](const ProbeInfo& info, const std::string& why) {
    if (left_out.insert(info.id).second)
      set.notes.push_back(fmt::format("{}: left out: {}", info.title, why));
  };
  double packages_j = 0.0;
  for (std::size_t i = 0; i < set.probes.size(); ++i) {
    const auto& info = set.probes[i]->info();
    if (info.domain != "cpu" && info.domain != "dram") continue;
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      const auto& other = set.probes[earlier]->info();
      if (other.domain == info.domain && left_out.count(other.id) == 0 && mirrors(steps, earlier, i))
        leave_out(info, "it shows the same register as " + other.title);
    }
    if (info.domain == "cpu" && left_out.count(info.id) == 0) packages_j += total(steps, i);
  }
  const auto mirrored = left_out;
  for (std::size_t i = 0; i < set.probes.size(); ++i) {
    const auto& info = set.probes[i]->info();
    const double joules = total(steps, i);
    if (info.domain == "platform") {  // What it should hold stays, and counts by itself.
      if (joules <= 0.0 || joules < kPlatformShare * packages_j)
        leave_out(info, "it counts less than the packages it should hold");
    } else if (mirrored.count(info.parent) > 0) {
      leave_out(info, "it is part of a counter that is left out");
    }
  }
  std::erase_if(set.probes, [&](const auto& probe) { return left_out.count(probe->info().id) > 0; });
}

}  // namespace edgeeval
