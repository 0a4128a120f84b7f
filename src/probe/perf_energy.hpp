// SPDX-License-Identifier: Apache-2.0
// The CPU's energy counters through perf's power PMU, which never start over
#pragma once

#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <memory>
#include <string>

#include "probe/sysfs.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// The kernel's side of counting events, so that tests can stand in for it.
class PerfEvents {
 public:
  virtual ~PerfEvents() = default;
  /// A descriptor that counts event `config` of PMU `type` on `cpu`, all processes, from now
  /// (perf_event_open(2)). Error: unavailable, with what the kernel answered.
  [[nodiscard]] virtual Result<int> open(std::uint32_t type, std::uint64_t config, int cpu) = 0;
  /// The count so far, in the event's scale.
  [[nodiscard]] virtual Result<std::uint64_t> read(int descriptor) = 0;
  virtual void close(int descriptor) = 0;
};

/// The machine's own.
[[nodiscard]] std::shared_ptr<PerfEvents> kernel_perf_events();

/// Opens the events of /sys/bus/event_source/devices/power on each CPU of its mask: one probe for each event
/// and package (die), ids "perf:package-0", "perf:dram-0", relations as open_rapl() has them. A kernel timer
/// folds the hardware's 32 bits, so nothing wraps; the scale is read from sysfs.
///
/// Left out, with a note: power_core (AMD's single cores, inside the packages), and memory on Sapphire and
/// Emerald Rapids before Linux 6.8, whose kernel scales it four times too low (commit 80275ca9e525, likwid
/// issue 642; the scale in sysfs is the same on good kernels, so only the version tells). Why nothing opens
/// is in the notes: the right that is missing and the command that gives it.
[[nodiscard]] SourceSet open_perf_energy(const Sysfs& sysfs, const Clock& clock,
                                         const std::shared_ptr<PerfEvents>& events = kernel_perf_events());

/// The command that lets this user count system-wide events, and the setting that stands in the way.
[[nodiscard]] std::string perf_help(const Sysfs& sysfs);

}  // namespace edgeeval
