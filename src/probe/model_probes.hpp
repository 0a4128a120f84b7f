// SPDX-License-Identifier: Apache-2.0
// Probes that estimate joules from what runs. Their grade is modelled, and they always carry an interval.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "probe/power_model.hpp"
#include "probe/proc_stat.hpp"

namespace edgeeval {

/// CPU energy from CPU time:  E = idle_w · t + (full_w − idle_w) · busy / cpus,  bounds lo_w · t and hi_w ·
/// t. Id "cpu-model", domain "cpu".
class CpuModelProbe final : public Probe {
 public:
  /// Begins counting now. `boundary` is "vcpu" or "package"; CPU times come from <root>/proc/stat.
  /// Error: io where they cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Probe>> open(PowerModel model, std::string boundary,
                                                           const Clock& clock,
                                                           const std::filesystem::path& root = "/");
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override;

 private:
  CpuModelProbe(PowerModel model, std::string boundary, const Clock& clock, std::filesystem::path root,
                CpuTimes first);
  PowerModel model_;
  ProbeInfo info_;
  const Clock& clock_;
  std::filesystem::path root_;
  SteadyTime opened_;
  CpuTimes first_;
  double busy_s_ = 0.0;
};

/// Energy of a part whose modelled power does not depend on use:  E = idle_w · t.  Id "memory-model", domain
/// "dram".
class MemoryModelProbe final : public Probe {
 public:
  MemoryModelProbe(PowerModel model, const Clock& clock);
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override;

 private:
  PowerModel model_;
  ProbeInfo info_;
  const Clock& clock_;
  SteadyTime opened_;
};

}  // namespace edgeeval
