// SPDX-License-Identifier: Apache-2.0
#include "probe/cpu_model.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "probe/known_cpus.hpp"
#include "probe/rapl.hpp"
#include "probe/sysfs.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace {

constexpr double kNoLimit = 1000.0;  ///< A package draws less: the counters' ceiling (rapl.cpp) (W).

/// What the packages may draw for long, as the firmware set it; readable for everyone, unlike the counters.
std::optional<double> long_term_limit(const Sysfs& sysfs) {
  double total = 0.0;
  for (const auto& zone : find_rapl_zones(sysfs)) {
    if (zone.name.rfind("package", 0) != 0) continue;
    const auto limit = sysfs.decimal(zone.folder / "constraint_0_power_limit_uw");
    if (!limit || *limit <= 0.0 || sysfs.text_or_empty(zone.folder / "constraint_0_name") != "long_term")
      return std::nullopt;
    total += *limit * 1e-6;
  }
  return total > 0.0 ? std::optional(total) : std::nullopt;
}

int packages(const Sysfs& sysfs) {
  std::set<std::string> ids;
  std::istringstream lines(sysfs.text_or_empty("proc/cpuinfo"));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("physical id", 0) == 0) ids.insert(line);
  }
  return std::max(1, static_cast<int>(ids.size()));
}

}  // namespace

PowerModel cpu_power_model(const std::filesystem::path& root, int cpus) {
  const Sysfs sysfs(root);
  auto environment = capture_environment(root);
  if (environment["virtualised"] == "yes")
    return vcpu_power_model(cpus, provider_from_vendor(sysfs.text_or_empty("sys/class/dmi/id/sys_vendor")));
  const auto known = known_cpu(environment["cpu"]);
  const double count = packages(sysfs);
  const double most_w = known ? count * known->most_w : count * kNoLimit;
  // Boards that want all of turbo set a limit that no package reaches (4095 W); it says nothing of the CPU.
  if (const auto limit = long_term_limit(sysfs); limit && *limit < most_w) {
    return tdp_power_model(*limit, "the firmware's long-term limit (powercap)",
                           known ? std::optional(most_w) : std::nullopt);
  }
  if (known) return tdp_power_model(count * known->tdp_w, "the maker's product page", most_w);
  return unknown_cpu_power_model(cpus);
}

int threads_per_core(const std::filesystem::path& root) {
  // "0,64" or "0-1": single numbers and ranges.
  std::istringstream list(
      Sysfs(root).text_or_empty("sys/devices/system/cpu/cpu0/topology/thread_siblings_list"));
  int threads = 0;
  for (std::string part; std::getline(list, part, ',');) {
    std::istringstream range(part);
    int first = 0;
    int last = 0;
    char dash = 0;
    if (!(range >> first)) continue;
    threads += range >> dash >> last && last >= first ? last - first + 1 : 1;
  }
  return std::max(1, threads);
}

}  // namespace edgeeval
