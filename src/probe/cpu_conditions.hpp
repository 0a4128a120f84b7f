// SPDX-License-Identifier: Apache-2.0
// What a figure of the CPU was measured under: governor, turbo, temperature, stolen time
#pragma once

#include <edgeeval/probe.hpp>

#include "probe/sysfs.hpp"

namespace edgeeval {

/// Conditions of device "cpu": "governor", "turbo" ("on", "off"), "temperature_c" (the package's: coretemp
/// "Package id", k10temp "Tctl", else the thermal zone x86_pkg_temp or cpu-thermal; the hottest of several),
/// "clock_mhz" (mean over the CPUs, as cpufreq shows it), "throttle_count" (since boot: the largest of the
/// cores' and packages' counts, x86), "cooling_state" (how far the kernel's thermal governor slows the CPU
/// down, 0 = not at all; boards), "steal_s" (cumulative since boot, where a
/// hypervisor took any).
class CpuConditions final : public ConditionSource {
 public:
  explicit CpuConditions(Sysfs sysfs) : sysfs_(std::move(sysfs)) {}
  [[nodiscard]] std::vector<Condition> read() override;

 private:
  Sysfs sysfs_;
};

}  // namespace edgeeval
