// SPDX-License-Identifier: Apache-2.0
// What the kernel counted of CPU time.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string_view>

namespace edgeeval {

/// CPU time of the whole machine since it booted, summed over its logical CPUs (CPU seconds).
struct CpuTimes {
  double busy_s = 0.0;   ///< User, nice, system, irq and softirq time; guests are part of user and nice.
  double idle_s = 0.0;   ///< Idle and waiting for I/O.
  double steal_s = 0.0;  ///< Wanted, but given to others by the hypervisor.
  int cpus = 0;          ///< Logical CPUs online.
  [[nodiscard]] double total_s() const { return busy_s + idle_s + steal_s; }
};

/// Reads the text of /proc/stat, whose counts are in ticks of 1/`ticks_per_s` s. Fields that old kernels
/// do not have count as zero. Error: io where the summary line is not there.
[[nodiscard]] Result<CpuTimes> parse_proc_stat(std::string_view text, double ticks_per_s);

/// The CPU times now, from <root>/proc/stat.
[[nodiscard]] Result<CpuTimes> read_cpu_times(const std::filesystem::path& root = "/");

}  // namespace edgeeval
